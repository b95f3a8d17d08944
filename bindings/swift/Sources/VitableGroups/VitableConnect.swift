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
    public init(_ options: ClientOptions = ClientOptions(), tokenProvider: TokenProvider? = nil) throws {
        let native = try translated {
            try NativeClient(options: options, tokens: tokenProvider.map(TokenBridge.init))
        }
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
