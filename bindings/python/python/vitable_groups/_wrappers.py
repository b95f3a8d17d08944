"""Wrappers of resource methods that return raw or streamed responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._resource import RAW, STREAMED
from ._response import APIResponse, AsyncAPIResponse

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import ParamSpec

    from .pagination import AsyncPageNumberPage, AsyncPaginator

    P = ParamSpec("P")

R = TypeVar("R")


class ResponseContextManager(Generic[R]):
    """Sends the request on entry and closes the response on exit."""

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
    """Sends the request on entry and closes the response on exit."""

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


def _in_form(method: Callable[..., Any], form: str) -> Callable[..., Any]:
    resource: Any = method.__self__  # type: ignore[attr-defined]
    wrapped: Callable[..., Any] = getattr(type(resource)(resource._client, form), method.__name__)
    return wrapped


def to_raw(method: Callable[P, R]) -> Callable[P, APIResponse[R]]:
    """The method, returning a raw response."""
    return _in_form(method, RAW)


def to_async_raw(
    method: Callable[P, Awaitable[R]],
) -> Callable[P, Awaitable[AsyncAPIResponse[R]]]:
    """The method, returning a raw response."""
    return _in_form(method, RAW)


def to_streamed(method: Callable[P, R]) -> Callable[P, ResponseContextManager[R]]:
    """The method, returning a context manager around a streamed response."""
    call = _in_form(method, STREAMED)

    def start(*args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[R]:
        return ResponseContextManager(lambda: call(*args, **kwargs))

    return start


def to_async_streamed(
    method: Callable[P, Awaitable[R]],
) -> Callable[P, AsyncResponseContextManager[R]]:
    """The method, returning a context manager around a streamed response."""
    call = _in_form(method, STREAMED)

    def start(*args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[R]:
        return AsyncResponseContextManager(lambda: call(*args, **kwargs))

    return start


def to_async_raw_list(
    method: Callable[P, AsyncPaginator[R]],
) -> Callable[P, Awaitable[AsyncAPIResponse[AsyncPageNumberPage[R]]]]:
    """The method, returning a raw response."""
    return _in_form(method, RAW)


def to_async_streamed_list(
    method: Callable[P, AsyncPaginator[R]],
) -> Callable[P, AsyncResponseContextManager[AsyncPageNumberPage[R]]]:
    """The method, returning a context manager around a streamed response."""
    call = _in_form(method, STREAMED)

    def start(
        *args: P.args, **kwargs: P.kwargs
    ) -> AsyncResponseContextManager[AsyncPageNumberPage[R]]:
        return AsyncResponseContextManager(lambda: call(*args, **kwargs))

    return start
