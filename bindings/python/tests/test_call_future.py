"""The future of a call: errors, cancellation, and how the waiting task resumes."""

from __future__ import annotations

import asyncio
import contextvars

import pytest
from test_process import aborted, hanging, wait_until
from vitable_groups import AsyncVitableConnect, NotFoundError
from vitable_groups.testing import Sandbox

name_of_task: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="none")


async def test_a_task_resumes_with_its_own_context(aclient: AsyncVitableConnect) -> None:
    async def call(name: str) -> tuple[str, bool]:
        name_of_task.set(name)
        task = asyncio.current_task()
        for _ in range(3):
            await aclient.plans.list()
        return name_of_task.get(), asyncio.current_task() is task

    found = await asyncio.gather(*(call(str(number)) for number in range(20)))
    assert found == [(str(number), True) for number in range(20)]
    assert name_of_task.get() == "none"


async def test_errors_are_raised_where_the_call_is_awaited(aclient: AsyncVitableConnect) -> None:
    task = asyncio.create_task(aclient.groups.retrieve("grp_none"))
    with pytest.raises(NotFoundError):
        await task
    assert isinstance(task.exception(), NotFoundError)


async def test_a_canceled_task_keeps_the_message(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="groups.list", hang="before", times=None)
    cleaned: list[str] = []

    async def wait() -> None:
        try:
            await aclient.groups.list()
        except asyncio.CancelledError as error:
            cleaned.append(str(error))
            # The canceled task can still make calls.
            await aclient.plans.list()
            raise

    task = asyncio.create_task(wait())
    await asyncio.to_thread(wait_until, lambda: hanging(sandbox) == 1)
    assert task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == ["enough"]


async def test_one_task_may_cancel_another_between_responses(aclient: AsyncVitableConnect) -> None:
    tasks: list[asyncio.Task[object]] = []

    async def race() -> None:
        await aclient.plans.list()
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()

    tasks += [asyncio.create_task(race()) for _ in range(10)]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert None in done
    assert len((await aclient.plans.list()).data) == 2


async def test_closing_a_coroutine_aborts_its_call(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="groups.list", hang="before", times=None)
    waiting = aclient.groups.list().__await__()
    next(waiting)
    await asyncio.to_thread(wait_until, lambda: hanging(sandbox) == 1)
    waiting.close()
    await asyncio.to_thread(wait_until, lambda: aborted(sandbox) == [True])


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_a_task_may_exit_the_program(sandbox: Sandbox, ending: type[BaseException]) -> None:
    client = sandbox.async_client()
    others: list[int] = []

    async def other() -> None:
        others.append(len((await client.plans.list()).data))

    async def end() -> None:
        await client.plans.list()
        raise ending

    async def rest() -> None:
        await asyncio.gather(*waiting)

    loop = asyncio.new_event_loop()
    waiting = [loop.create_task(other()) for _ in range(5)]
    last = loop.create_task(end())
    waiting += [loop.create_task(other()) for _ in range(5)]
    with pytest.raises(ending):
        loop.run_forever()
    # The loop may run again, and no call was lost.
    loop.run_until_complete(rest())
    loop.close()
    assert others == [2] * 10
    assert isinstance(last.exception(), ending)
