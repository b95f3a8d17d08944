import Foundation

@testable import VitableGroups

// Options and members as scenarios specify them.

extension JSON {
    /// A duration in milliseconds; null means no limit.
    fileprivate func time(_ name: String) -> TimeInterval? {
        self[name].map { $0.double.map { $0 / 1000 } ?? .infinity }
    }

    /// Strings by name; nil to omit one.
    fileprivate func texts(_ name: String) -> [String: String?] {
        (self[name]?.fields ?? [:]).mapValues(\.text)
    }
}

func clientOptions(_ given: JSON) throws -> ClientOptions {
    ClientOptions(
        apiKey: given["api_key"]?.text,
        baseUrl: given["base_url"]?.text,
        environment: try (given["environment"]?.text).map(Environment.init(named:)),
        preferEnvironment: given["base_url"] == .null,
        timeout: given.time("timeout_ms"),
        connectTimeout: given.time("connect_timeout_ms"),
        deadline: given.time("deadline_ms"),
        maxRetries: (given["max_retries"]?.int).map(Int32.init),
        defaultHeaders: given.texts("default_headers"),
        defaultQuery: given.texts("default_query").compactMapValues { $0 },
        organization: given["organization"]?.text,
        userAgent: given["user_agent"]?.text,
        maxResponseBytes: given["max_response_bytes"]?.int)
}

func tuning(_ given: JSON, _ environment: JSON) -> NativeTuning {
    NativeTuning(
        retryBaseDelay: given.time("retry_base_delay_ms"),
        retryMaxDelay: given.time("retry_max_delay_ms"),
        maxServerDelay: given.time("max_server_delay_ms"),
        ignoreLongServerDelay: given["ignore_long_server_delay"] == .bool(true),
        variables: environment.fields.compactMapValues(\.text))
}

func tokens(_ given: JSON) -> TokenProvider? {
    guard let list = given["token_provider"] else { return nil }
    let queue = TokenQueue(list.items)
    return { try await queue.next() }
}

private actor TokenQueue {
    private var remaining: [JSON]

    init(_ tokens: [JSON]) {
        remaining = tokens.reversed()
    }

    func next() throws -> AccessToken {
        guard let next = remaining.popLast(), let token = next["token"]?.text else {
            throw ScenarioError(description: "the scenario has no more tokens")
        }
        return AccessToken(token, expiresIn: next.time("expires_in_ms"))
    }
}

func requestOptions(_ given: JSON) throws -> RequestOptions {
    var body: [String: String?] = try (given["body"]?.fields ?? [:]).mapValues { try $0.encoded }
    for name in given["omit_body"]?.items ?? [] {
        body.updateValue(nil, forKey: name.text ?? "")
    }
    return RequestOptions(
        timeout: given.time("timeout_ms"),
        connectTimeout: given.time("connect_timeout_ms"),
        deadline: given.time("deadline_ms"),
        maxRetries: (given["max_retries"]?.int).map(Int32.init),
        headers: given.texts("headers"),
        query: given.texts("query"),
        body: body,
        idempotencyKey: given["idempotency_key"]?.text,
        organization: given["organization"]?.text,
        allowOtherOrigin: given["allow_other_origin"] == .bool(true))
}

func waitOptions(_ params: JSON, _ options: RequestOptions) -> WaitOptions {
    WaitOptions(
        deadline: params.time("deadline_ms"), pollInterval: params.time("poll_ms") ?? 0.001,
        request: options)
}

func guardOptions(_ given: JSON?) -> GuardOptions {
    GuardOptions(
        maxRemovals: given?["max_removals"]?.text,
        allowNewReferenceIds: given?["allow_new_reference_ids"] == .bool(true),
        allowEmpty: given?["allow_empty"] == .bool(true))
}

func field(_ row: JSON, _ name: String) -> Field {
    switch row[name] {
    case nil: .absent
    case .null: .null
    case .some(let value): Field(value.text)
    }
}

/// Rows as Swift's ``Member``s.
func members(_ rows: JSON?) throws -> [Member] {
    let json = try (rows ?? .array([])).encoded
    let options = ReadOptions(format: .json, keepUnknown: true)
    return try Roster(data: Data(json.utf8), options: options).members
}
