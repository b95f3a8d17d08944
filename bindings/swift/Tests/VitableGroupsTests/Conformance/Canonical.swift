import Foundation

@testable import VitableGroups

// Results in the canonical JSON form that the scenarios compare in all languages.

/// What Swift's structures have besides the data.
private let conveniences: Set = ["is_ok", "is_completed", "is_empty", "text", "extra", "entry"]

private let encodings: [RosterEncoding: String] = [
    .utf8: "utf-8", .utf16Le: "utf-16le", .utf16Be: "utf-16be", .windows1252: "windows-1252",
]

/// Any value of the library; a structure by its properties.
func canonical(_ value: Any) throws -> JSON {
    switch value {
    case let value as JSON: return value
    case let text as String: return .string(text)
    case let flag as Bool: return .bool(flag)
    case let number as any BinaryInteger: return .integer(Int64(number))
    case let number as Double: return .number(number)
    case let time as Date: return text(time)
    case let operation as SyncOperation: return .string(operation.code)
    case let encoding as RosterEncoding: return JSON(encodings[encoding])
    case let roster as Roster: return try rows(roster)
    case let counts as [String: Int64]: return .object(counts.mapValues(JSON.integer))
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return try mirror.children.first.map { try canonical($0.value) } ?? .null
    case .collection: return .array(try mirror.children.map { try canonical($0.value) })
    case .enum: return .string(snakeCase("\(value)"))
    default: return try record(mirror)
    }
}

private func record(_ mirror: Mirror) throws -> JSON {
    let properties = mirror.children.map { (snakeCase($0.label ?? ""), $0.value) }
    let all = Dictionary(uniqueKeysWithValues: properties)
    let known = try all.filter { !conveniences.contains($0.key) }.mapValues { try canonical($0) }
    guard let extra = all["extra"] as? Extra else {
        return .object(try all["entry"].map { try canonical($0).fields.merging(known) { $1 } } ?? known)
    }
    let unknown = try extra.fields.mapValues { try JSON.parse($0) }
    let present = known.filter { $0.value != .null || extra.nulls.contains($0.key) }
    return .object(unknown.merging(present) { $1 })
}

/// A timestamp in whole seconds, or with microseconds.
private func text(_ time: Date) -> JSON {
    let micros = Int64((time.timeIntervalSince1970 * 1e6).rounded())
    let seconds = Date(timeIntervalSince1970: TimeInterval(micros / 1_000_000))
    let whole = seconds.ISO8601Format()
    guard micros % 1_000_000 != 0 else { return .string(whole) }
    let digits = String(1_000_000 + micros % 1_000_000).dropFirst()
    return .string(whole.dropLast() + "." + digits + "Z")
}

extension SyncOperation {
    var code: String {
        if case .unknown(let value) = self { value } else { "\(self)" }
    }
}

extension ErrorKind {
    /// `internalServer` is `internal_server`.
    var code: String { snakeCase("\(self)") }
}

private func snakeCase(_ name: String) -> String {
    name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
}

func canonical<Item>(_ page: Page<Item>) throws -> JSON {
    [
        "data": try canonical(page.items),
        "pagination": try canonical(page.pagination as Any),
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
