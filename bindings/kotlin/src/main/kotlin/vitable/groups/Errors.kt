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

/** The client's configuration is not valid; nothing was sent. */
public class ConfigurationException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** An argument is not valid; nothing was sent. */
public class InvalidArgumentException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The token provider failed; nothing was sent. */
public class CredentialsException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The client was closed before the call; nothing was sent. */
public class ClientClosedException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The server returned an unsuccessful status. */
public sealed class ApiStatusException(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** 400. */
public class BadRequestException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 401: the token is missing, wrong or expired. */
public class AuthenticationException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 403. */
public class PermissionDeniedException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 404. */
public class NotFoundException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 409: the resource already exists. */
public class ConflictException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 422. */
public class UnprocessableEntityException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 429: too many requests; retry after [retryAfter]. */
public class RateLimitException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 500 or above. */
public class InternalServerException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** Any other unsuccessful status. */
public class OtherStatusException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** There was no complete response. */
public sealed class ApiConnectionException(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The connection was refused or reset, the response was truncated, or TLS or DNS failed. */
public class ConnectionFailedException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiConnectionException(details, cause)

/** An attempt exceeded its timeout, and no retry succeeded. */
public class ApiTimeoutException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiConnectionException(details, cause)

/** The call exceeded its deadline, which covers all attempts, pages and polls. */
public class DeadlineExceededException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The native call was canceled. Canceling a coroutine throws a `CancellationException` instead. */
public class ApiUserAbortException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The body of a successful response does not match what the operation returns. */
public class ApiResponseValidationException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The roster cannot be read or has errors; nothing was sent. */
public class InvalidRosterException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The roster guard blocked the roster; nothing was sent. */
public class RosterGuardException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** A bug in this library. */
public class InternalErrorException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

internal fun ErrorDetails.toException(): VitableConnectException {
    // Chained so that a stack trace shows all causes.
    val cause = causes.foldRight(null as Throwable?) { text, inner -> RuntimeException(text, inner) }
    return when (kind) {
        ErrorKind.CONFIGURATION -> ConfigurationException(this, cause)
        ErrorKind.INVALID_ARGUMENT -> InvalidArgumentException(this, cause)
        ErrorKind.CREDENTIALS -> CredentialsException(this, cause)
        ErrorKind.CLOSED -> ClientClosedException(this, cause)
        ErrorKind.BAD_REQUEST -> BadRequestException(this, cause)
        ErrorKind.AUTHENTICATION -> AuthenticationException(this, cause)
        ErrorKind.PERMISSION_DENIED -> PermissionDeniedException(this, cause)
        ErrorKind.NOT_FOUND -> NotFoundException(this, cause)
        ErrorKind.CONFLICT -> ConflictException(this, cause)
        ErrorKind.UNPROCESSABLE_ENTITY -> UnprocessableEntityException(this, cause)
        ErrorKind.RATE_LIMIT -> RateLimitException(this, cause)
        ErrorKind.INTERNAL_SERVER -> InternalServerException(this, cause)
        ErrorKind.STATUS -> OtherStatusException(this, cause)
        ErrorKind.CONNECTION -> ConnectionFailedException(this, cause)
        ErrorKind.TIMEOUT -> ApiTimeoutException(this, cause)
        ErrorKind.DEADLINE -> DeadlineExceededException(this, cause)
        ErrorKind.ABORTED -> ApiUserAbortException(this, cause)
        ErrorKind.RESPONSE_VALIDATION -> ApiResponseValidationException(this, cause)
        ErrorKind.INVALID_ROSTER -> InvalidRosterException(this, cause)
        ErrorKind.GUARD_REFUSED -> RosterGuardException(this, cause)
        ErrorKind.INTERNAL -> InternalErrorException(this, cause)
    }
}

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
