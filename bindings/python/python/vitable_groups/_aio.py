"""One queue per event loop, on which its calls are driven."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from typing import Any

from ._native import Completions, Job, shutdown

# The worker thread ends before the interpreter does.
atexit.register(shutdown)

_queues: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[int, Completions]] = (
    weakref.WeakKeyDictionary()
)


def completions(loop: asyncio.AbstractEventLoop) -> Completions:
    """The loop's queue; a forked child that goes on with a loop gets its own."""
    pid = os.getpid()
    known = _queues.get(loop)
    if known is not None and known[0] == pid:
        return known[1]
    try:
        queue = Completions()
        loop.add_reader(queue.fileno(), queue.drain)  # type: ignore[arg-type]
    except (NotImplementedError, RuntimeError):
        # The Windows proactor loop watches no sockets.
        queue = _by_calls(loop)
    _queues[loop] = (pid, queue)
    return queue


def _by_calls(loop: asyncio.AbstractEventLoop) -> Completions:
    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.drain)

    queue = Completions(wake)
    return queue


async def run(job: Job) -> Any:
    """Runs a call; cancelling it closes its connection."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    abort = job.start(completions(loop), future)
    try:
        return await future
    except BaseException:
        abort.abort()
        raise


def ensure_task(value: Any) -> asyncio.Future[Any]:
    """What code of the caller returned, as a future: awaitables run, other values are there."""
    if hasattr(value, "__await__"):
        task: asyncio.Future[Any] = asyncio.ensure_future(value)
        return task
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
