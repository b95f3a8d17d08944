package vitable.groups

import java.time.Duration

/**
 * Base class of all exceptions of this library. There is one subclass per [ErrorKind], so a `when` over
 * them can be exhaustive. The [message] includes the operation and a hint.
 *
 * @property details the details of the error.
 */
public sealed class VitableConnectException(
    public val details: ErrorDetails,
    cause: Throwable?,
) : RuntimeException(details.text, cause) {
    /** The kind of the error. */
    public val kind: ErrorKind get() = details.kind

    /** The operation that failed, such as `groups.retrieve`. */
    public val operation: String? get() = details.operation

    /** The status of the last response, if there was one. */
    public val status: Int? get() = details.status

    /** The server's machine-readable error code, such as `not_found`. */
    public val code: String? get() = details.code

    /** The server's trace ID of the failed request; include it in support requests. */
    public val traceId: String? get() = details.traceId

    /** All attempts, in order. */
    public val attempts: List<Attempt> get() = details.attempts

    /** The delay the server requested before a retry. */
    public val retryAfter: Duration? get() = details.retryAfter

    /** Whether the same call may succeed later. */
    public val isTransient: Boolean get() = details.isTransient

    /** Whether the write may have been applied although the call failed. */
    public val outcomeUnknown: Boolean get() = details.outcomeUnknown

    /** The sync that keeps running on the server; pass it to [MemberSyncs.wait] to resume. */
    public val syncHandle: SyncHandle? get() = details.syncHandle
}

/** The server returned an unsuccessful status. */
public sealed class ApiStatusException(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** There was no complete response. */
public sealed class ApiConnectionException(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The exception of the kind; the causes are chained so that a stack trace shows all of them. */
internal fun ErrorDetails.toException(): VitableConnectException =
    toException(causes.foldRight(null as Throwable?) { text, inner -> RuntimeException(text, inner) })

/** Runs native code and maps its errors to [VitableConnectException]. */
internal inline fun <T> mapErrors(call: () -> T): T =
    try {
        call()
    } catch (error: NativeException.Failed) {
        throw error.details.toException()
    }

/** [mapErrors] for suspending calls; stack traces start at the caller. */
internal suspend inline fun <T> mapErrorsSuspend(crossinline call: suspend () -> T): T =
    try {
        call()
    } catch (error: NativeException.Failed) {
        throw error.details.toException()
    }
