import Foundation

/// An error of this library, except cancellation: one case per ``ErrorKind``, each with its details.
public enum VitableConnectError: Error, Equatable, Sendable {
    /// The client's configuration is not valid; nothing was sent.
    case configuration(ErrorDetails)

    /// An argument is not valid; nothing was sent.
    case invalidArgument(ErrorDetails)

    /// The token provider failed; nothing was sent.
    case credentials(ErrorDetails)

    /// The client was closed before the call; nothing was sent.
    case closed(ErrorDetails)

    /// 400.
    case badRequest(ErrorDetails)

    /// 401: the token is missing, wrong or expired.
    case authentication(ErrorDetails)

    /// 403.
    case permissionDenied(ErrorDetails)

    /// 404.
    case notFound(ErrorDetails)

    /// 409: the resource already exists.
    case conflict(ErrorDetails)

    /// 422.
    case unprocessableEntity(ErrorDetails)

    /// 429: too many requests; retry after ``ErrorDetails/retryAfter``.
    case rateLimit(ErrorDetails)

    /// 500 or above.
    case internalServer(ErrorDetails)

    /// Any other unsuccessful status.
    case status(ErrorDetails)

    /// No complete response: connection refused or reset, response truncated, TLS or DNS failure.
    case connection(ErrorDetails)

    /// An attempt exceeded its timeout, and no retry succeeded.
    case timeout(ErrorDetails)

    /// The call exceeded its deadline, which covers all attempts, pages and polls.
    case deadline(ErrorDetails)

    /// The native call was canceled. Canceling a task throws `CancellationError` instead.
    case aborted(ErrorDetails)

    /// The body of a successful response does not match what the operation returns.
    case responseValidation(ErrorDetails)

    /// The roster cannot be read or has errors; nothing was sent.
    case invalidRoster(ErrorDetails)

    /// The roster guard blocked the roster; nothing was sent.
    case guardRefused(ErrorDetails)

    /// A bug in this library.
    case internalError(ErrorDetails)

    init(_ details: ErrorDetails) {
        self =
            switch details.kind {
            case .configuration: .configuration(details)
            case .invalidArgument: .invalidArgument(details)
            case .credentials: .credentials(details)
            case .closed: .closed(details)
            case .badRequest: .badRequest(details)
            case .authentication: .authentication(details)
            case .permissionDenied: .permissionDenied(details)
            case .notFound: .notFound(details)
            case .conflict: .conflict(details)
            case .unprocessableEntity: .unprocessableEntity(details)
            case .rateLimit: .rateLimit(details)
            case .internalServer: .internalServer(details)
            case .status: .status(details)
            case .connection: .connection(details)
            case .timeout: .timeout(details)
            case .deadline: .deadline(details)
            case .aborted: .aborted(details)
            case .responseValidation: .responseValidation(details)
            case .invalidRoster: .invalidRoster(details)
            case .guardRefused: .guardRefused(details)
            case .internal: .internalError(details)
            }
    }

    /// The details of the error.
    public var details: ErrorDetails {
        switch self {
        case .configuration(let details),
            .invalidArgument(let details),
            .credentials(let details),
            .closed(let details),
            .badRequest(let details),
            .authentication(let details),
            .permissionDenied(let details),
            .notFound(let details),
            .conflict(let details),
            .unprocessableEntity(let details),
            .rateLimit(let details),
            .internalServer(let details),
            .status(let details),
            .connection(let details),
            .timeout(let details),
            .deadline(let details),
            .aborted(let details),
            .responseValidation(let details),
            .invalidRoster(let details),
            .guardRefused(let details),
            .internalError(let details):
            details
        }
    }
}

extension VitableConnectError: LocalizedError {
    /// The message with the operation, status, code and a hint.
    public var errorDescription: String? { details.text }

    /// What went wrong; the server's message if it sent one.
    public var failureReason: String? { details.message }
}

extension VitableConnectError: CustomStringConvertible {
    /// The same as ``errorDescription``, without headers or body.
    public var description: String { details.text }
}
