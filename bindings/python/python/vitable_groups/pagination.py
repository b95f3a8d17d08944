"""Pages and iteration of lists."""

from __future__ import annotations

from ._lazy import lazily
from ._pages import PageInfo as PageInfo
from ._pages import PageNumberPagePagination as PageNumberPagePagination
from ._sync.pages import SyncPageNumberPage as SyncPageNumberPage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async.pages import AsyncPageNumberPage as AsyncPageNumberPage
    from ._async.paginator import AsyncPaginator as AsyncPaginator

__all__ = [
    "AsyncPageNumberPage",
    "AsyncPaginator",
    "PageInfo",
    "PageNumberPagePagination",
    "SyncPageNumberPage",
]

__getattr__ = lazily(
    __name__,
    {
        "AsyncPageNumberPage": "._async.pages",
        "AsyncPaginator": "._async.paginator",
    },
)
