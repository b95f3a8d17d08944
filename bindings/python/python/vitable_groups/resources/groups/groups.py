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
    """Groups, and through ``members`` the syncs of their members."""

    __slots__ = ()

    @property
    def members(self) -> MembersResource:
        """The members of groups."""
        return MembersResource(self._client, self._form)

    @property
    def with_raw_response(self) -> GroupsResourceWithRawResponse:
        """The same methods, returning raw answers."""
        return GroupsResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> GroupsResourceWithStreamingResponse:
        """The same methods, returning answers whose body is still to be read."""
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

        ``limit`` is 1 to 100, 20 if not passed. With ``prefetch``, so many of the pages that follow
        are fetched at the same time; they still come in order.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        of: Any = SyncPageNumberPage[Group]
        made: SyncPageNumberPage[Group] = self._list(
            "groups.list", of, given(limit=limit, page=page), prefetch, options
        )
        return made

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

        If an attempt's outcome is unknown, the group is looked up before it is sent again, so that
        a retry makes no duplicate.
        """
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = self._call("groups.create", (), GroupResponse, options, None, body)
        return made

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
        """Gets one group."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = self._call(
            "groups.retrieve", (path_text(group_id),), GroupResponse, options
        )
        return made

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
        """Changes the name or the reference of a group: only what is passed."""
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = self._call(
            "groups.update", (path_text(group_id),), GroupResponse, options, None, body
        )
        return made

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
        """Finds the group of a reference by walking the pages; the API has no dependable filter."""
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
        """The group of a reference, made if there is none. Two that run at once get the same."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().get_or_create(external_reference_id, name, options)
        made: Group = decode(job.run(), Group)
        return made


class GroupsResourceWithRawResponse:
    """Groups, with raw answers."""

    def __init__(self, groups: GroupsResource) -> None:
        from ..._response import to_raw

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
    """Groups, with answers whose body is still to be read."""

    def __init__(self, groups: GroupsResource) -> None:
        from ..._response import to_streamed

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
    """Groups, and through ``members`` the syncs of their members."""

    __slots__ = ()

    @property
    def members(self) -> AsyncMembersResource:
        """The members of groups."""
        return AsyncMembersResource(self._client, self._form)

    @property
    def with_raw_response(self) -> AsyncGroupsResourceWithRawResponse:
        """The same methods, returning raw answers."""
        return AsyncGroupsResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncGroupsResourceWithStreamingResponse:
        """The same methods, returning answers whose body is still to be read."""
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

        ``limit`` is 1 to 100, 20 if not passed. With ``prefetch``, so many of the pages that follow
        are fetched at the same time; they still come in order.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        of: Any = AsyncPageNumberPage[Group]
        made: AsyncPaginator[Group] = self._list(
            "groups.list", of, given(limit=limit, page=page), prefetch, options
        )
        return made

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

        If an attempt's outcome is unknown, the group is looked up before it is sent again, so that
        a retry makes no duplicate.
        """
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = await self._call(
            "groups.create", (), GroupResponse, options, None, body
        )
        return made

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
        """Gets one group."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = await self._call(
            "groups.retrieve", (path_text(group_id),), GroupResponse, options
        )
        return made

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
        """Changes the name or the reference of a group: only what is passed."""
        body = given(external_reference_id=external_reference_id, name=name)
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: GroupResponse = await self._call(
            "groups.update", (path_text(group_id),), GroupResponse, options, None, body
        )
        return made

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
        """Finds the group of a reference by walking the pages; the API has no dependable filter."""
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
        """The group of a reference, made if there is none. Two that run at once get the same."""
        from ..._aio import run

        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._client._connected().get_or_create(external_reference_id, name, options)
        made: Group = decode(await run(job), Group)
        return made


class AsyncGroupsResourceWithRawResponse:
    """Groups, with raw answers."""

    def __init__(self, groups: AsyncGroupsResource) -> None:
        from ..._response import to_async_raw, to_async_raw_list

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
    """Groups, with answers whose body is still to be read."""

    def __init__(self, groups: AsyncGroupsResource) -> None:
        from ..._response import to_async_streamed, to_async_streamed_list

        self._groups = groups
        self.list = to_async_streamed_list(groups.list)
        self.create = to_async_streamed(groups.create)
        self.retrieve = to_async_streamed(groups.retrieve)
        self.update = to_async_streamed(groups.update)

    @property
    def members(self) -> AsyncMembersResourceWithStreamingResponse:
        """The members of groups."""
        return AsyncMembersResourceWithStreamingResponse(self._groups.members)
