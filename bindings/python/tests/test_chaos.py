"""Calls over a network that fails, with the sync and the asyncio client.

The network, the plan and the judgement are those of ``crates/vitable-groups-chaos``. What it cannot
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
from conformance import normal
from conformance.calls import Calls, done
from conformance.playing import CLIENTS, new_client
from vitable_groups import ClientClosedError, VitableConnectError

ROOT = Path(__file__).resolve().parents[3]
HANDLES = Path("/proc/self/fd" if Path("/proc/self/fd").exists() else "/dev/fd")
THREADS = Path("/proc/self/task")
#: How long what is closed may take to be gone; reached only by a leak.
PATIENCE = 30.0


class Harness:
    """The process that makes the network fail, and judges."""

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
        with self.opener.open(request) as answer:
            return json.load(answer)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def command() -> str:
    built = subprocess.run([ROOT / "scripts/chaos-harness"], capture_output=True, check=True)
    return built.stdout.decode().strip()


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
    """Makes the steps of one worker; writes down what it was told."""
    clients: dict[int, Any] = {}
    records = []
    for step in worker["steps"]:
        number = step["client"]
        if number not in clients:
            clients[number] = new_client(client_class, dict(worker["clients"][number]))
        calls = Calls()
        record: dict[str, Any] = {"id": step["id"]}
        making = calls.make(clients[number], step["call"], step["params"], step["options"])
        begun = time.monotonic()
        try:
            record["result"] = await making
        except VitableConnectError as error:
            record["error"] = normal.error(error)
        except Exception as error:
            record["foreign"] = repr(error)
        record["elapsed_ms"] = (time.monotonic() - begun) * 1000
        record["meta"] = calls.meta
        records.append(record)
    for client in clients.values():
        await done(client.close())
    return records


def play_sync(workers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    def drive(worker: dict[str, Any]) -> list[dict[str, Any]]:
        playing = work(CLIENTS["python"], worker)
        try:
            playing.send(None)
        except StopIteration as ended:
            records: list[dict[str, Any]] = ended.value
            return records
        raise AssertionError("the sync client waited for an event loop")

    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(drive, workers))


def play_async(workers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    async def run() -> list[list[dict[str, Any]]]:
        client_class = CLIENTS["python-async"]
        records = await asyncio.gather(*(work(client_class, worker) for worker in workers))
        assert asyncio.all_tasks() == {asyncio.current_task()}, "tasks are left"
        return records

    return asyncio.run(run())


def drained(client: Any) -> None:
    """Closes it and calls once more: what the runtimes keep for the life of the process, as the
    worker of asyncio calls, is there from now on."""

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


def nothing_left(before: dict[str, int]) -> None:
    """Looks until it is so: the runtime closes what was dropped in its own time."""
    # A resolver at work for each worker, which the runtime keeps for some seconds.
    most = {**before, "native": before["native"] + 8}
    end = time.monotonic() + PATIENCE
    while any(resources()[name] > count for name, count in most.items()):
        assert time.monotonic() < end, f"{resources()} at the end, {before} before"
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("language", "play"), [("python", play_sync), ("python-async", play_async)]
)
def test_the_servers_state_is_what_the_callers_were_told(
    language: str, play: Any, harness: Harness
) -> None:
    before = None
    while plan := harness.post("/round"):
        if before is None:
            play([{**worker, "steps": []} for worker in plan["workers"]])
            for client_class in CLIENTS.values():
                drained(new_client(client_class, dict(plan["workers"][0]["clients"][0])))
            before = resources()
        records = [record for told in play(plan["workers"]) for record in told]
        verdict = harness.post("/verdict", {"records": records})
        if verdict["last"] or not verdict["ok"]:
            print(f"{language}: {verdict['summary']}")
        assert verdict["ok"], verdict["problems"]
    assert before is not None
    nothing_left(before)
