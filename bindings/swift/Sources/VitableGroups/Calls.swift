/// Runs native code and turns its error into ours.
func translated<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch NativeError.Failed(let details) {
        throw VitableError(details)
    }
}

/// Runs a native call; cancelling the task cancels it, which closes its connection.
func cancellable<T: Sendable>(
    _ call: @Sendable (NativeCancelToken) async throws -> T
) async throws -> T {
    try Task.checkCancellation()
    let token = try translated { try NativeCancelToken() }
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
        throw VitableError(details)
    }
}
