import Foundation

@testable import VitableGroups

// Results in the canonical JSON form that the scenarios compare in all languages.

private func model(_ extra: Extra, _ known: KeyValuePairs<String, JSON>) throws -> JSON {
    let present = known.filter { $0.value != .null || extra.nulls.contains($0.key) }
    let unknown = try extra.fields.mapValues { try JSON.parse($0) }
    return .object(unknown.merging(present.map { ($0.key, $0.value) }) { $1 })
}

/// A timestamp in whole seconds, or with microseconds.
private func text(_ time: Date?) -> JSON {
    guard let time else { return .null }
    let micros = Int64((time.timeIntervalSince1970 * 1e6).rounded())
    let seconds = Date(timeIntervalSince1970: TimeInterval(micros / 1_000_000))
    let whole = seconds.ISO8601Format()
    guard micros % 1_000_000 != 0 else { return .string(whole) }
    let digits = String(1_000_000 + micros % 1_000_000).dropFirst()
    return .string(whole.dropLast() + "." + digits + "Z")
}

func canonical(_ group: VitableGroups.Group) throws -> JSON {
    try model(
        group.extra,
        [
            "id": .string(group.id),
            "organization_id": JSON(group.organizationId),
            "name": .string(group.name),
            "external_reference_id": .string(group.externalReferenceId),
            "created_at": text(group.createdAt),
            "updated_at": text(group.updatedAt),
        ])
}

func canonical(_ plan: Plan) throws -> JSON {
    try model(plan.extra, ["id": .string(plan.id), "name": .string(plan.name)])
}

func canonical(_ receipt: SyncReceipt) throws -> JSON {
    try model(
        receipt.extra,
        [
            "request_id": .string(receipt.requestId),
            "group_id": .string(receipt.groupId),
            "accepted_at": text(receipt.acceptedAt),
        ])
}

func canonical(_ state: SyncState) throws -> JSON {
    try model(
        state.extra,
        [
            "request_id": .string(state.requestId),
            "group_id": .string(state.groupId),
            "accepted_at": text(state.acceptedAt),
            "completed_at": text(state.completedAt),
            "results": try state.results.map(canonical) ?? .null,
        ])
}

private func canonical(_ results: SyncResults) throws -> JSON {
    let failures = try results.failures.map {
        try model(
            $0.extra,
            [
                "reference_id": .string($0.referenceId),
                "operation": .string($0.operation.code),
                "reason": .string($0.reason),
            ])
    }
    return try model(
        results.extra,
        [
            "added_group_member_ids": JSON(results.addedGroupMemberIds),
            "removed_group_member_ids": JSON(results.removedGroupMemberIds),
            "failures": .array(failures),
        ])
}

extension SyncOperation {
    var code: String {
        switch self {
        case .add: "add"
        case .remove: "remove"
        case .unknown(let value): value
        }
    }
}

extension ErrorKind {
    /// `internalServer` is `internal_server`.
    var code: String { snakeCase("\(self)") }
}

extension OutcomeStatus {
    /// `rowsFailed` is `rows_failed`.
    var code: String { snakeCase("\(self)") }
}

private func snakeCase(_ name: String) -> String {
    name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
}

func canonical<Item>(_ page: Page<Item>, _ item: (Item) throws -> JSON) throws -> JSON {
    let pagination = try page.pagination.map {
        try model(
            $0.extra,
            [
                "page": JSON($0.page), "limit": JSON($0.limit), "total": JSON($0.total),
                "total_pages": JSON($0.totalPages),
            ])
    }
    return [
        "data": .array(try page.items.map(item)),
        "pagination": pagination ?? .null,
        "number": .integer(page.number),
        "next_number": JSON(page.nextNumber),
    ]
}

private func canonical(_ attempts: [Attempt]) -> JSON {
    .array(attempts.map { ["status": JSON($0.status), "reason": .string($0.reason)] })
}

func canonical(_ metadata: Metadata) -> JSON {
    [
        "status": JSON(metadata.status),
        "retries": .integer(Int64(metadata.attempts.count - 1)),
        "attempts": canonical(metadata.attempts),
        "recovered": .bool(metadata.recovered),
        "repeated": .bool(metadata.repeated),
        "idempotency_key": JSON(metadata.idempotencyKey),
        "request_id": JSON(metadata.requestId),
    ]
}

func canonical(_ error: VitableConnectError) throws -> JSON {
    let details = error.details
    let sync: JSON? = details.syncHandle.map {
        ["group_id": .string($0.groupId), "request_id": .string($0.requestId)]
    }
    let known: [String: JSON] = [
        "kind": .string(details.kind.code),
        "text": .string(error.localizedDescription),
        "attempts": canonical(details.attempts),
        "outcome_unknown": .bool(details.outcomeUnknown),
        "operation": JSON(details.operation),
        "status": JSON(details.status),
        "code": JSON(details.code),
        "trace_id": JSON(details.traceId),
        "request_id": JSON(details.requestId),
        "retry_after": details.retryAfter.map(JSON.number) ?? .null,
        "idempotency_key": JSON(details.idempotencyKey),
        "sync": sync ?? .null,
        "page": JSON(details.page),
        "details": try details.report.map { try JSON.parse($0) } ?? .null,
        "body": JSON(details.body.map { String(decoding: $0, as: UTF8.self) }),
    ]
    return .object(known.filter { $0.value != .null })
}

func canonical(_ progress: SyncProgress) -> JSON {
    [
        "polls": JSON(progress.polls),
        "completed": .bool(progress.state?.isCompleted ?? false),
        "last_error": JSON(progress.lastError?.code),
    ]
}

/// A recorded request, with decoded headers, query and body.
func canonical(recorded: JSON) -> JSON {
    var headers: [String: JSON] = [:]
    for header in recorded["headers"]?.items ?? [] {
        let (name, value) = (header.items[0].text ?? "", header.items[1].text ?? "")
        headers[name] = .string(headers[name]?.text.map { "\($0), \(value)" } ?? value)
    }
    var query: [String: JSON] = [:]
    for pair in (recorded["query"]?.text ?? "").split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query[decoded(parts[0])] = .string(parts.count > 1 ? decoded(parts[1]) : "")
    }
    let body = recorded["body"]?.text ?? ""
    let decodedFields: [String: JSON] = [
        "headers": .object(headers),
        "query": .object(query),
        "body": body.isEmpty ? .null : (try? JSON.parse(body)) ?? .string(body),
    ]
    return .object(recorded.fields.merging(decodedFields) { $1 })
}

private func decoded(_ text: Substring) -> String {
    let withSpaces = text.replacingOccurrences(of: "+", with: " ")
    return withSpaces.removingPercentEncoding ?? withSpaces
}
