"""``client.groups.members``."""

from __future__ import annotations

from ...._resource import AsyncAPIResource, SyncAPIResource
from .sync import (
    AsyncSyncResource,
    AsyncSyncResourceWithRawResponse,
    AsyncSyncResourceWithStreamingResponse,
    SyncResource,
    SyncResourceWithRawResponse,
    SyncResourceWithStreamingResponse,
)

__all__ = ["AsyncMembersResource", "MembersResource"]


class MembersResource(SyncAPIResource):
    """The members of groups; only syncs change them."""

    __slots__ = ()

    @property
    def sync(self) -> SyncResource:
        """Syncs, which replace a group's roster."""
        return SyncResource(self._client, self._form)

    @property
    def with_raw_response(self) -> MembersResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return MembersResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> MembersResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return MembersResourceWithStreamingResponse(self)


class MembersResourceWithRawResponse:
    """Members, with raw responses."""

    def __init__(self, members: MembersResource) -> None:
        self.sync = SyncResourceWithRawResponse(members.sync)


class MembersResourceWithStreamingResponse:
    """Members, with streamed responses."""

    def __init__(self, members: MembersResource) -> None:
        self.sync = SyncResourceWithStreamingResponse(members.sync)


class AsyncMembersResource(AsyncAPIResource):
    """The members of groups; only syncs change them."""

    __slots__ = ()

    @property
    def sync(self) -> AsyncSyncResource:
        """Syncs, which replace a group's roster."""
        return AsyncSyncResource(self._client, self._form)

    @property
    def with_raw_response(self) -> AsyncMembersResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return AsyncMembersResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncMembersResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return AsyncMembersResourceWithStreamingResponse(self)


class AsyncMembersResourceWithRawResponse:
    """Members, with raw responses."""

    def __init__(self, members: AsyncMembersResource) -> None:
        self.sync = AsyncSyncResourceWithRawResponse(members.sync)


class AsyncMembersResourceWithStreamingResponse:
    """Members, with streamed responses."""

    def __init__(self, members: AsyncMembersResource) -> None:
        self.sync = AsyncSyncResourceWithStreamingResponse(members.sync)
