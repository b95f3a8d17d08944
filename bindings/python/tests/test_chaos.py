"""Calls over a network that fails, with the sync and the asyncio client.

``crates/vitable-groups-chaos`` provides the network, the workload and the verdict. What it cannot
see is counted here: threads, tasks and file handles of this process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from conformance import normalized
from conformance.calls import Calls, done
from conformance.runner import CLIENTS, new_client
from vitable_groups import ClientClosedError, VitableConnectError

HANDLES = Path("/proc/self/fd" if Path("/proc/self/fd").exists() else "/dev/fd")
THREADS = Path("/proc/self/task")
#: How long resources may take to be released; only a leak reaches it.
RELEASE_TIMEOUT = 30.0


class Harness:
    """The process that injects network faults and verifies the results."""

    def __init__(self, command: str) -> None:
        settings = {"CHAOS_OPERATIONS": "300", **os.environ}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([command], stdin=pipe, stdout=pipe, env=settings)
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())
        self.opener = build_opener(ProxyHandler({}))

    def post(self, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self.ready["control_url"] + path, data, headers, method="POST")
        with self.opener.open(request) as response:
            return json.load(response)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def command() -> str:
    """The harness, which the suite has built."""
    return os.environ["VG_CHAOS"]


@pytest.fixture
def harness(command: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    harness = Harness(command)
    print(f"\nCHAOS_SEED={harness.ready['seed']} CHAOS_OPERATIONS={harness.ready['operations']}")
    yield harness
    harness.close()


async def work(client_class: type[Any], worker: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs the steps of one worker and records the results."""
    clients: dict[int, Any] = {}
    records = []
    for step in worker["steps"]:
        number = step["client"]
        if number not in clients:
            clients[number] = new_client(client_class, dict(worker["clients"][number]))
        calls = Calls()
        record: dict[str, Any] = {"id": step["id"]}
        pending = calls.call(clients[number], step["call"], step["params"], step["options"])
        started = time.monotonic()
        try:
            record["result"] = await pending
        except VitableConnectError as error:
            record["error"] = normalized.error(error)
        except Exception as error:
            record["foreign"] = repr(error)
        record["elapsed_ms"] = (time.monotonic() - started) * 1000
        record["meta"] = calls.meta
        records.append(record)
    for client in clients.values():
        await done(client.close())
    return records


def run_sync(workers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    def run(worker: dict[str, Any]) -> list[dict[str, Any]]:
        pending = work(CLIENTS["python"], worker)
        try:
            pending.send(None)
        except StopIteration as ended:
            records: list[dict[str, Any]] = ended.value
            return records
        raise AssertionError("the sync client waited for an event loop")

    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(run, workers))


def run_async(workers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    async def run() -> list[list[dict[str, Any]]]:
        client_class = CLIENTS["python-async"]
        records = await asyncio.gather(*(work(client_class, worker) for worker in workers))
        assert asyncio.all_tasks() == {asyncio.current_task()}, "tasks are left"
        return records

    return asyncio.run(run())


def warm_up(client: Any) -> None:
    """Closes the client and calls it once: this starts what the runtimes keep until the process
    exits, such as the worker thread."""

    async def call() -> None:
        await done(client.close())
        with pytest.raises(ClientClosedError):
            await done(client.plans.list())

    asyncio.run(call())


def resources() -> dict[str, int]:
    gc.collect()
    native = len(list(THREADS.iterdir())) if THREADS.exists() else 0
    handles = len(list(HANDLES.iterdir()))
    return {"handles": handles, "threads": threading.active_count(), "native": native}


def assert_released(before: dict[str, int]) -> None:
    """Waits until no resources are left: the runtime closes dropped ones asynchronously."""
    # The runtime keeps a resolver thread for each worker for some seconds.
    most = {**before, "native": before["native"] + 8}
    end = time.monotonic() + RELEASE_TIMEOUT
    while any(resources()[name] > count for name, count in most.items()):
        assert time.monotonic() < end, f"{resources()} at the end, {before} before"
        time.sleep(0.005)


@pytest.mark.parametrize(("language", "run"), [("python", run_sync), ("python-async", run_async)])
def test_the_server_state_matches_the_results(language: str, run: Any, harness: Harness) -> None:
    before = None
    while plan := harness.post("/round"):
        if before is None:
            run([{**worker, "steps": []} for worker in plan["workers"]])
            for client_class in CLIENTS.values():
                warm_up(new_client(client_class, dict(plan["workers"][0]["clients"][0])))
            before = resources()
        records = [record for worker in run(plan["workers"]) for record in worker]
        verdict = harness.post("/verdict", {"records": records})
        if verdict["last"] or not verdict["ok"]:
            print(f"{language}: {verdict['summary']}")
        assert verdict["ok"], verdict["problems"]
    assert before is not None
    assert_released(before)
