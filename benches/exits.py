#!/usr/bin/env python3
"""Runs processes, EXITS (1,000) per binding, and counts those that did not exit cleanly.

Half of them exit with calls in flight, half after the last call has returned. A process does not
exit cleanly if a signal kills it, its exit code differs from the requested one, or it still runs
after 20 s. BENCH_PREPARED=1 skips the build; BENCH_LANG selects languages.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import bench_clients as c
import machine
import prepare

SECONDS = 20

SYNC = """
import sys, threading, time
from vitable_groups import VitableConnect
client = VitableConnect(api_key="k", base_url=sys.argv[1])
client.groups.retrieve("grp_1")
if sys.argv[2] == "in-flight":
    slow = VitableConnect(api_key="k", base_url=sys.argv[3])
    begun = threading.Semaphore(0)
    def call():
        begun.release()
        slow.groups.retrieve("grp_1")
    for _ in range(4):
        threading.Thread(target=call, daemon=True).start()
    for _ in range(4):
        begun.acquire()
sys.exit(3)
"""

ASYNC = """
import asyncio, sys
from vitable_groups import AsyncVitableConnect
async def main(leave):
    global kept
    client = AsyncVitableConnect(api_key="k", base_url=sys.argv[1])
    await client.groups.retrieve("grp_1")
    if sys.argv[2] == "in-flight":
        slow = AsyncVitableConnect(api_key="k", base_url=sys.argv[3])
        async def call():
            await slow.groups.retrieve("grp_1")
        kept = [asyncio.create_task(call()) for _ in range(16)]
        await asyncio.sleep(0)
        await client.groups.retrieve("grp_1")
        if leave:
            sys.stderr.close()
            sys.exit(3)
# Every other process abandons its loop without canceling the tasks.
loop = asyncio.new_event_loop()
if int(sys.argv[4]) % 4 == 1:
    loop.run_until_complete(main(False))
    sys.stderr.close()
else:
    asyncio.run(main(int(sys.argv[4]) % 4 == 3))
sys.exit(3)
"""

NODE = """
const VitableConnect = require('vitable-groups');
const [url, mode, slowUrl] = process.argv.slice(1);
const client = new VitableConnect({ apiKey: 'k', baseURL: url });
client.groups.retrieve('grp_1').then(async () => {
  if (mode === 'in-flight') {
    const slow = new VitableConnect({ apiKey: 'k', baseURL: slowUrl });
    for (let n = 0; n < 16; n++) slow.groups.retrieve('grp_1').catch(() => {});
    await client.groups.retrieve('grp_1');
    process.exit(3);
  }
  process.exitCode = 3;
});
"""


def commands() -> dict[str, tuple[list[str], int, object]]:
    """Per binding: the command, its exit code and its working directory."""
    python = str(c.venv("bench-ours") / "bin/python")
    found: dict[str, tuple[list[str], int, object]] = {
        "python-sync": ([python, "-c", SYNC], 3, c.ROOT),
        "python-async": ([python, "-c", ASYNC], 3, c.ROOT),
        "node": (["node", "-e", NODE], 3, c.CACHE / "node"),
    }
    for client in c.BENCH_CLIENTS:
        if client.is_ours and client.language in ("kotlin", "swift"):
            found[client.language] = (list(client.command[:-1]), 3, client.cwd)
    return found


def ended(command: list[str], code: int, cwd, arguments: list[str]) -> str:
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _, error = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"still running after {SECONDS} s"
    if process.returncode < 0:
        return f"killed by signal {-process.returncode}"
    if process.returncode != code:
        last = (error.strip().splitlines() or [""])[-1]
        return f"exit code {process.returncode} {last[:120]}"
    return "exited cleanly"


def main() -> int:
    count = int(os.environ.get("EXITS", "1000"))
    languages = set(filter(None, os.environ.get("BENCH_LANG", "").split(",")))
    wanted = {
        name: how
        for name, how in commands().items()
        if not languages or {name, name.partition("-")[0]} & languages
    }
    missing = prepare.Missing()
    if not os.environ.get("BENCH_PREPARED"):
        prepare.prepare(set(wanted), missing)
    server = prepare.program("bench-server")
    bad = 0
    with machine.server(server, None) as url, machine.server(server, None, 2_000) as slow:
        for name, (command, code, cwd) in wanted.items():
            for mode in ("after-calls", "in-flight"):
                how = [
                    [url, mode, slow, str(number)]
                    if name not in ("kotlin", "swift")
                    else ["exit", mode, url, slow]
                    for number in range(count // 2)
                ]
                with ThreadPoolExecutor(os.cpu_count()) as pool:
                    ends = Counter(
                        pool.map(lambda a: ended(command, code, cwd, a), how)  # noqa: B023
                    )
                good = ends.pop("exited cleanly", 0)
                bad += ends.total()
                rest = "".join(f"; {number} {what}" for what, number in ends.items())
                print(
                    f"{name:14} {mode:12} {good:5} of {count // 2} exited cleanly{rest}", flush=True
                )
    for gone in missing:
        print(f"{gone['name']} not measured: {gone['why']}")
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main())
