/// Runs native code and maps its errors to ``VitableConnectError``.
func mapErrors<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch NativeError.Failed(let details) {
        throw VitableConnectError(details)
    }
}

/// Runs a native call. Canceling the task cancels the call and closes its connection.
func cancellable<T: Sendable>(
    _ call: @Sendable (NativeCancelToken) async throws -> T
) async throws -> T {
    try Task.checkCancellation()
    let token = try mapErrors { try NativeCancelToken() }
    do {
        return try await withTaskCancellationHandler {
            try await call(token)
        } onCancel: {
            try? token.cancel()
        }
    } catch NativeError.Failed(let details) {
        if details.kind == .aborted, Task.isCancelled {
            throw CancellationError()
        }
        throw VitableConnectError(details)
    }
}
