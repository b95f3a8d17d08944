import Foundation

/// Fetches short-lived tokens, usually from the app's own server, which holds the API key.
///
/// It is asked when there is no token yet, a minute before one ends, and once after a 401; calls
/// that run at the same time share one fetch. What it throws becomes
/// ``VitableError/credentials(_:)``.
public typealias TokenProvider = @Sendable () async throws -> AccessToken

/// A token that a ``TokenProvider`` hands out. Prints without the token.
public struct AccessToken: Sendable {
    /// The token itself, `vit_at_...`.
    public var token: String

    /// How long it is good for, in seconds from now; nil if that is not known.
    public var expiresIn: TimeInterval?

    /// A token.
    public init(_ token: String, expiresIn: TimeInterval? = nil) {
        self.token = token
        self.expiresIn = expiresIn
    }
}

extension AccessToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "AccessToken(***)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Answers the library's requests for tokens from tasks of its own.
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
