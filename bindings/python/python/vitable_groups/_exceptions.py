"""One class per kind of error."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._http import Attempt, Request, Response


class VitableConnectError(Exception):
    """Base of all errors of this package."""

    code: str | None = None
    """The server's code for programs, such as ``not_found``."""
    kind: str = "configuration"
    """What went wrong, in one word, the same in every language."""
    detail: str = ""
    """The whole story for people: operation, attempts, what to do next."""
    operation: str | None = None
    """The operation that failed, such as ``groups.retrieve``."""
    trace_id: str | None = None
    """The server's id of the failed request; quote it to the vendor's support."""
    request_id: str | None = None
    """The server's id of the failed request, from the answer's headers."""
    attempts: list[Attempt] = []  # noqa: RUF012 (replaced, never changed)
    """Every attempt that was made, first to last."""
    retry_after: float | None = None
    """How many seconds the server asked to wait."""
    outcome_unknown: bool = False
    """Whether the write may have been done although the call failed."""
    idempotency_key: str | None = None
    """The key that every attempt of the write carried."""
    sync_handle: tuple[str, str] | None = None
    """Group and request of a sync that goes on at the server; pass both to ``wait``."""
    page: int | None = None
    """The page that could not be read; the pages before it stay valid."""

    details: Any = None
    """What the roster check or the guard found, as data; values are masked."""

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
    """The client was set up wrongly; nothing was sent."""


class InvalidArgumentError(VitableConnectError, ValueError):
    """An argument cannot be sent; nothing was."""


class CredentialsError(VitableConnectError):
    """The token provider failed; nothing was sent."""


class InternalError(VitableConnectError):
    """A fault of this library."""


class InvalidRosterError(VitableConnectError, ValueError):
    """The roster has errors; nothing was sent."""


class RosterGuardError(VitableConnectError):
    """The roster guard refused; nothing was sent."""


class APIError(VitableConnectError):
    """Something went wrong between here and the API, or there."""

    message: str
    request: Request
    body: object | None
    """The answer's body: decoded JSON, else its text; None without an answer."""

    def __init__(self, message: str, request: Request, *, body: object | None) -> None:
        super().__init__(message)
        self.request = request
        self.message = message
        self.body = body


class APIResponseValidationError(APIError):
    """A success whose body is not what the operation returns."""

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
    """The server answered with a status that is not a success."""

    response: Response
    status_code: int

    def __init__(self, message: str, *, response: Response, body: object | None) -> None:
        super().__init__(message, response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class APIConnectionError(APIError):
    """No complete answer: refused, reset, cut short, TLS or DNS failure."""

    def __init__(self, *, message: str = "Connection error.", request: Request) -> None:
        super().__init__(message, request, body=None)


class ClientClosedError(APIConnectionError):
    """The client was closed before the call; nothing was sent."""


class APITimeoutError(APIConnectionError):
    """An attempt took longer than its timeout, and retries did not help."""

    def __init__(self, request: Request, *, message: str = "Request timed out.") -> None:
        super().__init__(message=message, request=request)


class DeadlineExceededError(APITimeoutError):
    """The call's deadline passed, over all attempts, pages or polls."""


class APIUserAbortError(APIError):
    """The caller cancelled the call. Python's own cancellation passes through unwrapped."""


class BadRequestError(APIStatusError):
    """400."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or expired."""


class PermissionDeniedError(APIStatusError):
    """403."""


class NotFoundError(APIStatusError):
    """404."""


class ConflictError(APIStatusError):
    """409: here, a duplicate."""


class UnprocessableEntityError(APIStatusError):
    """422."""


class RateLimitError(APIStatusError):
    """429."""


class InternalServerError(APIStatusError):
    """500 and above."""


class StreamAlreadyConsumed(VitableConnectError):
    """The body of a streaming response was read twice."""

    def __init__(self) -> None:
        super().__init__(
            "Attempted to read or stream some content, but the content has already been streamed."
        )


#: What every error takes over from the core as it is.
_FACTS = (
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
    """The message and the body of a status error."""
    from ._native import decode

    text = text.strip()
    try:
        # Unlike json, it has a limit for nesting and for digits: its result can be written again.
        body: object = decode(text.encode(), None)
    except ValueError:
        return text or f"Error code: {status}", text
    return f"Error code: {status} - {body}", body


def from_native(facts: dict[str, Any], hook: Any = None) -> VitableConnectError:
    """The exception for an error of the core."""
    name: str = facts["class"]
    cls = globals().get(name, VitableConnectError)
    if cls is VitableConnectError:
        cls = ConfigurationError
    error = _make(cls, facts, hook)
    for fact in _FACTS:
        if facts[fact] is not None:
            setattr(error, fact, facts[fact])
    error.detail = facts["text"]
    if facts["details"] is not None:
        import json

        error.details = json.loads(facts["details"])
    error.attempts = _attempts(facts["attempts"])
    causes: list[str] = facts["causes"]
    if not causes and isinstance(error, APIResponseValidationError):
        # As the official package gives one; the body is not to be repeated in it.
        error.__cause__ = ValueError(facts["message"])
    if causes or isinstance(error, APIConnectionError):
        error.__cause__ = OSError("; ".join(causes) or facts["message"])
    return error


def _make(cls: type[Any], facts: dict[str, Any], hook: Any) -> VitableConnectError:
    if not issubclass(cls, APIError):
        error: VitableConnectError = cls(facts["text"])
        return error
    from ._http import Request, Response

    request = Request(facts["method"] or "", facts["url"] or "")
    if issubclass(cls, APIConnectionError):
        if cls is APIConnectionError or cls is APITimeoutError:
            return cls(request=request)
        return cls(request=request, message=facts["text"])
    content = facts["content"] or b""
    status: int | None = facts["status"]
    if facts["content"] is None and cls is ConflictError:
        # Found by a lookup, after a response that was lost: no server said 409.
        response = Response(status or 409, [], b"", request=request)
        return cls(facts["text"], response=response, body=None)
    response = Response(status or 0, facts["headers"], content, request=request)
    message, body = status_message(response.status_code, response.text)
    if issubclass(cls, APIStatusError) and hook is not None:
        made: VitableConnectError = hook(message, body=body, response=response)
        return made
    if issubclass(cls, APIStatusError):
        return cls(message, response=response, body=body)
    if issubclass(cls, APIResponseValidationError):
        return cls(response, body, message=facts["text"])
    return cls(facts["text"], request, body=body)


def _attempts(given: list[tuple[int | None, str, float | None, float]]) -> list[Attempt]:
    from ._http import Attempt

    return [Attempt(*attempt) for attempt in given]


def status_error(message: str, *, body: object, response: Response) -> APIStatusError:
    """The exception of a status."""
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
