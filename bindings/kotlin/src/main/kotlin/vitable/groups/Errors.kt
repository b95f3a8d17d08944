package vitable.groups

import java.time.Duration

/**
 * Any failure of this library. There is one class per kind, so that a `when` over them is complete;
 * [message] says what happened, to which operation, and what to do next.
 *
 * @property details everything that is known about the failure.
 */
public sealed class VitableConnectException(
    public val details: ErrorDetails,
    cause: Throwable?,
) : RuntimeException(details.text, cause) {
    /** What went wrong, in one word. */
    public val kind: ErrorKind get() = details.kind

    /** The operation that failed, such as `groups.retrieve`. */
    public val operation: String? get() = details.operation

    /** The status of the last answer, if there was one. */
    public val status: Int? get() = details.status

    /** The server's code for programs, such as `not_found`. */
    public val code: String? get() = details.code

    /** The server's id of the failed request; quote it to the vendor's support. */
    public val traceId: String? get() = details.traceId

    /** Every attempt that was made, first to last. */
    public val attempts: List<Attempt> get() = details.attempts

    /** How long the server asked to wait. */
    public val retryAfter: Duration? get() = details.retryAfter

    /** Whether the same call may work later without a change. */
    public val isTransient: Boolean get() = details.isTransient

    /** Whether the write may have been done although the call failed. */
    public val outcomeUnknown: Boolean get() = details.outcomeUnknown

    /** The sync request that goes on at the server; pass it to [Sync.wait] to resume. */
    public val syncHandle: SyncHandle? get() = details.syncHandle
}

/** The client was set up wrongly; nothing was sent. */
public class ConfigurationException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** An argument cannot be sent; nothing was. */
public class InvalidArgumentException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The token provider failed; nothing was sent. */
public class CredentialsException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The client was closed before the call; nothing was sent. */
public class ClientClosedException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The server answered with a status that is not a success. */
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

/** 409: here, a duplicate. */
public class ConflictException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 422. */
public class UnprocessableEntityException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 429; [retryAfter] says when to come back. */
public class RateLimitException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** 500 and above. */
public class InternalServerException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** Any other status that is not a success. */
public class OtherStatusException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiStatusException(details, cause)

/** No complete answer came. */
public sealed class ApiConnectionException(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The connection was refused, reset or cut short, or TLS or DNS failed. */
public class ConnectionFailedException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiConnectionException(details, cause)

/** One attempt took longer than its timeout, and retries did not help. */
public class ApiTimeoutException internal constructor(details: ErrorDetails, cause: Throwable?) :
    ApiConnectionException(details, cause)

/** The call's deadline passed, over all attempts, pages or polls. */
public class DeadlineExceededException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The library gave the call up because it was told to. Cancelling a coroutine is not this. */
public class ApiUserAbortException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** A success answer whose body is not what the operation returns. */
public class ApiResponseValidationException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The roster cannot be read or has errors; nothing was sent. */
public class InvalidRosterException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** The roster guard refused; nothing was sent. */
public class RosterGuardException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

/** A fault of this library. */
public class InternalErrorException internal constructor(details: ErrorDetails, cause: Throwable?) :
    VitableConnectException(details, cause)

internal fun ErrorDetails.toException(): VitableConnectException {
    // The first cause tells the next one, and so on; a stack trace shows them all.
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

/** Runs native code and turns its error into ours. */
internal inline fun <T> translated(call: () -> T): T =
    try {
        call()
    } catch (error: NativeException.Failed) {
        throw error.details.toException()
    }

/** [translated] for calls that suspend: the stack trace begins at the caller's line. */
internal suspend inline fun <T> translating(crossinline call: suspend () -> T): T =
    try {
        call()
    } catch (error: NativeException.Failed) {
        throw error.details.toException()
    }
