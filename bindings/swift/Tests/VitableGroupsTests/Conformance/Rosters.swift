import Foundation

@testable import VitableGroups

// Roster calls, which send no requests.

func runRosterCall(_ call: String, _ params: JSON) throws -> JSON {
    let options = params["options"] ?? [:]
    func roster(_ name: String) throws -> Roster { try Roster(members(params[name])) }
    func previous() throws -> Roster? { try params["previous"] == nil ? nil : roster("previous") }
    let firstSync = params["first_sync"] == .bool(true)
    func read() throws -> Roster? {
        try (params["text"]?.text).map { try Roster(data: Data($0.utf8), options: readOptions(options)) }
    }
    switch call {
    case "roster.read":
        let roster = try read() ?? roster("members")
        return ["members": try rows(roster), "report": try roster.report.map(canonical) ?? .null]
    case "roster.check":
        return canonical(try (read() ?? roster("members")).check(checkOptions(options)))
    case "roster.normalize":
        let normalized = try roster("members").normalized(normalizeOptions(options))
        return ["members": try rows(normalized.roster), "report": canonical(normalized.report)]
    case "roster.diff":
        return canonical(try roster("current").diff(from: roster("previous")))
    case "roster.guard":
        try roster("current").guard(
            previous: previous(), firstSync: firstSync, options: guardOptions(options))
        return .null
    case "roster.outcome":
        let results = params["results"] == .null ? nil : syncResults(params["results"])
        return canonical(
            try roster("members").outcome(
                of: results, previous: previous(), firstSync: firstSync,
                repeated: params["repeated"] == .bool(true)))
    case "roster.after":
        let results = params["results"] == .null ? nil : syncResults(params["results"])
        let groupAfter = try roster("members").after(
            results, previous: previous(), firstSync: firstSync,
            repeated: params["repeated"] == .bool(true))
        return try groupAfter.map { ["members": try rows($0)] } ?? .null
    case "roster.corrected":
        let replacements = try members(params["replacements"]).map { ($0.referenceId, $0) }
        let corrected = try roster("members").corrected(
            after: syncResults(params["results"]),
            replacing: Dictionary(uniqueKeysWithValues: replacements))
        return [
            "members": try rows(corrected.roster),
            "replaced": .integer(Int64(corrected.replaced)),
            "still_failing": JSON(corrected.stillFailing),
        ]
    default: throw Mismatch(description: "unknown call \(call)")
    }
}

/// The members as JSON, converted through Swift's ``Member``.
func rows(_ roster: Roster) throws -> JSON {
    try JSON.parse(Roster(roster.members).toJSON())["members"] ?? .null
}

private func readOptions(_ given: JSON) -> ReadOptions {
    ReadOptions(
        columns: (given["columns"]?.fields ?? [:]).mapValues(\.text),
        defaultPlanId: given["default_plan_id"]?.text,
        multiLineCells: given["multi_line_cells"] == .bool(true))
}

func checkOptions(_ given: JSON) -> CheckOptions {
    CheckOptions(
        today: given["today"]?.text ?? "", planIds: (given["plan_ids"]?.items)?.compactMap(\.text),
        maxRows: given["max_rows"]?.int)
}

private func normalizeOptions(_ given: JSON) -> NormalizeOptions {
    func flag(_ name: String, _ standard: Bool) -> Bool {
        given[name].map { $0 == .bool(true) } ?? standard
    }
    let standard = NormalizeOptions()
    return NormalizeOptions(
        trim: flag("trim", standard.trim), phone: flag("phone", standard.phone),
        state: flag("state", standard.state), zip: flag("zip", standard.zip),
        dates: (given["dates"]?.items ?? []).compactMap(\.text))
}

private func syncResults(_ given: JSON?) -> SyncResults {
    func texts(_ name: String) -> [String] { (given?[name]?.items ?? []).compactMap(\.text) }
    let failures = (given?["failures"]?.items ?? []).map { failure in
        let operation = failure["operation"]?.text ?? ""
        return SyncFailure(
            referenceId: failure["reference_id"]?.text ?? "",
            operation: [.add, .remove].first { $0.code == operation } ?? .unknown(value: operation),
            reason: failure["reason"]?.text ?? "")
    }
    return SyncResults(
        addedGroupMemberIds: texts("added_group_member_ids"),
        removedGroupMemberIds: texts("removed_group_member_ids"), failures: failures)
}

private let encodings: [RosterEncoding: String] = [
    .utf8: "utf-8", .utf16Le: "utf-16le", .utf16Be: "utf-16be", .windows1252: "windows-1252",
]

private func canonical(_ report: ReadReport) -> JSON {
    let columns = report.columns.map { column -> JSON in
        [
            "field": .string(column.field), "column": .string(column.column),
            "position": JSON(column.position),
        ]
    }
    return [
        "format": .string("\(report.format)"),
        "encoding": .string(encodings[report.encoding] ?? ""),
        "delimiter": JSON(report.delimiter),
        "columns": .array(columns),
        "unmatched": JSON(report.unmatched),
        "rows": .integer(report.rows),
        "blank_rows": .integer(report.blankRows),
        "default_plan_rows": .integer(report.defaultPlanRows),
        "notes": JSON(report.notes),
    ]
}

private func canonical(_ findings: [Finding]) -> JSON {
    .array(
        findings.map {
            [
                "row": JSON($0.row),
                "line": JSON($0.line),
                "reference_id": JSON($0.referenceId),
                "path": .string($0.path),
                "field": JSON($0.field),
                "rule": .string($0.rule),
                "severity": .string("\($0.severity)"),
                "value": JSON($0.value),
                "message": .string($0.message),
                "fix": .string($0.fix),
            ]
        })
}

func canonical(_ report: CheckReport) -> JSON {
    [
        "rows": .integer(report.rows),
        "errors": .integer(report.errors),
        "warnings": .integer(report.warnings),
        "by_rule": .object(report.byRule.mapValues(JSON.integer)),
        "findings": canonical(report.findings),
        "left_out": .integer(report.leftOut),
    ]
}

private func canonical(_ report: NormalizeReport) -> JSON {
    let changes = report.changes.map { change -> JSON in
        [
            "row": .integer(change.row),
            "line": JSON(change.line),
            "reference_id": .string(change.referenceId),
            "field": .string(change.field),
            "rule": .string(change.rule),
            "from": .string(change.from),
            "to": .string(change.to),
        ]
    }
    return [
        "total": .integer(report.total), "changes": .array(changes),
        "findings": canonical(report.findings),
    ]
}

private func canonical(_ entry: DiffEntry, _ more: [String: JSON] = [:]) -> JSON {
    let known: [String: JSON] = [
        "reference_id": .string(entry.referenceId), "row": .integer(entry.row),
        "line": JSON(entry.line),
    ]
    return .object(known.merging(more) { $1 })
}

private func canonical(_ diff: RosterDiff) -> JSON {
    let changes = diff.planChanges.map { change in
        canonical(
            change.entry,
            [
                "previous_plan_id": .string(change.previousPlanId),
                "plan_id": .string(change.planId),
            ])
    }
    let pairs = diff.rekeyed.map { pair in
        canonical(pair.entry, ["previous_reference_id": .string(pair.previousReferenceId)])
    }
    return [
        "adds": .array(diff.adds.map { canonical($0) }),
        "removals": .array(diff.removals.map { canonical($0) }),
        "removal_share": .number(diff.removalShare),
        "updates": .array(diff.updates.map { canonical($0.entry, ["fields": JSON($0.fields)]) }),
        "plan_changes": .array(changes),
        "rekeyed": .array(pairs),
        "unchanged": .integer(diff.unchanged),
        "warnings": JSON(diff.warnings),
    ]
}

private func canonical(_ failures: [RowFailure]) -> JSON {
    .array(
        failures.map {
            [
                "row": JSON($0.row),
                "line": JSON($0.line),
                "reference_id": .string($0.referenceId),
                "operation": .string($0.operation.code),
                "reason": .string($0.reason),
                "plan_id": JSON($0.planId),
                "fix": .string($0.fix),
            ]
        })
}

func canonical(_ outcome: Outcome) -> JSON {
    let expected = outcome.expected.map { expected -> JSON in
        [
            "adds": .integer(expected.adds),
            "adds_at_most": .integer(expected.addsAtMost),
            "removals": .integer(expected.removals),
            "removals_at_least": .integer(expected.removalsAtLeast),
            "updates": .integer(expected.updates),
            "plan_changes": .integer(expected.planChanges),
            "unchanged": .integer(expected.unchanged),
        ]
    }
    return [
        "status": .string(outcome.status.code),
        "submitted": .integer(outcome.submitted),
        "added": JSON(outcome.added),
        "removed": JSON(outcome.removed),
        "failed": JSON(outcome.failed),
        "kept": JSON(outcome.kept),
        "failed_removals": JSON(outcome.failedRemovals),
        "repeated": .bool(outcome.repeated),
        "expected": expected ?? .null,
        "failures": canonical(outcome.failures),
        "other_failures": canonical(outcome.otherFailures),
        "notes": JSON(outcome.notes),
    ]
}
