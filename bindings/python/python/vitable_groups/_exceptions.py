"""Errors, one class per kind."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._http import Attempt, Request, Response


class VitableConnectError(Exception):
    """The base class of all errors of this package."""

    code: str | None = None
    """The server's machine-readable code, such as ``not_found``."""
    kind: str = "configuration"
    """The kind of error, such as ``timeout``; the same in every language."""
    detail: str = ""
    """The full human-readable report: operation, attempts, what to do next."""
    operation: str | None = None
    """The operation that failed, such as ``groups.retrieve``."""
    trace_id: str | None = None
    """The server's trace ID of the failed request; quote it to the vendor's support."""
    request_id: str | None = None
    """The server's ID of the failed request, from the response headers."""
    attempts: list[Attempt] = []  # noqa: RUF012 (replaced, never changed)
    """Every attempt, from first to last."""
    retry_after: float | None = None
    """Seconds to wait before retrying, as the server requested."""
    outcome_unknown: bool = False
    """Whether the write may have been applied although the call failed."""
    idempotency_key: str | None = None
    """The idempotency key sent with every attempt of the write."""
    sync_handle: tuple[str, str] | None = None
    """The group ID and request ID of a sync that is still running; pass both to ``wait``."""
    page: int | None = None
    """The page that could not be read; earlier pages remain valid."""

    details: Any = None
    """The findings of the roster check or the guard, as data; values are masked."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__, self.__cause__)


def _rebuild(
    cls: type[VitableConnectError],
    args: tuple[Any, ...],
    state: dict[str, Any],
    cause: BaseException | None,
) -> VitableConnectError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


class ConfigurationError(VitableConnectError, ValueError):
    """The client is misconfigured; nothing was sent."""


class InvalidArgumentError(VitableConnectError, ValueError):
    """An argument is invalid; nothing was sent."""


class CredentialsError(VitableConnectError):
    """The token provider failed; nothing was sent."""


class InternalError(VitableConnectError):
    """A bug in this library."""


class InvalidRosterError(VitableConnectError, ValueError):
    """The roster has errors; nothing was sent."""


class RosterGuardError(VitableConnectError):
    """The roster guard blocked the sync; nothing was sent."""


class APIError(VitableConnectError):
    """A request failed, on its way or at the API."""

    message: str
    request: Request
    body: object | None
    """The response body: decoded JSON, else text; ``None`` if there was no response."""

    def __init__(self, message: str, request: Request, *, body: object | None) -> None:
        super().__init__(message)
        self.request = request
        self.message = message
        self.body = body


class APIResponseValidationError(APIError):
    """The body of a successful response is not what the operation returns."""

    response: Response
    status_code: int

    def __init__(
        self, response: Response, body: object | None, *, message: str | None = None
    ) -> None:
        text = message or "Data returned by API invalid for expected schema."
        super().__init__(text, response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class APIStatusError(APIError):
    """The server returned an error status."""

    response: Response
    status_code: int

    def __init__(self, message: str, *, response: Response, body: object | None) -> None:
        super().__init__(message, response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class APIConnectionError(APIError):
    """No complete response: connection refused or reset, response truncated, TLS or DNS failure."""

    def __init__(self, *, message: str = "Connection error.", request: Request) -> None:
        super().__init__(message, request, body=None)


class ClientClosedError(APIConnectionError):
    """The client was closed before the call; nothing was sent."""


class APITimeoutError(APIConnectionError):
    """The last attempt exceeded its timeout."""

    def __init__(self, request: Request, *, message: str = "Request timed out.") -> None:
        super().__init__(message=message, request=request)


class DeadlineExceededError(APITimeoutError):
    """The deadline of all attempts, pages or polls together was exceeded."""


class APIUserAbortError(APIError):
    """The caller canceled the call. Python's own cancellation is never wrapped in it."""


class BadRequestError(APIStatusError):
    """Status 400."""


class AuthenticationError(APIStatusError):
    """Status 401: the API key is missing, wrong or expired."""


class PermissionDeniedError(APIStatusError):
    """Status 403."""


class NotFoundError(APIStatusError):
    """Status 404."""


class ConflictError(APIStatusError):
    """Status 409: in this API, a duplicate."""


class UnprocessableEntityError(APIStatusError):
    """Status 422."""


class RateLimitError(APIStatusError):
    """Status 429."""


class InternalServerError(APIStatusError):
    """Status 500 and above."""


class StreamAlreadyConsumed(VitableConnectError):
    """The body of a streaming response was read twice."""

    def __init__(self) -> None:
        super().__init__(
            "Attempted to read or stream some content, but the content has already been streamed."
        )


#: Attributes copied from the core's error unchanged.
_COPIED = (
    "kind",
    "code",
    "operation",
    "trace_id",
    "request_id",
    "retry_after",
    "outcome_unknown",
    "idempotency_key",
    "sync_handle",
    "page",
)


def status_message(status: int, text: str) -> tuple[str, object]:
    """The message and the decoded body of an error status."""
    from ._native import decode

    text = text.strip()
    try:
        # Unlike json, it limits nesting and digits, so its result can always be encoded again.
        body: object = decode(text.encode(), None)
    except ValueError:
        return text or f"Error code: {status}", text
    return f"Error code: {status} - {body}", body


def from_native(native: dict[str, Any], hook: Any = None) -> VitableConnectError:
    """Converts an error of the core."""
    class_name: str = native["class"]
    cls = globals().get(class_name, VitableConnectError)
    if cls is VitableConnectError:
        cls = ConfigurationError
    error = _create(cls, native, hook)
    for name in _COPIED:
        if native[name] is not None:
            setattr(error, name, native[name])
    error.detail = native["text"]
    if native["details"] is not None:
        import json

        error.details = json.loads(native["details"])
    error.attempts = _attempts(native["attempts"])
    causes: list[str] = native["causes"]
    if not causes and isinstance(error, APIResponseValidationError):
        # The official package sets a cause, too; this one does not repeat the body.
        error.__cause__ = ValueError(native["message"])
    if causes or isinstance(error, APIConnectionError):
        error.__cause__ = OSError("; ".join(causes) or native["message"])
    return error


def _create(cls: type[Any], native: dict[str, Any], hook: Any) -> VitableConnectError:
    if not issubclass(cls, APIError):
        error: VitableConnectError = cls(native["text"])
        return error
    from ._http import Request, Response

    request = Request(native["method"] or "", native["url"] or "")
    if issubclass(cls, APIConnectionError):
        if cls is APIConnectionError or cls is APITimeoutError:
            return cls(request=request)
        return cls(request=request, message=native["text"])
    content = native["content"] or b""
    status: int | None = native["status"]
    if native["content"] is None and cls is ConflictError:
        # A lookup after a lost response found the conflict: no server returned a 409.
        response = Response(status or 409, [], b"", request=request)
        return cls(native["text"], response=response, body=None)
    response = Response(status or 0, native["headers"], content, request=request)
    message, body = status_message(response.status_code, response.text)
    if issubclass(cls, APIStatusError) and hook is not None:
        own: VitableConnectError = hook(message, body=body, response=response)
        return own
    if issubclass(cls, APIStatusError):
        return cls(message, response=response, body=body)
    if issubclass(cls, APIResponseValidationError):
        return cls(response, body, message=native["text"])
    return cls(native["text"], request, body=body)


def _attempts(given: list[tuple[int | None, str, float | None, float]]) -> list[Attempt]:
    from ._http import Attempt

    return [Attempt(*attempt) for attempt in given]


def status_error(message: str, *, body: object, response: Response) -> APIStatusError:
    """The exception for an error status."""
    by_status: dict[int, type[APIStatusError]] = {
        400: BadRequestError,
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        409: ConflictError,
        422: UnprocessableEntityError,
        429: RateLimitError,
    }
    status = response.status_code
    cls = by_status.get(status, InternalServerError if status >= 500 else APIStatusError)
    return cls(message, response=response, body=body)
