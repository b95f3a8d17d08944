"""The forms in which a method can give its result: parsed, raw, or still to be read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._resource import STREAMED
from ._response import APIResponse, AsyncAPIResponse, Decode, Jobs

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import ParamSpec

    from .pagination import AsyncPageNumberPage, AsyncPaginator

    P = ParamSpec("P")

R = TypeVar("R")


class ResponseContextManager(Generic[R]):
    """Sends on entry, closes on exit."""

    def __init__(self, start: Callable[[], APIResponse[R]]) -> None:
        self._start = start
        self._response: APIResponse[R] | None = None

    def __enter__(self) -> APIResponse[R]:
        self._response = self._start()
        return self._response

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._response is not None:
            self._response.close()


class AsyncResponseContextManager(Generic[R]):
    """Sends on entry, closes on exit."""

    def __init__(self, start: Callable[[], Awaitable[AsyncAPIResponse[R]]]) -> None:
        self._start = start
        self._response: AsyncAPIResponse[R] | None = None

    async def __aenter__(self) -> AsyncAPIResponse[R]:
        self._response = await self._start()
        return self._response

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._response is not None:
            await self._response.close()


def finish_sync(client: Any, job: Jobs, cast_to: Any, decode: Decode, form: str) -> Any:
    """Runs a call and gives its answer, read or still to be read."""
    made: APIResponse[Any] = APIResponse(client, job(form == STREAMED).run(), cast_to, decode)
    return made


async def finish_async(client: Any, job: Jobs, cast_to: Any, decode: Decode, form: str) -> Any:
    """Runs a call and gives its answer, read or still to be read."""
    from ._aio import run

    answer = await run(job(form == STREAMED))
    made: AsyncAPIResponse[Any] = AsyncAPIResponse(client, answer, cast_to, decode)
    return made


def _in_form(method: Callable[..., Any], form: str) -> Callable[..., Any]:
    resource: Any = method.__self__  # type: ignore[attr-defined]
    made: Callable[..., Any] = getattr(type(resource)(resource._client, form), method.__name__)
    return made


def to_raw(method: Callable[P, R]) -> Callable[P, APIResponse[R]]:
    """The method, returning raw answers."""
    return _in_form(method, "raw")


def to_async_raw(
    method: Callable[P, Awaitable[R]],
) -> Callable[P, Awaitable[AsyncAPIResponse[R]]]:
    """The method, returning raw answers."""
    return _in_form(method, "raw")


def to_streamed(method: Callable[P, R]) -> Callable[P, ResponseContextManager[R]]:
    """The method, returning a context manager around an answer whose body is unread."""
    call = _in_form(method, STREAMED)

    def start(*args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[R]:
        return ResponseContextManager(lambda: call(*args, **kwargs))

    return start


def to_async_streamed(
    method: Callable[P, Awaitable[R]],
) -> Callable[P, AsyncResponseContextManager[R]]:
    """The method, returning a context manager around an answer whose body is unread."""
    call = _in_form(method, STREAMED)

    def start(*args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[R]:
        return AsyncResponseContextManager(lambda: call(*args, **kwargs))

    return start


def to_async_raw_list(
    method: Callable[P, AsyncPaginator[R]],
) -> Callable[P, Awaitable[AsyncAPIResponse[AsyncPageNumberPage[R]]]]:
    """The method, returning raw answers."""
    return _in_form(method, "raw")


def to_async_streamed_list(
    method: Callable[P, AsyncPaginator[R]],
) -> Callable[P, AsyncResponseContextManager[AsyncPageNumberPage[R]]]:
    """The method, returning a context manager around an answer whose body is unread."""
    call = _in_form(method, STREAMED)

    def start(
        *args: P.args, **kwargs: P.kwargs
    ) -> AsyncResponseContextManager[AsyncPageNumberPage[R]]:
        return AsyncResponseContextManager(lambda: call(*args, **kwargs))

    return start
