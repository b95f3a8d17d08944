import Foundation

/// A client of the Groups API of Vitable Connect, safe to share between tasks and threads.
///
/// An app that people install must not carry an organization's API key: whoever unpacks the app has
/// it. Give the client a ``TokenProvider`` that asks your own server for tokens that last minutes.
/// The key, ``ClientOptions/apiKey``, is for servers.
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
/// Cancelling the task closes the connection and throws `CancellationError`. Every other failure is
/// a ``VitableError``.
public final class VitableConnect: Sendable {
    /// Groups, and through them the syncs of their members.
    public let groups: Groups

    /// Plans: the source of every member row's plan id.
    public let plans: Plans

    private let native: NativeClient

    /// Makes a client and checks everything that can be checked without a connection.
    ///
    /// - Parameters:
    ///   - options: settings; what is not set has its default.
    ///   - tokenProvider: fetches short-lived tokens, in place of a key.
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
            translated { try NativeClient(options: options, tokens: tokens, tuning: tuning) })
    }

    private init(_ native: NativeClient) {
        self.native = native
        groups = Groups(withResponse: GroupsWithResponse(native: native))
        plans = Plans(native: native)
    }

    /// Makes a client that fetches short-lived tokens.
    public convenience init(tokenProvider: @escaping TokenProvider) throws {
        try self.init(ClientOptions(), tokenProvider: tokenProvider)
    }

    /// Where the API is.
    public var baseURL: String {
        get throws { try translated { try native.baseUrl() } }
    }

    /// A client with other settings; what the options do not set is as here. Both share connections,
    /// the retry quota and their end: closing one closes the other.
    ///
    /// - Parameters:
    ///   - options: what is different.
    ///   - tokenProvider: fetches the new client's tokens; without one, and without a key in the
    ///     options, it has this client's credentials.
    public func withOptions(
        _ options: ClientOptions, tokenProvider: TokenProvider? = nil
    ) throws -> VitableConnect {
        let tokens = tokenProvider.map(TokenBridge.init)
        return try VitableConnect(
            translated { try native.derive(options: options, tokens: tokens) })
    }

    /// Replaces the API key for the calls that start from now on.
    public func setAPIKey(_ key: String) throws {
        try translated { try native.setApiKey(key: key) }
    }

    /// Calls GET on a path that is not modelled, such as `/v1/groups`.
    public func get(_ path: String, options: RequestOptions = RequestOptions()) async throws -> RawResponse {
        try await raw("GET", path, nil, options)
    }

    /// Calls POST on a path that is not modelled, with a JSON text. It may be repeated after a
    /// failure, with the same idempotency key; set `maxRetries` to 0 where that would do harm.
    public func post(
        _ path: String, json: String, options: RequestOptions = RequestOptions()
    ) async throws -> RawResponse {
        try await raw("POST", path, json, options)
    }

    /// Calls PATCH on a path that is not modelled, with a JSON text.
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

    /// Ends the client: further calls throw ``VitableError/closed(_:)`` at once, calls under way run
    /// to their end.
    public func close() {
        // Closing has nothing that could fail.
        try? native.shutDown()
    }
}

extension VitableConnect: CustomStringConvertible, CustomReflectable {
    /// The address only: no key, no token.
    public var description: String { "VitableConnect(\((try? baseURL) ?? ""))" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Environment {
    /// The environment of a name, as configuration files have it: `production` or
    /// `environment_1`, which is `uat`.
    public init(named name: String) throws {
        self = try translated { try nativeEnvironment(name: name) }
    }
}
