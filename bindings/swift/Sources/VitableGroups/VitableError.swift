import Foundation

/// Any failure of this library but cancellation: one case per kind, each with everything that is known.
public enum VitableError: Error, Equatable, Sendable {
    /// The client was set up wrongly; nothing was sent.
    case configuration(ErrorDetails)

    /// An argument cannot be sent; nothing was.
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

    /// 409: here, a duplicate.
    case conflict(ErrorDetails)

    /// 422.
    case unprocessableEntity(ErrorDetails)

    /// 429; ``ErrorDetails/retryAfter`` says when to come back.
    case rateLimit(ErrorDetails)

    /// 500 and above.
    case internalServer(ErrorDetails)

    /// Any other status that is not a success.
    case status(ErrorDetails)

    /// No complete answer: refused, reset, cut short, TLS or DNS failure.
    case connection(ErrorDetails)

    /// One attempt took longer than its timeout, and retries did not help.
    case timeout(ErrorDetails)

    /// The call's deadline passed, over all attempts, pages or polls.
    case deadline(ErrorDetails)

    /// The library gave the call up because it was told to. Cancelling a task is not this.
    case aborted(ErrorDetails)

    /// A success answer whose body is not what the operation returns.
    case responseValidation(ErrorDetails)

    /// The roster cannot be read or has errors; nothing was sent.
    case invalidRoster(ErrorDetails)

    /// The roster guard refused; nothing was sent.
    case guardRefused(ErrorDetails)

    /// A fault of this library.
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

    /// Everything that is known about the failure.
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

extension VitableError: LocalizedError {
    /// What happened, to which operation, and what to do next.
    public var errorDescription: String? { details.text }

    /// What happened; the server's own words where it said any.
    public var failureReason: String? { details.message }
}

extension VitableError: CustomStringConvertible {
    /// The text of ``errorDescription``: no headers, no body.
    public var description: String { details.text }
}
