"""``client.plans``."""

from __future__ import annotations

from .._request import given, request_options
from .._resource import AsyncAPIResource, SyncAPIResource
from .._types import NotGiven, Omit, not_given, omit
from ..pagination import AsyncPageNumberPage, SyncPageNumberPage
from ..types.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._timeouts import TimeoutLike
    from .._types import Body, Headers, Query
    from ..pagination import AsyncPaginator


__all__ = ["AsyncPlansResource", "PlansResource"]


class PlansResource(SyncAPIResource):
    """Plans."""

    __slots__ = ()

    @property
    def with_raw_response(self) -> PlansResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return PlansResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> PlansResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return PlansResourceWithStreamingResponse(self)

    def list(
        self,
        *,
        limit: int | Omit = omit,
        page: int | Omit = omit,
        prefetch: int = 0,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> SyncPageNumberPage[Plan]:
        """Lists the plans linked to the organization; every member row needs a ``plan_id``."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        page_class: Any = SyncPageNumberPage[Plan]
        first: SyncPageNumberPage[Plan] = self._list(
            "plans.list", page_class, given(limit=limit, page=page), prefetch, options
        )
        return first


class PlansResourceWithRawResponse:
    """Plans, with raw responses."""

    def __init__(self, plans: PlansResource) -> None:
        from .._wrappers import to_raw

        self.list = to_raw(plans.list)


class PlansResourceWithStreamingResponse:
    """Plans, with streamed responses."""

    def __init__(self, plans: PlansResource) -> None:
        from .._wrappers import to_streamed

        self.list = to_streamed(plans.list)


class AsyncPlansResource(AsyncAPIResource):
    """Plans."""

    __slots__ = ()

    @property
    def with_raw_response(self) -> AsyncPlansResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return AsyncPlansResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncPlansResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return AsyncPlansResourceWithStreamingResponse(self)

    def list(
        self,
        *,
        limit: int | Omit = omit,
        page: int | Omit = omit,
        prefetch: int = 0,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> AsyncPaginator[Plan]:
        """Lists the plans linked to the organization; every member row needs a ``plan_id``."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        page_class: Any = AsyncPageNumberPage[Plan]
        first: AsyncPaginator[Plan] = self._list(
            "plans.list", page_class, given(limit=limit, page=page), prefetch, options
        )
        return first


class AsyncPlansResourceWithRawResponse:
    """Plans, with raw responses."""

    def __init__(self, plans: AsyncPlansResource) -> None:
        from .._wrappers import to_async_raw_list

        self.list = to_async_raw_list(plans.list)


class AsyncPlansResourceWithStreamingResponse:
    """Plans, with streamed responses."""

    def __init__(self, plans: AsyncPlansResource) -> None:
        from .._wrappers import to_async_streamed_list

        self.list = to_async_streamed_list(plans.list)
