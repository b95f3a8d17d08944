import Foundation

/// A client of the Groups API of Vitable Connect, safe to share between tasks and threads.
///
/// Never ship an organization's API key in an app: anyone can extract it. Use a ``TokenProvider`` that
/// fetches short-lived tokens from your own server. ``ClientOptions/apiKey`` is for servers.
///
/// ```swift
/// let client = try VitableConnect {
///     AccessToken(try await myServer.fetchToken(), expiresIn: 15 * 60)
/// }
/// for try await group in client.groups.list() {
///     print(group.name)
/// }
/// ```
///
/// Canceling the task closes the connection and throws `CancellationError`. All other errors are
/// ``VitableConnectError``s.
public final class VitableConnect: Sendable {
    /// Operations on groups and their members.
    public let groups: Groups

    /// Operations on benefit plans.
    public let plans: Plans

    private let native: NativeClient

    /// Validates the options without connecting, and creates a client.
    ///
    /// - Parameters:
    ///   - options: the client options; unset options use their defaults.
    ///   - tokenProvider: fetches short-lived tokens, instead of an API key.
    public convenience init(
        _ options: ClientOptions = ClientOptions(), tokenProvider: TokenProvider? = nil
    ) throws {
        try self.init(options, tokenProvider: tokenProvider, tuning: NativeTuning())
    }

    convenience init(
        _ options: ClientOptions, tokenProvider: TokenProvider?, tuning: NativeTuning
    ) throws {
        let tokens = tokenProvider.map(TokenBridge.init)
        try self.init(
            mapErrors { try NativeClient(options: options, tokens: tokens, tuning: tuning) })
    }

    private init(_ native: NativeClient) {
        self.native = native
        groups = Groups(withResponse: GroupsWithResponse(native: native))
        plans = Plans(native: native)
    }

    /// Creates a client that fetches short-lived tokens.
    public convenience init(tokenProvider: @escaping TokenProvider) throws {
        try self.init(ClientOptions(), tokenProvider: tokenProvider)
    }

    /// The base URL of the API.
    public var baseURL: String {
        get throws { try mapErrors { try native.baseUrl() } }
    }

    /// Creates a client with other options; unset options are inherited. Both clients share
    /// connections and the retry quota, and closing one closes the other.
    ///
    /// - Parameters:
    ///   - options: the options to change.
    ///   - tokenProvider: fetches the new client's tokens. Without one, and without a key in the
    ///     options, the new client uses this client's credentials.
    public func withOptions(
        _ options: ClientOptions, tokenProvider: TokenProvider? = nil
    ) throws -> VitableConnect {
        let tokens = tokenProvider.map(TokenBridge.init)
        return try VitableConnect(
            mapErrors { try native.derive(options: options, tokens: tokens) })
    }

    /// Replaces the API key for subsequent calls.
    public func setAPIKey(_ key: String) throws {
        try mapErrors { try native.setApiKey(key: key) }
    }

    /// Sends a GET request to any path, such as `/v1/groups`.
    public func get(_ path: String, options: RequestOptions = RequestOptions()) async throws -> RawResponse {
        try await raw("GET", path, nil, options)
    }

    /// Sends a POST request to any path, with a JSON body. It is retried with the same idempotency
    /// key; set `maxRetries` to 0 if the endpoint is not idempotent.
    public func post(
        _ path: String, json: String, options: RequestOptions = RequestOptions()
    ) async throws -> RawResponse {
        try await raw("POST", path, json, options)
    }

    /// Sends a PATCH request to any path, with a JSON body.
    public func patch(
        _ path: String, json: String, options: RequestOptions = RequestOptions()
    ) async throws -> RawResponse {
        try await raw("PATCH", path, json, options)
    }

    private func raw(
        _ method: String, _ path: String, _ json: String?, _ options: RequestOptions
    ) async throws -> RawResponse {
        try await cancellable { [native] token in
            try await native.raw(method: method, path: path, body: json, options: options, cancel: token)
        }
    }

    /// Closes the client: subsequent calls throw ``VitableConnectError/closed(_:)`` immediately; calls
    /// in flight complete. Closing it again has no effect.
    public func close() {
        // Closing cannot fail; it throws only because every native function does.
        try? native.shutDown()
    }
}

extension VitableConnect: CustomStringConvertible, CustomReflectable {
    /// Shows only the base URL, no credentials.
    public var description: String { "VitableConnect(\((try? baseURL) ?? ""))" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Environment {
    /// Parses the name of an environment, as used in configuration files: `production`, or
    /// `environment_1`, which is `uat`.
    public init(named name: String) throws {
        self = try mapErrors { try nativeEnvironment(name: name) }
    }
}
