"""One queue per event loop, on which its calls are driven."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from asyncio import get_running_loop
from typing import Any

from ._native import Awaiting, Completions, Job, shutdown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Queues = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Completions]

# The worker thread ends before the interpreter does.
atexit.register(shutdown)

_queues: Queues = weakref.WeakKeyDictionary()
#: The loop that was asked for last, weakly, and its queue.
_last: tuple[Callable[[], asyncio.AbstractEventLoop | None], Completions] | None = None
#: Those of the processes that this one was forked from; they stay open, as they are not ours.
_inherited: list[Queues] = []


def _forked() -> None:
    global _queues, _last
    _inherited.append(_queues)
    _queues, _last = weakref.WeakKeyDictionary(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def started(job: Job) -> Awaiting:
    """Starts a call on the running loop. Whoever awaits it and is cancelled gives it up."""
    loop = get_running_loop()
    last = _last
    queue = _completions(loop) if last is None or last[0]() is not loop else last[1]
    return job.start(queue, loop)


async def run(job: Job) -> Any:
    """Runs a call; cancelling it closes its connection."""
    return await started(job)


def _completions(loop: asyncio.AbstractEventLoop) -> Completions:
    global _last
    queue = _queues.get(loop)
    if queue is None:
        try:
            queue = Completions()
            loop.add_reader(queue.fileno(), queue.drain)  # type: ignore[arg-type]
        except (NotImplementedError, RuntimeError):
            # The Windows proactor loop watches no sockets.
            queue = _by_calls(loop)
        _queues[loop] = queue
    _last = (weakref.ref(loop, _gone), queue)
    return queue


def _gone(loop: object) -> None:
    """Keeps no queue of a loop that is gone."""
    global _last
    if _last is not None and _last[0] is loop:
        _last = None


def _by_calls(loop: asyncio.AbstractEventLoop) -> Completions:
    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.drain)

    queue = Completions(wake)
    return queue


def ensure_task(value: Any) -> asyncio.Future[Any]:
    """What code of the caller returned, as a future: awaitables run, other values are there."""
    if hasattr(value, "__await__"):
        task: asyncio.Future[Any] = asyncio.ensure_future(value)
        return task
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
