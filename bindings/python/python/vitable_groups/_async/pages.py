"""Pages of lists."""

from __future__ import annotations

from .._native import SeenIds
from .._pages import BasePage, T
from .io import flattened, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from typing_extensions import Self

    from .._native import NativeResponse


class AsyncPageNumberPage(BasePage[T]):
    """One page; iterating over it yields the items of this page and all later ones."""

    __slots__ = ()
    __module__ = "vitable_groups.pagination"

    async def get_next_page(self) -> Self:
        """Requests the next page; ``RuntimeError`` if there is none."""
        summary = self._summary()
        response: NativeResponse | None = await run(self._source.pager(summary, 0).next())
        return self._next_page(response, summary.next())

    async def iter_pages(self) -> AsyncIterator[Self]:
        """Yields this page and all later ones, until the list ends or repeats itself."""
        page: Self = self
        pager = self._source.pager(self._summary(), self._source.prefetch)
        while True:
            yield page
            following = page._summary().next()
            response: NativeResponse | None = await run(pager.next())
            if response is None:
                return
            page = self._next_page(response, following)

    #: A subclass may override ``iter_pages``, and iterating over items then follows it.
    _iter_pages = iter_pages

    def __aiter__(self) -> AsyncIterator[T]:
        return flattened(self._batches())

    async def _batches(self) -> AsyncIterator[list[T]]:
        # Pages are not a snapshot: items can move to the next page between requests.
        seen = SeenIds()
        item_class = self._item_class()
        if item_class is None:
            async for page in self.iter_pages():
                yield seen.new_items(page._items())
            return
        pager = self._source.pager(self._summary(), self._source.prefetch)
        batch: list[T] | None = seen.new_items(self._items())
        while batch is not None:
            yield batch
            batch = await run(pager.new_items(item_class, seen))
