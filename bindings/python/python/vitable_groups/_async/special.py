"""Methods that are more than one request: the resources inherit them."""

from __future__ import annotations

from .._native import decode
from .._request import path_text, request_options
from .._types import NotGiven, not_given
from ..types.group import Group
from .io import run
from .resource import AsyncAPIResource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .._timeouts import TimeoutLike
    from .._types import Body, Headers, Query
    from .._wait import OnProgress
    from ..roster import ApplyResult, Roster
    from ..types.groups.members.sync_retrieve_response import SyncRetrieveResponse
    from ..types.groups.members.sync_submit_params import Member

    #: A mapping, a pydantic model or a dataclass.
    MemberLike = Member | Mapping[str, object] | Any


class AsyncGroupsMethods(AsyncAPIResource):
    __slots__ = ()

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
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._native().find(external_reference_id, options)
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
        options = request_options(extra_headers, extra_query, extra_body, timeout, deadline)
        job = self._native().get_or_create(external_reference_id, name, options)
        group: Group = decode(await run(job), Group)
        return group


class AsyncSyncMethods(AsyncAPIResource):
    __slots__ = ()

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
        """Polls until a sync is completed, for at most 10 minutes unless ``deadline`` is passed.

        Canceling the wait does not cancel the sync: wait again with the same IDs, from any process.
        """
        from .._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(self._client._is_async, deadline, poll_interval, on_progress)
        handle = self._native()
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
        """Submits the complete roster of a group, unguarded, and waits until the sync is completed.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared first. ``apply`` does both. On
        ``DeadlineExceededError``, ``error.sync_handle`` holds the IDs to ``wait`` with.
        """
        from .._wait import retrieved, wait_options

        options = request_options(extra_headers, extra_query, extra_body, timeout)
        wait = wait_options(self._client._is_async, deadline, poll_interval, on_progress)
        handle = self._native()
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
        """Syncs a group to a roster: checks every row, compares, submits, waits, reports per row.

        The API cannot list members, so a baseline has to say who is in the group: the ``previous``
        roster (``group_after`` of the last sync's result) or ``first_sync=True`` (the group was
        never synced). Without one, nothing is sent. Neither is needed for a group that this client
        created in this run and has not sent a roster to: it is known to be empty.

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
                ``error.sync_handle`` holds the IDs to ``wait`` with.
            VitableConnectError: the API rejected a request or could not be reached;
                ``error.outcome_unknown`` says whether the roster may have been applied.
        """
        from .._wait import apply_result, apply_settings, wait_options

        options = request_options(extra_headers, extra_query, None, timeout)
        wait = wait_options(self._client._is_async, deadline, poll_interval, on_progress)
        settings = apply_settings(
            first_sync, allow_empty, max_removals, allow_new_reference_ids, plan_ids
        )
        last = None if previous is None else previous._native
        handle = self._native()
        job = handle.apply(path_text(group_id), roster._native, last, settings, wait, options)
        return apply_result(await run(job))
