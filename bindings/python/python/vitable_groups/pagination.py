"""Pages of lists."""

from __future__ import annotations

from itertools import chain

from ._models import BaseModel
from ._native import PageSummary, SeenIds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator
    from typing import (
        Any,
        Generic,
        TypeVar,
    )

    from typing_extensions import Self

    from ._native import Answer, Pager

    T = TypeVar("T")

    class _Parametrized(BaseModel, Generic[T]):
        pass

else:
    #: Stands for "any item" where a page class is declared.
    T = object()

    class _Parametrized(BaseModel):
        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls if item is T else parametrized(cls, item)


__all__ = [
    "AsyncPageNumberPage",
    "AsyncPaginator",
    "PageInfo",
    "PageNumberPagePagination",
    "SyncPageNumberPage",
]

_pages: dict[tuple[type, type], type] = {}


def parametrized(page: type, item: type) -> type:
    """The page class of an item class; always the same one."""
    known = _pages.get((page, item))
    if known is None:
        name = f"{page.__name__}[{item.__name__}]"
        body = {"__annotations__": {"data": list[item]}, "__slots__": (), "_generic": (page, item)}  # type: ignore[valid-type]
        known = _pages[page, item] = type(page)(name, (page,), {**body, "__module__": __name__})
    return known


class PageNumberPagePagination(BaseModel):
    """Where a page stands in its list; any of it may be missing."""

    page: int | None = None
    """This page's number, from 1."""
    total_pages: int | None = None
    """How many pages there are."""


class PageInfo:
    """What the request for the next page changes."""

    __slots__ = ("params",)

    def __init__(self, *, params: dict[str, int]) -> None:
        self.params = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageInfo) and self.params == other.params

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PageInfo(params={self.params})"


class Source:
    """How the pages of one list are asked for, the same for all of them."""

    __slots__ = ("client", "limit", "name", "options", "page", "prefetch", "requested")

    def __init__(
        self,
        client: Any,
        name: str,
        page: type,
        limit: int | None,
        requested: int,
        prefetch: int,
        options: dict[str, Any] | None,
    ) -> None:
        self.client = client
        self.name = name
        self.page = page
        self.limit = limit
        self.requested = requested
        self.prefetch = prefetch
        self.options = options

    def at(self, requested: int) -> Source:
        """The same list, at another page."""
        return Source(
            self.client,
            self.name,
            self.page,
            self.limit,
            requested,
            self.prefetch,
            self.options,
        )

    def place(self, page: Any) -> None:
        """Tells a page where it comes from."""
        # By the slot itself: an assignment looks for it first.
        _source_slot.__set__(page, self)

    def walk(self, after: PageSummary, prefetch: int) -> Pager:
        """The pages after one that is known."""
        handle = self.client._connected()
        walk: Pager = handle.pages(self.name, after, self.limit, prefetch, self.options)
        return walk

    def __reduce__(self) -> tuple[Any, ...]:
        options = self.options
        if options is not None and "until" in options:
            # A moment of this process's clock: elsewhere, the pages that follow count anew.
            options = {name: value for name, value in options.items() if name != "until"}
        page = getattr(self.page, "_generic", None)
        rest = (self.limit, self.requested, self.prefetch, options)
        return _source, (self.client, self.name, page, *rest)


def _source(client: Any, name: str, generic: tuple[type, type], *rest: Any) -> Source:
    return Source(client, name, parametrized(*generic), *rest)


def _number(value: object) -> int | None:
    """A number of pages that the core can count; another one says nothing."""
    return value if isinstance(value, int) and -(2**63) <= value < 2**63 else None


class BasePage(_Parametrized[T]):
    """What pages of both clients have."""

    __slots__ = ("_source",)
    _source: Source

    data: list[T]
    pagination: PageNumberPagePagination | None = None

    def _items(self) -> list[T]:
        items = self.data
        return items if isinstance(items, list) else []  # pyright: ignore

    def _facts(self) -> PageSummary:
        items = self._items()
        meta = self.pagination
        page, total = (None, None) if meta is None else (meta.page, meta.total_pages)
        first = getattr(items[0], "id", None) if items else None
        return PageSummary(
            self._source.requested,
            _number(page),
            _number(total),
            len(items),
            first if isinstance(first, str) else None,
        )

    def _item(self) -> type | None:
        """The class of the items, where the native side may make them without making the pages."""
        own = type(self)
        item = getattr(own, "_generic", (None, None))[1]
        plain = own._items is BasePage._items and own.iter_pages in _ITER_PAGES  # type: ignore[attr-defined]
        if not plain or self._source.client._strict_response_validation:
            return None
        return item if isinstance(item, type) and issubclass(item, BaseModel) else None

    def has_next_page(self) -> bool:
        """Whether the list goes on."""
        return self._facts().next() is not None

    def next_page_info(self) -> PageInfo | None:
        """What to ask for next; None at the end."""
        following = self._facts().next()
        return None if following is None else PageInfo(params={"page": following})

    def _made(self, answer: Answer | None, requested: int | None) -> Self:
        if answer is None or requested is None:
            raise RuntimeError(
                "No next page expected; please check `.has_next_page()` before calling "
                "`.get_next_page()`."
            )
        made: Self = self._source.client._page(answer, self._source.at(requested))
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        generic = getattr(type(self), "_generic", None)
        return _rebuild, (generic, self._fields(), getattr(self, "_source", None))


_source_slot: Any = BasePage._source


def _rebuild(
    generic: tuple[type, type], fields: dict[str, Any], source: Source | None
) -> BasePage[Any]:
    page: Any = parametrized(*generic)
    made: BasePage[Any] = page._make(fields)
    if source is not None:
        source.place(made)
    return made


class SyncPageNumberPage(BasePage[T]):
    """One page; iterating goes over the items of this page and of all that follow."""

    __slots__ = ()

    def get_next_page(self) -> Self:
        """Gets the next page; ``RuntimeError`` if there is none."""
        facts = self._facts()
        answer: Answer | None = self._source.walk(facts, 0).next().run()
        return self._made(answer, facts.next())

    def iter_pages(self) -> Iterator[Self]:
        """This page, then each that follows, until the list ends or goes round in circles."""
        page: Self = self
        walk = self._source.walk(self._facts(), self._source.prefetch)
        while True:
            yield page
            following = page._facts().next()
            answer: Answer | None = walk.next().run()
            if answer is None:
                return
            page = self._made(answer, following)

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[list[T]]:
        # Pages are no snapshot: items can move to the next while we read.
        seen = SeenIds()
        item = self._item()
        if item is None:
            for page in self.iter_pages():
                yield seen.fresh(page._items())
            return
        walk = self._source.walk(self._facts(), self._source.prefetch)
        batch: list[T] | None = seen.fresh(self._items())
        while batch is not None:
            yield batch
            batch = walk.fresh(item, seen).run()


class AsyncPageNumberPage(BasePage[T]):
    """One page; iterating goes over the items of this page and of all that follow."""

    __slots__ = ()

    async def get_next_page(self) -> Self:
        """Gets the next page; ``RuntimeError`` if there is none."""
        from ._aio import run

        facts = self._facts()
        answer: Answer | None = await run(self._source.walk(facts, 0).next())
        return self._made(answer, facts.next())

    async def iter_pages(self) -> AsyncIterator[Self]:
        """This page, then each that follows, until the list ends or goes round in circles."""
        from ._aio import run

        page: Self = self
        walk = self._source.walk(self._facts(), self._source.prefetch)
        while True:
            yield page
            following = page._facts().next()
            answer: Answer | None = await run(walk.next())
            if answer is None:
                return
            page = self._made(answer, following)

    def __aiter__(self) -> AsyncIterator[T]:
        return _each(self)


async def _each(first: AsyncPageNumberPage[T] | AsyncPaginator[T]) -> AsyncIterator[T]:
    """The items of a page and of all that follow; one generator, as each costs at every item."""
    from ._aio import run

    page = await first if isinstance(first, AsyncPaginator) else first
    seen = SeenIds()
    kind = page._item()
    if kind is None:
        async for each in page.iter_pages():
            for item in seen.fresh(each._items()):
                yield item
        return
    walk = page._source.walk(page._facts(), page._source.prefetch)
    batch: list[T] | None = seen.fresh(page._items())
    while batch is not None:
        for item in batch:
            yield item
        batch = await run(walk.fresh(kind, seen))


#: Those of page classes that walk as ours do.
_ITER_PAGES: tuple[Any, ...] = tuple(
    page.__dict__["iter_pages"] for page in (SyncPageNumberPage, AsyncPageNumberPage)
)


if TYPE_CHECKING:

    class _Awaitable(Generic[T]):
        pass

else:

    class _Awaitable:
        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls


class AsyncPaginator(_Awaitable[T]):
    """A list that was not asked for yet: await it for a page, or iterate over all items."""

    __slots__ = ("_fetch",)

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, None, AsyncPageNumberPage[T]]:
        made: Generator[Any, None, AsyncPageNumberPage[T]] = self._fetch().__await__()
        return made

    def __aiter__(self) -> AsyncIterator[T]:
        return _each(self)

    async def iter_pages(self) -> AsyncIterator[AsyncPageNumberPage[T]]:
        """Every page, first to last."""
        page = await self
        async for each in page.iter_pages():
            yield each
