"""``client.groups.members.sync``."""

from __future__ import annotations

from ...._request import path_text, request_options
from ...._resource import AsyncAPIResource, SyncAPIResource
from ...._types import NotGiven, not_given
from ....types.groups.members.sync_retrieve_response import SyncRetrieveResponse
from ....types.groups.members.sync_submit_response import SyncSubmitResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ...._timeouts import TimeoutLike
    from ...._types import Body, Headers, Query
    from ...._waiting import OnProgress
    from ....roster import Applied, Roster
    from ....types.groups.members.sync_submit_params import Member

    #: A mapping, or an object of pydantic or dataclasses.
    MemberLike = Member | Mapping[str, object] | Any


__all__ = ["AsyncSyncResource", "SyncResource"]


class SyncResource(SyncAPIResource):
    """Syncs of a group's members.

    A sync **replaces the roster**: whoever is not in it loses the subscription.
    """

    __slots__ = ()

    @property
    def with_raw_response(self) -> SyncResourceWithRawResponse:
        """The same methods, returning raw answers."""
        return SyncResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> SyncResourceWithStreamingResponse:
        """The same methods, returning answers whose body is still to be read."""
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
        """Submits the complete roster of a group, as it is: nothing is checked or guarded here.

        Keep the receipt's ``request_id``; the work is done later.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: SyncSubmitResponse = self._call(
            "groups.members.sync.submit",
            (path_text(group_id),),
            SyncSubmitResponse,
            options,
            None,
            members,
        )
        return made

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
        """Reads what became of a submitted roster."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: SyncRetrieveResponse = self._call(
            "groups.members.sync.retrieve",
            (path_text(group_id), path_text(request_id)),
            SyncRetrieveResponse,
            options,
        )
        return made

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
        """Waits until a request is done, by polling; 10 minutes at most unless ``deadline`` says.

        Ending the wait does not end the sync: wait again with the same ids, from any process.
        """
        from ...._waiting import finished, waiting_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        waiting = waiting_options(False, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.wait(path_text(group_id), path_text(request_id), waiting, options)
        return finished(job.run())

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
        """Submits the complete roster of a group and waits until the sync is done.

        Nothing is checked or guarded here. On ``DeadlineExceededError``,
        ``error.sync_handle`` holds the ids to go on waiting with.
        """
        from ...._waiting import finished, waiting_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        waiting = waiting_options(False, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.submit_and_wait(path_text(group_id), members, waiting, options)
        return finished(job.run())

    def apply(
        self,
        group_id: str,
        *,
        roster: Roster,
        previous: Roster | None = None,
        allow_empty: bool = False,
        max_removals: int | str | None = None,
        plan_ids: Iterable[str] | None = None,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> Applied:
        """Makes a group look like a roster: checks, guards, submits, waits, explains.

        Raises ``InvalidRosterError`` if a row has errors, and ``RosterGuardError`` if the roster is
        empty (unless ``allow_empty``) or removes more of the ``previous`` one than ``max_removals``
        (a number, or a share such as ``"5%"``); nothing is sent then.
        """
        from ...._waiting import applied, apply_settings, waiting_options

        options = request_options(extra_headers, extra_query, None, timeout)
        waiting = waiting_options(False, deadline, poll_interval, on_progress)
        settings = apply_settings(allow_empty, max_removals, plan_ids)
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, waiting, options)
        return applied(job.run())


class SyncResourceWithRawResponse:
    """Syncs, with raw answers."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._response import to_raw

        self.submit = to_raw(sync.submit)
        self.retrieve = to_raw(sync.retrieve)


class SyncResourceWithStreamingResponse:
    """Syncs, with answers whose body is still to be read."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._response import to_streamed

        self.submit = to_streamed(sync.submit)
        self.retrieve = to_streamed(sync.retrieve)


class AsyncSyncResource(AsyncAPIResource):
    """Syncs of a group's members.

    A sync **replaces the roster**: whoever is not in it loses the subscription.
    """

    __slots__ = ()

    @property
    def with_raw_response(self) -> AsyncSyncResourceWithRawResponse:
        """The same methods, returning raw answers."""
        return AsyncSyncResourceWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncSyncResourceWithStreamingResponse:
        """The same methods, returning answers whose body is still to be read."""
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
        """Submits the complete roster of a group, as it is: nothing is checked or guarded here.

        Keep the receipt's ``request_id``; the work is done later.
        """
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: SyncSubmitResponse = await self._call(
            "groups.members.sync.submit",
            (path_text(group_id),),
            SyncSubmitResponse,
            options,
            None,
            members,
        )
        return made

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
        """Reads what became of a submitted roster."""
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        made: SyncRetrieveResponse = await self._call(
            "groups.members.sync.retrieve",
            (path_text(group_id), path_text(request_id)),
            SyncRetrieveResponse,
            options,
        )
        return made

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
        """Waits until a request is done, by polling; 10 minutes at most unless ``deadline`` says.

        Ending the wait does not end the sync: wait again with the same ids, from any process.
        """
        from ...._aio import run
        from ...._waiting import finished, waiting_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        waiting = waiting_options(True, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.wait(path_text(group_id), path_text(request_id), waiting, options)
        return finished(await run(job))

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
        """Submits the complete roster of a group and waits until the sync is done.

        Nothing is checked or guarded here. On ``DeadlineExceededError``,
        ``error.sync_handle`` holds the ids to go on waiting with.
        """
        from ...._aio import run
        from ...._waiting import finished, waiting_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        waiting = waiting_options(True, deadline, poll_interval, on_progress)
        handle = self._client._connected()
        job = handle.submit_and_wait(path_text(group_id), members, waiting, options)
        return finished(await run(job))

    async def apply(
        self,
        group_id: str,
        *,
        roster: Roster,
        previous: Roster | None = None,
        allow_empty: bool = False,
        max_removals: int | str | None = None,
        plan_ids: Iterable[str] | None = None,
        poll_interval: float | None = None,
        on_progress: OnProgress | None = None,
        deadline: float | NotGiven | None = not_given,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
    ) -> Applied:
        """Makes a group look like a roster: checks, guards, submits, waits, explains.

        Raises ``InvalidRosterError`` if a row has errors, and ``RosterGuardError`` if the roster is
        empty (unless ``allow_empty``) or removes more of the ``previous`` one than ``max_removals``
        (a number, or a share such as ``"5%"``); nothing is sent then.
        """
        from ...._aio import run
        from ...._waiting import applied, apply_settings, waiting_options

        options = request_options(extra_headers, extra_query, None, timeout)
        waiting = waiting_options(True, deadline, poll_interval, on_progress)
        settings = apply_settings(allow_empty, max_removals, plan_ids)
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, waiting, options)
        return applied(await run(job))


class AsyncSyncResourceWithRawResponse:
    """Syncs, with raw answers."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._response import to_async_raw

        self.submit = to_async_raw(sync.submit)
        self.retrieve = to_async_raw(sync.retrieve)


class AsyncSyncResourceWithStreamingResponse:
    """Syncs, with answers whose body is still to be read."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._response import to_async_streamed

        self.submit = to_async_streamed(sync.submit)
        self.retrieve = to_async_streamed(sync.retrieve)
