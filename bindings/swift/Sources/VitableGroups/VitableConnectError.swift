import Foundation

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
