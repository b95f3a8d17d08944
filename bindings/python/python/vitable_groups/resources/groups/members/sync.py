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
    from ....roster import ApplyResult, Roster
    from ....types.groups.members.sync_submit_params import Member

    #: A mapping, or an object of pydantic or dataclasses.
    MemberLike = Member | Mapping[str, object] | Any


__all__ = ["AsyncSyncResource", "SyncResource"]


class SyncResource(SyncAPIResource):
    """Syncs of a group's members.

    A sync **replaces the roster**: members who are not in it lose their subscription. ``apply`` is
    guarded; ``submit`` and ``submit_and_wait`` are not.
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
        """Submits the complete roster of a group, unguarded.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared before. ``apply`` does both. Keep the
        receipt's ``request_id``; the sync runs later.
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
        """Submits the complete roster of a group, unguarded, and waits until the sync is completed.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared before. ``apply`` does both. On
        ``DeadlineExceededError``, ``error.sync_handle`` holds the ids to ``wait`` with.
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
        """Syncs a group to a roster: checks every row, compares, submits, waits, reports per row.

        The API cannot list members, so a baseline has to say who is in the group: the ``previous``
        roster (``group_after`` of the last sync's result) or ``first_sync=True`` (the group was
        never synced). Without one, nothing is sent. Neither is needed for a group that
        this client created in this run and has not sent a roster to: it is known to be empty.

        ``max_removals`` is the number of members of the baseline who may be missing, or a share of
        them such as ``"5%"``. ``None`` is the default limit, 10% of the baseline or 3 people,
        whichever is more; ``"100%"`` lifts it. An empty roster needs ``allow_empty``, and the limit
        still applies. ``allow_new_reference_ids`` lets people be removed under one reference ID and
        added under another; they then do not count as removals. ``plan_ids`` are the valid plans.

        The wait polls every ``poll_interval`` seconds; unless given, every 0.5 s, backing off to
        5 s. ``deadline`` bounds submission and wait together, in seconds: 600 unless given,
        ``None`` for no limit. ``timeout`` bounds each attempt.

        Check ``outcome.is_ok`` of the result: it is True only if all was applied as planned. Keep
        its ``group_after``, what the group holds now, and pass it as ``previous`` next time.

        Raises:
            InvalidRosterError: a row has errors; ``details`` lists the findings. Nothing was sent.
            RosterGuardError: the roster must not be sent; ``details["kind"]`` is ``no_baseline``,
                ``empty_roster``, ``too_many_removals``, ``new_reference_ids``,
                ``empty_previous_roster``, ``previous_roster_has_errors`` or
                ``contradicting_baseline``. Nothing was sent.
            DeadlineExceededError: if the roster was accepted, the sync keeps running, and
                ``error.sync_handle`` holds the ids to ``wait`` with.
            VitableConnectError: the API rejected a request or could not be reached;
                ``error.outcome_unknown`` says whether the roster may have been applied.
        """
        from ...._waiting import applied, apply_settings, waiting_options

        options = request_options(extra_headers, extra_query, None, timeout)
        waiting = waiting_options(False, deadline, poll_interval, on_progress)
        settings = apply_settings(
            first_sync, allow_empty, max_removals, allow_new_reference_ids, plan_ids
        )
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, waiting, options)
        return applied(job.run())


class SyncResourceWithRawResponse:
    """Syncs, with raw answers."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._forms import to_raw

        self.submit = to_raw(sync.submit)
        self.retrieve = to_raw(sync.retrieve)


class SyncResourceWithStreamingResponse:
    """Syncs, with answers whose body is still to be read."""

    def __init__(self, sync: SyncResource) -> None:
        from ...._forms import to_streamed

        self.submit = to_streamed(sync.submit)
        self.retrieve = to_streamed(sync.retrieve)


class AsyncSyncResource(AsyncAPIResource):
    """Syncs of a group's members.

    A sync **replaces the roster**: members who are not in it lose their subscription. ``apply`` is
    guarded; ``submit`` and ``submit_and_wait`` are not.
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
        """Submits the complete roster of a group, unguarded.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared before. ``apply`` does both. Keep the
        receipt's ``request_id``; the sync runs later.
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
        """Submits the complete roster of a group, unguarded, and waits until the sync is completed.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared before. ``apply`` does both. On
        ``DeadlineExceededError``, ``error.sync_handle`` holds the ids to ``wait`` with.
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
        """Syncs a group to a roster: checks every row, compares, submits, waits, reports per row.

        The API cannot list members, so a baseline has to say who is in the group: the ``previous``
        roster (``group_after`` of the last sync's result) or ``first_sync=True`` (the group was
        never synced). Without one, nothing is sent. Neither is needed for a group that
        this client created in this run and has not sent a roster to: it is known to be empty.

        ``max_removals`` is the number of members of the baseline who may be missing, or a share of
        them such as ``"5%"``. ``None`` is the default limit, 10% of the baseline or 3 people,
        whichever is more; ``"100%"`` lifts it. An empty roster needs ``allow_empty``, and the limit
        still applies. ``allow_new_reference_ids`` lets people be removed under one reference ID and
        added under another; they then do not count as removals. ``plan_ids`` are the valid plans.

        The wait polls every ``poll_interval`` seconds; unless given, every 0.5 s, backing off to
        5 s. ``deadline`` bounds submission and wait together, in seconds: 600 unless given,
        ``None`` for no limit. ``timeout`` bounds each attempt.

        Check ``outcome.is_ok`` of the result: it is True only if all was applied as planned. Keep
        its ``group_after``, what the group holds now, and pass it as ``previous`` next time.

        Raises:
            InvalidRosterError: a row has errors; ``details`` lists the findings. Nothing was sent.
            RosterGuardError: the roster must not be sent; ``details["kind"]`` is ``no_baseline``,
                ``empty_roster``, ``too_many_removals``, ``new_reference_ids``,
                ``empty_previous_roster``, ``previous_roster_has_errors`` or
                ``contradicting_baseline``. Nothing was sent.
            DeadlineExceededError: if the roster was accepted, the sync keeps running, and
                ``error.sync_handle`` holds the ids to ``wait`` with.
            VitableConnectError: the API rejected a request or could not be reached;
                ``error.outcome_unknown`` says whether the roster may have been applied.
        """
        from ...._aio import run
        from ...._waiting import applied, apply_settings, waiting_options

        options = request_options(extra_headers, extra_query, None, timeout)
        waiting = waiting_options(True, deadline, poll_interval, on_progress)
        settings = apply_settings(
            first_sync, allow_empty, max_removals, allow_new_reference_ids, plan_ids
        )
        last = None if previous is None else previous._native
        handle = self._client._connected()
        job = handle.apply(path_text(group_id), roster._native, last, settings, waiting, options)
        return applied(await run(job))


class AsyncSyncResourceWithRawResponse:
    """Syncs, with raw answers."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._forms import to_async_raw

        self.submit = to_async_raw(sync.submit)
        self.retrieve = to_async_raw(sync.retrieve)


class AsyncSyncResourceWithStreamingResponse:
    """Syncs, with answers whose body is still to be read."""

    def __init__(self, sync: AsyncSyncResource) -> None:
        from ...._forms import to_async_streamed

        self.submit = to_async_streamed(sync.submit)
        self.retrieve = to_async_streamed(sync.retrieve)
