"""The parts of pages that both clients share, and how lists are requested."""

from __future__ import annotations

from ._models import BaseModel
from ._native import PageSummary
from ._request import query_overrides

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    from typing_extensions import Self

    from ._native import NativeResponse, Pager

    T = TypeVar("T")
    Options = dict[str, Any] | None

    class _Parametrized(BaseModel, Generic[T]):
        pass

else:
    #: Stands for any item class where a page class is declared.
    T = object()

    class _Parametrized(BaseModel):
        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls if item is T else parametrized(cls, item)


_pages: dict[tuple[type, type], type] = {}


def parametrized(page: type, item: type) -> type:
    """The page class of an item class, created once."""
    known = _pages.get((page, item))
    if known is None:
        body: dict[str, Any] = {
            "__annotations__": {"data": list[item]},  # type: ignore[valid-type]
            "__module__": page.__module__,
            "__slots__": (),
            "_generic": (page, item),
        }
        name = f"{page.__name__}[{item.__name__}]"
        known = _pages[page, item] = type(page)(name, (page,), body)
    return known


class PageNumberPagePagination(BaseModel):
    """The position of a page in its list; any field may be missing."""

    page: int | None = None
    """The page number, from 1."""
    total_pages: int | None = None
    """The number of pages."""


class PageInfo:
    """The request parameters of the next page."""

    __slots__ = ("params",)

    def __init__(self, *, params: dict[str, int]) -> None:
        self.params = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageInfo) and self.params == other.params

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PageInfo(params={self.params})"


class Source:
    """How the pages of a list are requested; shared by all of its pages."""

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

    def attach_to(self, page: Any) -> None:
        """Sets the source of a page."""
        # Faster than an assignment, which looks up the slot first.
        _source_slot.__set__(page, self)

    def pager(self, after: PageSummary, prefetch: int) -> Pager:
        """A pager of the pages after a given one."""
        handle = self.client._connected()
        pager: Pager = handle.pages(self.name, after, self.limit, prefetch, self.options)
        return pager

    def __reduce__(self) -> tuple[Any, ...]:
        options = self.options
        if options is not None and "until" in options:
            # It is measured by this process's clock; after unpickling, it starts again.
            options = {name: value for name, value in options.items() if name != "until"}
        page = getattr(self.page, "_generic", None)
        rest = (self.limit, self.requested, self.prefetch, options)
        return _source, (self.client, self.name, page, *rest)


def _source(client: Any, name: str, generic: tuple[type, type], *rest: Any) -> Source:
    return Source(client, name, parametrized(*generic), *rest)


def _number(value: object) -> int | None:
    """A page number in the core's range; ``None`` for anything else."""
    return value if isinstance(value, int) and -(2**63) <= value < 2**63 else None


class BasePage(_Parametrized[T]):
    """The base class of sync and asyncio pages."""

    __slots__ = ("_source",)
    _source: Source

    data: list[T]
    pagination: PageNumberPagePagination | None = None

    def _items(self) -> list[T]:
        items = self.data
        return items if isinstance(items, list) else []  # pyright: ignore

    def _summary(self) -> PageSummary:
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

    def _item_class(self) -> type | None:
        """The items' class, if the native module may create them without creating the pages."""
        own: Any = type(self)
        item = getattr(own, "_generic", (None, None))[1]
        plain: Any = BasePage
        standard = own._items is plain._items and own.iter_pages is own._iter_pages
        if not standard or self._source.client._strict_response_validation:
            return None
        return item if isinstance(item, type) and issubclass(item, BaseModel) else None

    def has_next_page(self) -> bool:
        """Whether there are more pages."""
        return self._summary().next() is not None

    def next_page_info(self) -> PageInfo | None:
        """The parameters of the next page; ``None`` on the last one."""
        following = self._summary().next()
        return None if following is None else PageInfo(params={"page": following})

    def _next_page(self, response: NativeResponse | None, requested: int | None) -> Self:
        if response is None or requested is None:
            raise RuntimeError(
                "No next page expected; please check `.has_next_page()` before calling "
                "`.get_next_page()`."
            )
        page: Self = self._source.client._page(response, self._source.at(requested))
        return page

    def __reduce__(self) -> tuple[Any, ...]:
        generic = getattr(type(self), "_generic", None)
        return _rebuild, (generic, self._fields(), getattr(self, "_source", None))


_source_slot: Any = BasePage._source


def _rebuild(
    generic: tuple[type, type], fields: dict[str, Any], source: Source | None
) -> BasePage[Any]:
    page_class: Any = parametrized(*generic)
    page: BasePage[Any] = page_class._make(fields)
    if source is not None:
        source.attach_to(page)
    return page


def bounded(client: Any, options: Options) -> Options:
    """The options with the deadline that all pages of a list share, if there is one."""
    until = client._connected().deadline(options)
    return options if until is None else {**(options or {}), "until": until}


def source_of(
    client: Any, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
) -> Any:
    """How later pages of a list are requested: with the same options as the first."""
    given, number = query.get("limit"), query.get("page")
    limit = given if isinstance(given, int) else None
    if limit is None and "limit" in query:
        options = dict(options or {})
        options["query"] = [*query_overrides({"limit": given}), *options.get("query", [])]
    requested = number if isinstance(number, int) else 1
    return Source(client, name, page, limit, requested, prefetch, options)
