"""Threads, signals, forks, event loops, and the exit of the interpreter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from vitable_groups import AsyncVitableConnect, VitableConnect
from vitable_groups.testing import Sandbox

Run = Callable[..., object]


def wait_until(condition: Callable[[], bool]) -> None:
    """Polls a condition; the pauses do not affect what is tested."""
    pause = threading.Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.005)
    pytest.fail("the condition did not become true")


def hanging(sandbox: Sandbox) -> int:
    count: int = sandbox.faults()["hanging"]
    return count


def aborted(sandbox: Sandbox) -> list[bool]:
    return [request["aborted"] for request in sandbox.requests()]


def test_sixteen_threads(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 40, "prefix": "seed"})

    def work(_: int) -> int:
        return sum(len(list(client.groups.list(limit=10))) for _ in range(5))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(work, range(16))) == [200] * 16


def test_a_waiting_call_does_not_block_other_threads(
    client: VitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="plans.list", hang="before", times=8)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(client.plans.list) for _ in range(8)]
        wait_until(lambda: hanging(sandbox) == 8)
        assert client.groups.list().data == []
        sandbox.release()
        assert all(len(each.result().data) == 2 for each in waiting)


#: Part of programs: waits until the sandbox has received ``count`` requests for groups.
ARRIVED = """
import json, os, threading, urllib.request
def arrived(count):
    url = os.environ["VITABLE_CONNECT_BASE_URL"] + "/__sandbox/requests"
    seen = 0
    while seen < count:
        requests = json.load(urllib.request.urlopen(url))["requests"]
        seen = sum(request["operation"] == "groups.list" for request in requests)
"""

INTERRUPT = (
    ARRIVED
    + """
import signal
from vitable_groups import VitableConnect
client = VitableConnect(max_retries=5)
client.plans.list()
def press():
    arrived(1)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press).start()
try:
    client.groups.list()
except KeyboardInterrupt:
    print("interrupted")
client.plans.list()
print("still works")
"""
)


def test_ctrl_c_ends_a_waiting_call(run_python: Run, sandbox: Sandbox) -> None:
    sandbox.fault(operation="groups.list", hang="before", times=None)
    done = run_python(INTERRUPT)
    assert done.stdout == "interrupted\nstill works\n"  # type: ignore[attr-defined]
    assert True in aborted(sandbox)


def test_fault_12_ctrl_c_ends_a_backoff(run_python: Run, sandbox: Sandbox) -> None:
    sandbox.fault(operation="groups.list", status=503, headers={"retry-after": "30"}, times=None)
    assert run_python(INTERRUPT).stdout == "interrupted\nstill works\n"  # type: ignore[attr-defined]


async def test_canceling_a_task_closes_the_connection(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="groups.list", hang="before", times=None)
    task = asyncio.create_task(first(aclient))
    await asyncio.to_thread(wait_until, lambda: hanging(sandbox) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(wait_until, lambda: aborted(sandbox) == [True])
    assert len((await aclient.plans.list()).data) == 2


async def test_asyncio_timeout(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(operation="groups.list", hang="before", times=None)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.ensure_future(first(aclient)), 0.05)
    await asyncio.to_thread(wait_until, lambda: aborted(sandbox) == [True])


async def first(client: AsyncVitableConnect) -> object:
    return await client.groups.list()


async def test_fault_12_canceling_ends_a_poll_at_once(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    sandbox.settings(sync_delay_ms="never")
    created = await aclient.groups.create(external_reference_id="a", name="A")
    polled = asyncio.Event()
    task = asyncio.create_task(
        aclient.groups.members.sync.submit_and_wait(
            created.data.id,
            members=[],
            poll_interval=30,
            on_progress=lambda progress: polled.set() if progress.polls else None,
        )
    )
    await polled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_gather_of_many(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    pages = await asyncio.gather(*(first(aclient) for _ in range(200)))
    assert len(pages) == 200


def test_one_client_on_several_loops(sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def plans() -> int:
        return len((await client.plans.list()).data)

    assert [asyncio.run(plans()) for _ in range(3)] == [2, 2, 2]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: asyncio.run(plans()), range(8))) == [2] * 8


def test_a_loop_that_is_closed_early(sandbox: Sandbox) -> None:
    client = sandbox.async_client()
    sandbox.fault(operation="groups.list", hang="before", times=None)
    loop = asyncio.new_event_loop()
    kept: list[object] = []

    async def start() -> None:
        kept.append(loop.create_task(first(client)))
        await asyncio.to_thread(wait_until, lambda: hanging(sandbox) == 1)

    loop.run_until_complete(start())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    sandbox.release()
    assert len(asyncio.run(plans_of(client)).data) == 2  # type: ignore[attr-defined]


async def plans_of(client: AsyncVitableConnect) -> object:
    return await client.plans.list()


FORK = """
import asyncio, os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from vitable_groups import AsyncVitableConnect, VitableConnect
client, other = VitableConnect(), AsyncVitableConnect()
derived = client.with_options(max_retries=1)
async def plans():
    return len((await other.plans.list()).data)
def use():
    return len(client.plans.list().data) + len(derived.plans.list().data) + asyncio.run(plans())
assert use() == 6
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        assert use() == 6
        grandchild = os.fork()
        if grandchild == 0:
            assert use() == 6
            sys.exit(0)
        assert os.waitpid(grandchild, 0)[1] == 0
        sys.exit(0)
    assert use() == 6
    assert os.waitpid(pid, 0)[1] == 0
assert use() == 6
print("done")
"""


def test_clients_work_after_a_fork(run_python: Run) -> None:
    assert run_python(FORK).stdout == "done\n"  # type: ignore[attr-defined]


FORKED_WRITES = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from vitable_groups import VitableConnect
client = VitableConnect()
def create(name):
    client.groups.create(external_reference_id=name, name=name)
create("before")
for child in range(3):
    if os.fork() == 0:
        create(f"child {child}")
        sys.exit(0)
    assert os.wait()[1] == 0
create("after")
"""


def test_writes_after_a_fork_have_keys_of_their_own(run_python: Run, sandbox: Sandbox) -> None:
    run_python(FORKED_WRITES)
    keys = [dict(request["headers"])["idempotency-key"] for request in sandbox.requests()]
    assert len(keys) == len(set(keys)) == 5


MULTIPROCESSING = """
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from vitable_groups import VitableConnect
client = VitableConnect()
def work(number):
    return len(client.plans.list().data)
client.plans.list()
with multiprocessing.get_context("fork").Pool(4) as pool:
    print(pool.map(work, range(20)) == [2] * 20)
"""


def test_multiprocessing_by_fork(run_python: Run) -> None:
    assert run_python(MULTIPROCESSING).stdout == "True\n"  # type: ignore[attr-defined]


EXITS = {
    "open clients": """
import asyncio
from vitable_groups import AsyncVitableConnect, VitableConnect
client, other = VitableConnect(), AsyncVitableConnect()
client.plans.list()
async def main():
    await asyncio.gather(*(fetch() for _ in range(100)))
async def fetch():
    return await other.plans.list()
asyncio.run(main())
print("end")
""",
    "calls in flight": ARRIVED
    + """
import asyncio
from vitable_groups import AsyncVitableConnect
client = AsyncVitableConnect()
async def fetch():
    return await client.groups.list()
async def main():
    global kept
    kept = [asyncio.create_task(fetch()) for _ in range(20)]
    await asyncio.to_thread(arrived, 20)
asyncio.run(main())
print("end")
""",
    "daemon threads in a call": ARRIVED
    + """
from vitable_groups import VitableConnect
client = VitableConnect()
for _ in range(4):
    threading.Thread(target=client.groups.list, daemon=True).start()
arrived(4)
print("end")
""",
}


@pytest.mark.parametrize("name", EXITS)
def test_the_interpreter_exits_cleanly(run_python: Run, sandbox: Sandbox, name: str) -> None:
    if name != "open clients":
        sandbox.fault(operation="groups.list", hang="before", times=None)
    for _ in range(5):
        sandbox.clear_requests()
        done = run_python(EXITS[name])
        assert done.stdout == "end\n"  # type: ignore[attr-defined]
        assert done.stderr == ""  # type: ignore[attr-defined]


def test_importing_loads_little(run_python: Run) -> None:
    source = """
import sys
before = set(sys.modules)
import vitable_groups
client = vitable_groups.VitableConnect()
heavy = {"typing", "re", "asyncio", "logging", "httpx", "pydantic", "inspect", "dataclasses",
         "datetime", "json", "pytest", "urllib"}
print(sorted(heavy & (set(sys.modules) - before)))
import threading
print(threading.active_count())
"""
    assert run_python(source).stdout == "[]\n1\n"  # type: ignore[attr-defined]
