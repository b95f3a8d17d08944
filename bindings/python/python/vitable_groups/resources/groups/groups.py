"""``client.groups``."""

from __future__ import annotations

from ..._native import decode
from ..._request import given, path_text, request_options
from ..._resource import AsyncAPIResource, SyncAPIResource
from ..._types import NotGiven, Omit, not_given, omit
from ...pagination import AsyncPageNumberPage, SyncPageNumberPage
from ...types.group import Group
from ...types.group_response import GroupResponse
from .members.members import (
    AsyncMembersResource,
    AsyncMembersResourceWithRawResponse,
    AsyncMembersResourceWithStreamingResponse,
    MembersResource,
    MembersResourceWithRawResponse,
    MembersResourceWithStreamingResponse,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._timeouts import TimeoutLike
    from ..._types import Body, Headers, Query
    from ...pagination import AsyncPaginator


__all__ = ["AsyncGroupsResource", "GroupsResource"]


class GroupsResource(SyncAPIResource):
    """Groups and, through ``members``, the syncs of their members."""

    __slots__ = ()

    @property
    def members(self) -> MembersResource:
        """The members of groups."""
        return MembersResource(self._client, self._form)

    @property
    def with_raw_response(self) -> GroupsResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return GroupsResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> GroupsResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return GroupsResourceWithStreamingResponse(self)

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
    ) -> SyncPageNumberPage[Group]:
        """Lists the groups of the organization, page by page.

        ``limit`` is the page size, 1 to 100, by default 20. ``prefetch`` is the number of later
        pages to request concurrently while iterating; the order stays the same.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        page_class: Any = SyncPageNumberPage[Group]
        first: SyncPageNumberPage[Group] = self._list(
            "groups.list", page_class, given(limit=limit, page=page), prefetch, options
        )
        return first

    def create(
        self,
        *,
        external_reference_id: str,
        name: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Creates a group.

        If the outcome of an attempt is unknown, the group is looked up before the request is
        retried, so that a retry creates no duplicate.
        """
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = self._call(
            "groups.create", (), GroupResponse, options, None, body
        )
        return response

    def retrieve(
        self,
        group_id: str,
        *,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Gets a group."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = self._call(
            "groups.retrieve", (path_text(group_id),), GroupResponse, options
        )
        return response

    def update(
        self,
        group_id: str,
        *,
        external_reference_id: str | Omit | None = omit,
        name: str | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Changes the name or the reference ID of a group; omitted fields stay unchanged."""
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = self._call(
            "groups.update", (path_text(group_id),), GroupResponse, options, None, body
        )
        return response

    def find_by_external_reference_id(
        self,
        external_reference_id: str,
        *,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> Group | None:
        """Finds a group by its reference ID, paging through all groups: the API has no filter."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().find(external_reference_id, options)
        found: bytes | None = job.run()
        return None if found is None else decode(found, Group)

    def get_or_create(
        self,
        *,
        external_reference_id: str,
        name: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> Group:
        """Gets or creates the group with a reference ID; concurrent calls return the same one."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().get_or_create(external_reference_id, name, options)
        group: Group = decode(job.run(), Group)
        return group


class GroupsResourceWithRawResponse:
    """Groups, with raw responses."""

    def __init__(self, groups: GroupsResource) -> None:
        from ..._wrappers import to_raw

        self._groups = groups
        self.list = to_raw(groups.list)
        self.create = to_raw(groups.create)
        self.retrieve = to_raw(groups.retrieve)
        self.update = to_raw(groups.update)

    @property
    def members(self) -> MembersResourceWithRawResponse:
        """The members of groups."""
        return MembersResourceWithRawResponse(self._groups.members)


class GroupsResourceWithStreamingResponse:
    """Groups, with streamed responses."""

    def __init__(self, groups: GroupsResource) -> None:
        from ..._wrappers import to_streamed

        self._groups = groups
        self.list = to_streamed(groups.list)
        self.create = to_streamed(groups.create)
        self.retrieve = to_streamed(groups.retrieve)
        self.update = to_streamed(groups.update)

    @property
    def members(self) -> MembersResourceWithStreamingResponse:
        """The members of groups."""
        return MembersResourceWithStreamingResponse(self._groups.members)


class AsyncGroupsResource(AsyncAPIResource):
    """Groups and, through ``members``, the syncs of their members."""

    __slots__ = ()

    @property
    def members(self) -> AsyncMembersResource:
        """The members of groups."""
        return AsyncMembersResource(self._client, self._form)

    @property
    def with_raw_response(self) -> AsyncGroupsResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return AsyncGroupsResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncGroupsResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return AsyncGroupsResourceWithStreamingResponse(self)

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
    ) -> AsyncPaginator[Group]:
        """Lists the groups of the organization, page by page.

        ``limit`` is the page size, 1 to 100, by default 20. ``prefetch`` is the number of later
        pages to request concurrently while iterating; the order stays the same.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        page_class: Any = AsyncPageNumberPage[Group]
        first: AsyncPaginator[Group] = self._list(
            "groups.list", page_class, given(limit=limit, page=page), prefetch, options
        )
        return first

    async def create(
        self,
        *,
        external_reference_id: str,
        name: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Creates a group.

        If the outcome of an attempt is unknown, the group is looked up before the request is
        retried, so that a retry creates no duplicate.
        """
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = await self._call(
            "groups.create", (), GroupResponse, options, None, body
        )
        return response

    async def retrieve(
        self,
        group_id: str,
        *,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Gets a group."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = await self._call(
            "groups.retrieve", (path_text(group_id),), GroupResponse, options
        )
        return response

    async def update(
        self,
        group_id: str,
        *,
        external_reference_id: str | Omit | None = omit,
        name: str | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> GroupResponse:
        """Changes the name or the reference ID of a group; omitted fields stay unchanged."""
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        response: GroupResponse = await self._call(
            "groups.update", (path_text(group_id),), GroupResponse, options, None, body
        )
        return response

    async def find_by_external_reference_id(
        self,
        external_reference_id: str,
        *,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> Group | None:
        """Finds a group by its reference ID, paging through all groups: the API has no filter."""
        from ..._aio import run

        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().find(external_reference_id, options)
        found: bytes | None = await run(job)
        return None if found is None else decode(found, Group)

    async def get_or_create(
        self,
        *,
        external_reference_id: str,
        name: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> Group:
        """Gets or creates the group with a reference ID; concurrent calls return the same one."""
        from ..._aio import run

        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().get_or_create(external_reference_id, name, options)
        group: Group = decode(await run(job), Group)
        return group


class AsyncGroupsResourceWithRawResponse:
    """Groups, with raw responses."""

    def __init__(self, groups: AsyncGroupsResource) -> None:
        from ..._wrappers import to_async_raw, to_async_raw_list

        self._groups = groups
        self.list = to_async_raw_list(groups.list)
        self.create = to_async_raw(groups.create)
        self.retrieve = to_async_raw(groups.retrieve)
        self.update = to_async_raw(groups.update)

    @property
    def members(self) -> AsyncMembersResourceWithRawResponse:
        """The members of groups."""
        return AsyncMembersResourceWithRawResponse(self._groups.members)


class AsyncGroupsResourceWithStreamingResponse:
    """Groups, with streamed responses."""

    def __init__(self, groups: AsyncGroupsResource) -> None:
        from ..._wrappers import to_async_streamed, to_async_streamed_list

        self._groups = groups
        self.list = to_async_streamed_list(groups.list)
        self.create = to_async_streamed(groups.create)
        self.retrieve = to_async_streamed(groups.retrieve)
        self.update = to_async_streamed(groups.update)

    @property
    def members(self) -> AsyncMembersResourceWithStreamingResponse:
        """The members of groups."""
        return AsyncMembersResourceWithStreamingResponse(self._groups.members)
