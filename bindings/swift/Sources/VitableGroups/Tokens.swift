import Foundation

/// Fetches short-lived tokens, usually from the app's own server, which holds the API key.
///
/// It is called on the first request, a minute before a token expires, and once after a 401; concurrent
/// calls share one fetch. An error it throws becomes ``VitableConnectError/credentials(_:)``.
public typealias TokenProvider = @Sendable () async throws -> AccessToken

/// A token returned by a ``TokenProvider``. The token is not printed.
public struct AccessToken: Sendable {
    /// The token itself, `vit_at_...`.
    public var token: String

    /// The remaining lifetime in seconds; nil if unknown.
    public var expiresIn: TimeInterval?

    /// Creates a token.
    public init(_ token: String, expiresIn: TimeInterval? = nil) {
        self.token = token
        self.expiresIn = expiresIn
    }
}

extension AccessToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "AccessToken(***)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Completes the native library's token requests in tasks of its own.
final class TokenBridge: NativeTokenProvider {
    private let provider: TokenProvider

    init(_ provider: @escaping TokenProvider) {
        self.provider = provider
    }

    func fetch(request: NativeTokenRequest) throws {
        Task { [provider] in
            do {
                let token = try await provider()
                try request.succeed(token: token.token, expiresIn: token.expiresIn)
            } catch {
                try request.fail(reason: error.localizedDescription)
            }
        }
    }
}
