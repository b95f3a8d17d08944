"""The documentation of ``client.groups.members.sync``, shared by the sync and asyncio clients."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["BaseSyncResource"]


class BaseSyncResource:
    """Syncs of a group's members.

    A sync **replaces the roster**: members who are not in it lose their subscription. ``apply`` is
    guarded; ``submit`` and ``submit_and_wait`` are not.
    """

    # Subclasses override every method without repeating its docstring: ``help``, editors and the
    # reference show the inherited one. Signatures are those of the subclasses.

    __slots__ = ()

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        """Submits the complete roster of a group, unguarded.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared first. ``apply`` does both. Keep the
        receipt's ``request_id``; the sync runs later.
        """
        raise NotImplementedError

    def retrieve(self, *args: Any, **kwargs: Any) -> Any:
        """Gets the state of a submitted roster."""
        raise NotImplementedError

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        """Polls until a sync is completed, for at most 10 minutes unless ``deadline`` is passed.

        Canceling the wait does not cancel the sync: wait again with the same IDs, from any process.
        """
        raise NotImplementedError

    def submit_and_wait(self, *args: Any, **kwargs: Any) -> Any:
        """Submits the complete roster of a group, unguarded, and waits until the sync is completed.

        It replaces the whole roster: every member of the group who is not in ``members`` loses the
        subscription, and nothing is checked or compared first. ``apply`` does both. On
        ``DeadlineExceededError``, ``error.sync_handle`` holds the IDs to ``wait`` with.
        """
        raise NotImplementedError

    def apply(self, *args: Any, **kwargs: Any) -> Any:
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
        raise NotImplementedError
