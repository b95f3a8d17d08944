"""Waiting for a sync: progress callbacks and wait options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ._native import decode
from ._types import NotGiven
from .types.groups.members.sync_retrieve_response import Data, SyncRetrieveResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._native import Roster as NativeRoster
    from .roster import ApplyResult


class SyncProgress(NamedTuple):
    """Sync progress, passed to ``on_progress``."""

    group_id: str
    request_id: str
    polls: int
    """Polls so far; 0 right after a submission."""
    elapsed: float
    """Seconds since the wait began."""
    state: Data | None
    """The sync's state at the last poll."""
    last_error: str | None
    """The kind of error that the last poll ended with; the wait continues."""


OnProgress = Callable[[SyncProgress], object]


def notify(
    callback: OnProgress,
    progress: tuple[str, str, int, float, bytes | None, str | None],
) -> None:
    """Calls a progress callback; on an event loop it may be a coroutine function."""
    group_id, request_id, polls, elapsed, state, last_error = progress
    data = None if state is None else decode(state, Data)
    result: Any = callback(SyncProgress(group_id, request_id, polls, elapsed, data, last_error))
    if hasattr(result, "__await__"):
        from ._aio import ensure_task

        ensure_task(result)


def wait_options(
    is_async: bool,
    deadline: float | NotGiven | None,
    poll_interval: float | None,
    on_progress: OnProgress | None,
) -> dict[str, Any]:
    """Options of a wait, as the native module takes them."""
    options: dict[str, Any] = {
        "is_async": is_async,
        "poll_interval": poll_interval,
        "on_progress": on_progress,
    }
    if not isinstance(deadline, NotGiven):
        options["deadline"] = deadline
    return options


def retrieved(state: bytes) -> SyncRetrieveResponse:
    """The last state of a sync, in the envelope of ``retrieve``."""
    model: SyncRetrieveResponse = decode(b'{"data":' + state + b"}", SyncRetrieveResponse)
    return model


def apply_settings(
    first_sync: bool,
    allow_empty: bool,
    max_removals: int | str | None,
    allow_new_reference_ids: bool,
    plan_ids: Iterable[str] | None,
) -> bytes:
    """Settings of an apply, as the native module takes them."""
    import json

    from .roster import check_options, guard_options

    guard = guard_options(allow_empty, max_removals, allow_new_reference_ids)
    checks = None if plan_ids is None else check_options(plan_ids, None, None, None)
    settings = {"first_sync": first_sync, "guard": guard, "checks": checks}
    return json.dumps(settings).encode()


def apply_result(result: tuple[bytes, NativeRoster | None]) -> ApplyResult:
    """The result of an apply."""
    from .roster import ApplyResult, Roster

    text, held = result
    applied: ApplyResult = decode(text, ApplyResult)
    applied.group_after = None if held is None else Roster._of(held)
    return applied
