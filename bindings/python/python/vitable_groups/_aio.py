"""One completion queue per event loop; the loop runs its calls through it."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from asyncio import get_running_loop
from typing import Any

from ._native import CallFuture, CompletionQueue, Job, shutdown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import TypeVar

    T = TypeVar("T")
    Queues = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, CompletionQueue]

# Stop the worker thread before the interpreter exits.
atexit.register(shutdown)

_queues: Queues = weakref.WeakKeyDictionary()
#: The most recently used loop, held weakly, and its queue.
_last: tuple[Callable[[], asyncio.AbstractEventLoop | None], CompletionQueue] | None = None
#: Queues of parent processes; kept open, as their descriptors belong to the parent.
_inherited: list[Queues] = []


def _forked() -> None:
    global _queues, _last
    _inherited.append(_queues)
    _queues, _last = weakref.WeakKeyDictionary(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def run(job: Job) -> CallFuture:
    """Starts a call on the running loop; canceling the task that awaits it aborts the call."""
    loop = get_running_loop()
    last = _last
    queue = _queue_of(loop) if last is None or last[0]() is not loop else last[1]
    return job.start(queue, loop)


async def flattened(batches: AsyncIterator[list[T]]) -> AsyncIterator[T]:
    """Yields the items of batches; one more generator around them would slow every item."""
    async for batch in batches:
        for item in batch:
            yield item


def _queue_of(loop: asyncio.AbstractEventLoop) -> CompletionQueue:
    global _last
    queue = _queues.get(loop)
    if queue is None:
        try:
            queue = CompletionQueue()
            loop.add_reader(queue.fileno(), queue.drain)  # type: ignore[arg-type]
        except (NotImplementedError, RuntimeError):
            # The Windows proactor loop cannot watch sockets.
            queue = _threadsafe_queue(loop)
        _queues[loop] = queue
    _last = (weakref.ref(loop, _collected), queue)
    return queue


def _collected(loop: object) -> None:
    """Forgets the queue of a loop that was collected."""
    global _last
    if _last is not None and _last[0] is loop:
        _last = None


def _threadsafe_queue(loop: asyncio.AbstractEventLoop) -> CompletionQueue:
    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.drain)

    queue = CompletionQueue(wake)
    return queue


def ensure_task(value: Any) -> asyncio.Future[Any]:
    """Wraps a callback's return value in a future; awaitables are scheduled."""
    if hasattr(value, "__await__"):
        task: asyncio.Future[Any] = asyncio.ensure_future(value)
        return task
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
