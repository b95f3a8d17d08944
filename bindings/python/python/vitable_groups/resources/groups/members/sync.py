"""``client.groups.members.sync``."""

from __future__ import annotations

from ...._request import path_text, request_options
from ...._resource import AsyncAPIResource, SyncAPIResource
from ...._types import NotGiven, not_given
from ....types.groups.members.sync_retrieve_response import SyncRetrieveResponse
from ....types.groups.members.sync_submit_response import SyncSubmitResponse
from .base_sync import BaseSyncResource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ...._timeouts import TimeoutLike
    from ...._types import Body, Headers, Query
    from ...._wait import OnProgress
    from ....roster import ApplyResult, Roster
    from ....types.groups.members.sync_submit_params import Member

    #: A mapping, a pydantic model or a dataclass.
    MemberLike = Member | Mapping[str, object] | Any


__all__ = ["AsyncSyncResource", "SyncResource"]


class SyncResource(BaseSyncResource, SyncAPIResource):
    __slots__ = ()

    @property
    def with_raw_response(self) -> SyncResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return SyncResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> SyncResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return SyncResourceWithStreamingResponse(self)

    def submit(
        self,
        group_id: str,
        *,
        members: Iterable[MemberLike],
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> SyncSubmitResponse:
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        receipt: SyncSubmitResponse = self._call(
            "groups.members.sync.submit",
            (path_text(group_id),),
            SyncSubmitResponse,
            options,
            None,
            members,
        )
        return receipt

    def retrieve(
        self,
        request_id: str,
        *,
        group_id: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        state: SyncRetrieveResponse = self._call(
            "groups.members.sync.retrieve",
            (path_text(group_id), path_text(request_id)),
            SyncRetrieveResponse,
            options,
        )
        return state

    def wait(
        self,
        request_id: str,
        *,
        group_id: str,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        from ...._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(False, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.wait(path_text(group_id), path_text(request_id), wait, options)
        return retrieved(job.run())

    def submit_and_wait(
        self,
        group_id: str,
        *,
        members: Iterable[MemberLike],
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        from ...._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(False, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.submit_and_wait(path_text(group_id), members, wait, options)
        return retrieved(job.run())

    def apply(
        self,
        group_id: str,
        *,
        roster: Roster,
        previous: Roster | None = None,
        first_sync: bool = False,
        allow_empty: bool = False,
        max_removals: int | str | None = None,
        allow_new_reference_ids: bool = False,
        plan_ids: Iterable[str] | None = None,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> ApplyResult:
        from ...._wait import apply_result, apply_settings, wait_options

        options = request_options(extra_headers, extra_query, None, timeout)
        wait = wait_options(False, deadline, poll_interval, on_progress)
        settings = apply_settings(
            first_sync, allow_empty, max_removals, allow_new_reference_ids, plan_ids
        )
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, wait, options)
        return apply_result(job.run())


class SyncResourceWithRawResponse:
    """Syncs, with raw responses."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._wrappers import to_raw

        self.submit = to_raw(sync.submit)
        self.retrieve = to_raw(sync.retrieve)


class SyncResourceWithStreamingResponse:
    """Syncs, with streamed responses."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._wrappers import to_streamed

        self.submit = to_streamed(sync.submit)
        self.retrieve = to_streamed(sync.retrieve)


class AsyncSyncResource(BaseSyncResource, AsyncAPIResource):
    __slots__ = ()

    @property
    def with_raw_response(self) -> AsyncSyncResourceWithRawResponse:
        """The same methods, returning raw responses."""
        return AsyncSyncResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncSyncResourceWithStreamingResponse:
        """The same methods, returning streamed responses."""
        return AsyncSyncResourceWithStreamingResponse(self)

    async def submit(
        self,
        group_id: str,
        *,
        members: Iterable[MemberLike],
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> SyncSubmitResponse:
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        receipt: SyncSubmitResponse = await self._call(
            "groups.members.sync.submit",
            (path_text(group_id),),
            SyncSubmitResponse,
            options,
            None,
            members,
        )
        return receipt

    async def retrieve(
        self,
        request_id: str,
        *,
        group_id: str,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        state: SyncRetrieveResponse = await self._call(
            "groups.members.sync.retrieve",
            (path_text(group_id), path_text(request_id)),
            SyncRetrieveResponse,
            options,
        )
        return state

    async def wait(
        self,
        request_id: str,
        *,
        group_id: str,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        from ...._aio import run
        from ...._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(True, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.wait(path_text(group_id), path_text(request_id), wait, options)
        return retrieved(await run(job))

    async def submit_and_wait(
        self,
        group_id: str,
        *,
        members: Iterable[MemberLike],
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> SyncRetrieveResponse:
        from ...._aio import run
        from ...._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(True, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.submit_and_wait(path_text(group_id), members, wait, options)
        return retrieved(await run(job))

    async def apply(
        self,
        group_id: str,
        *,
        roster: Roster,
        previous: Roster | None = None,
        first_sync: bool = False,
        allow_empty: bool = False,
        max_removals: int | str | None = None,
        allow_new_reference_ids: bool = False,
        plan_ids: Iterable[str] | None = None,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> ApplyResult:
        from ...._aio import run
        from ...._wait import apply_result, apply_settings, wait_options

        options = request_options(extra_headers, extra_query, None, timeout)
        wait = wait_options(True, deadline, poll_interval, on_progress)
        settings = apply_settings(
            first_sync, allow_empty, max_removals, allow_new_reference_ids, plan_ids
        )
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, wait, options)
        return apply_result(await run(job))


class AsyncSyncResourceWithRawResponse:
    """Syncs, with raw responses."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._wrappers import to_async_raw

        self.submit = to_async_raw(sync.submit)
        self.retrieve = to_async_raw(sync.retrieve)


class AsyncSyncResourceWithStreamingResponse:
    """Syncs, with streamed responses."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._wrappers import to_async_streamed

        self.submit = to_async_streamed(sync.submit)
        self.retrieve = to_async_streamed(sync.retrieve)
