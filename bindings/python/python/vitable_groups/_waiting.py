"""Waiting for a sync: what a progress callback sees, and what the native side is told."""

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


class Progress(NamedTuple):
    """How a wait goes."""

    group_id: str
    request_id: str
    polls: int
    """Looks so far; 0 right after a submission."""
    elapsed: float
    """Seconds since the wait began."""
    state: Data | None
    """What the last look saw."""
    last_error: str | None
    """The kind of the failure that the last look met; the wait goes on."""


OnProgress = Callable[[Progress], object]


def tell(
    callback: OnProgress,
    facts: tuple[str, str, int, float, bytes | None, str | None],
) -> None:
    """Calls a progress callback; on an event loop it may be a coroutine function."""
    group_id, request_id, polls, elapsed, state, last_error = facts
    seen = None if state is None else decode(state, Data)
    result: Any = callback(Progress(group_id, request_id, polls, elapsed, seen, last_error))
    if hasattr(result, "__await__"):
        from ._aio import ensure_task

        ensure_task(result)


def waiting_options(
    is_async: bool,
    deadline: float | NotGiven | None,
    poll_interval: float | None,
    on_progress: OnProgress | None,
) -> dict[str, Any]:
    """The native side's settings of a wait."""
    made: dict[str, Any] = {
        "is_async": is_async,
        "poll_interval": poll_interval,
        "on_progress": on_progress,
    }
    if not isinstance(deadline, NotGiven):
        made["deadline"] = deadline
    return made


def finished(state: bytes) -> SyncRetrieveResponse:
    """The last state of a sync, in the envelope that ``retrieve`` has."""
    model: SyncRetrieveResponse = decode(b'{"data":' + state + b"}", SyncRetrieveResponse)
    return model


def apply_settings(
    first_sync: bool,
    allow_empty: bool,
    max_removals: int | str | None,
    allow_new_reference_ids: bool,
    plan_ids: Iterable[str] | None,
) -> bytes:
    """The native side's settings of an apply."""
    import json

    from .roster import check_options, guard_options

    guard = guard_options(allow_empty, max_removals, allow_new_reference_ids)
    checks = None if plan_ids is None else check_options(plan_ids, None, None, None)
    settings = {"first_sync": first_sync, "guard": guard, "checks": checks}
    return json.dumps(settings).encode()


def applied(result: tuple[bytes, NativeRoster | None]) -> ApplyResult:
    """What an apply brings back."""
    from .roster import ApplyResult, Roster

    text, held = result
    made: ApplyResult = decode(text, ApplyResult)
    made.group_after = None if held is None else Roster._of(held)
    return made
