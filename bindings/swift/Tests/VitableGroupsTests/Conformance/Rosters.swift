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
        return ["members": try rows(roster), "report": try canonical(roster.report as Any)]
    case "roster.check":
        return try canonical((read() ?? roster("members")).check(checkOptions(options)))
    case "roster.normalize":
        let normalized = try roster("members").normalized(normalizeOptions(options))
        return ["members": try rows(normalized.roster), "report": try canonical(normalized.report)]
    case "roster.diff":
        return try canonical(roster("current").diff(from: roster("previous")))
    case "roster.guard":
        try roster("current").guard(
            previous: previous(), firstSync: firstSync, options: guardOptions(options))
        return .null
    case "roster.outcome":
        let results = params["results"] == .null ? nil : syncResults(params["results"])
        return try canonical(
            roster("members").outcome(
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
    default: throw ScenarioError(description: "unknown call \(call)")
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
