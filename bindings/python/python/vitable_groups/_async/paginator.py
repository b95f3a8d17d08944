"""Lists that are requested when they are awaited; the sync half has nothing like it."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator
    from typing import Any, Generic, TypeVar

    from .pages import AsyncPageNumberPage

    T = TypeVar("T")

    class _Awaitable(Generic[T]):
        pass

else:

    class _Awaitable:
        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls

    T = object()


class AsyncPaginator(_Awaitable[T]):
    """A list that was not requested yet: await it for a page, or iterate over all items."""

    __slots__ = ("_fetch",)
    __module__ = "vitable_groups.pagination"

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, None, AsyncPageNumberPage[T]]:
        page: Generator[Any, None, AsyncPageNumberPage[T]] = self._fetch().__await__()
        return page

    async def __aiter__(self) -> AsyncIterator[T]:
        page = await self
        async for batch in page._batches():
            for item in batch:
                yield item

    async def iter_pages(self) -> AsyncIterator[AsyncPageNumberPage[T]]:
        """Yields every page, from first to last."""
        page = await self
        async for each in page.iter_pages():
            yield each


def paginated(fetch: Callable[..., Any]) -> Callable[..., AsyncPaginator[Any]]:
    """A method that returns the list instead of requesting it."""

    @wraps(fetch)
    def listed(*call: Any) -> AsyncPaginator[Any]:
        return AsyncPaginator(lambda: fetch(*call))

    return listed
