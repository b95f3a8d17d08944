#!/usr/bin/env python3
"""Runs all benchmarks and writes `results.json`; called by `scripts/bench`.

BENCH_ROUNDS=5 sets the number of rounds; BENCH_ONLY=W1,W2, BENCH_LANG=python,node (or python-sync
...) and BENCH_NAMES=ours,ry select what runs. A partial run writes to `.cache/bench` and leaves the
published results unchanged. BENCH_PREPARED=1 skips building and installing.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections import Counter

import bench_clients as c
import machine
import prepare
import report

WORKLOADS = ["W1", "W2", "W3", "W4", "W4L", "W5", "W6", "W7", "W8"]
SUMS = ("cpu_us", "wall_us")


class Run:
    def __init__(self) -> None:
        self.rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
        self.only = chosen("BENCH_ONLY") or set(WORKLOADS)
        self.names = chosen("BENCH_NAMES")
        languages = chosen("BENCH_LANG")
        every = {client.language for client in c.BENCH_CLIENTS}
        self.languages = {
            name for name in every if not languages or {name, name.partition("-")[0]} & languages
        }
        self.whole = self.only == set(WORKLOADS) and self.languages == every and not self.names
        self.missing = prepare.Missing()
        self.crashes: Counter[str] = Counter()
        self.measures: dict[str, dict[str, dict[str, list[float]]]] = {}

    def wants(self, client_id: str) -> bool:
        language, name = client_id.split("/")
        return language in self.languages and (not self.names or name in self.names)

    def keep(self, workload: str, client_id: str, line: dict[str, float]) -> None:
        kept = self.measures.setdefault(workload, {}).setdefault(client_id, {})
        # It completed its workload, but crashed at exit.
        self.crashes[client_id] += int(line.pop("died", 0))
        for name, value in line.items():
            kept.setdefault(name, []).append(round(value, 3))

    def rounds_of(self, workload: str, names: list[str], run_one) -> None:
        """Runs all clients in each round, so a slow phase of the machine affects all of them."""
        failed: set[str] = set()
        for number in range(self.rounds):
            first = number % len(names) if names else 0
            for name in names[first:] + names[:first]:
                if name in failed:
                    continue
                try:
                    self.keep(workload, name, run_one(name))
                except (machine.Failed, OSError) as error:
                    failed.add(name)
                    self.missing.note(f"{name} in {workload}", str(error))
            progress(workload, number + 1, self.rounds)

    def workloads(self) -> None:
        clients = {client.id: client for client in c.BENCH_CLIENTS}
        beside, apart = machine.first_core(), machine.other_core()
        server = prepare.program("bench-server")

        with machine.server(server, beside) as here, machine.server(server, apart) as there:
            for workload in ("W1", "W2", "W3", "W4", "W5"):
                if workload not in self.only:
                    continue
                # Sequential workloads: client and server share one core, as on two cores each
                # exchange would wake a sleeping core twice.
                url = there if workload == "W3" else here
                names = [name for name in clients if self.wants(name)]
                self.rounds_of(
                    workload,
                    names,
                    lambda name: run_workload(clients[name], workload, url),  # noqa: B023
                )
        if "W4L" in self.only:
            with machine.server(server, apart, 20) as slow:
                self.with_latency(clients, slow)

    def with_latency(self, clients: dict[str, c.BenchClient], url: str) -> None:
        for workload, names in c.WITH_LATENCY.items():
            names = [name for name in names if self.wants(name)]
            if workload != "W4L":
                self.rounds_of(
                    workload,
                    names,
                    lambda name: run_workload(clients[name], workload, url),  # noqa: B023
                )
                continue
            # They wait most of the time: two run concurrently, each on its own core.
            for number in range(self.rounds):
                for pair in (names[n : n + 2] for n in range(0, len(names), 2)):
                    at = zip(pair, (machine.first_core(), machine.other_core()), strict=False)
                    running = [(n, begin(clients[n], workload, url, core)) for n, core in at]
                    for name, process in running:
                        try:
                            line = machine.finish(process)
                            self.keep(workload, name, per_unit(line, "W4"))
                        except machine.Failed as error:
                            self.missing.note(f"{name} in {workload}", str(error))
                progress(workload, number + 1, self.rounds)

    def starts(self) -> None:
        names = [name for name in c.STARTS if self.wants(name) or name.endswith("/bare")]
        names = [name for name in names if name.split("/")[0] in self.languages]
        self.rounds_of("W6", names, begin_and_end)
        for name in names:
            if name in self.measures.get("W6", {}) and (size := prepare.installed(name)):
                self.measures["W6"][name] |= {key: [value] for key, value in size.items()}

    def rosters(self) -> None:
        folder, bench = c.CACHE / "rosters", str(prepare.program("bench-rust"))
        subprocess.run([bench, "roster", "write", str(folder)], check=True)

        def run_roster(work: str) -> dict[str, float]:
            command = [bench, "roster", work, str(folder)]
            return machine.finish(machine.start(command, machine.first_core(), c.ROOT))

        self.rounds_of("W7", ["stream", "whole"], run_roster)

    def command_line(self) -> None:
        cli, core = str(prepare.program("vitable-groups")), machine.first_core()
        server = prepare.program("bench-server")
        with machine.server(server, machine.other_core()) as url:
            env = os.environ | {"VITABLE_CONNECT_API_KEY": c.KEY, "VITABLE_CONNECT_BASE_URL": url}
            commands = {"--version": [cli, "--version"], "groups list": [cli, "groups", "list"]}

            def run_command(name: str) -> dict[str, float]:
                return machine.whole_process(commands[name], core, c.ROOT, env)

            self.rounds_of("W8", list(commands), run_command)

    def capacity(self) -> dict[str, float]:
        """The capacity of the server, measured with a minimal client."""
        server = prepare.program("bench-server")
        with machine.server(server, machine.other_core()) as url:
            command = [str(prepare.program("bench-load")), url, "2"]
            process = machine.start(command, machine.first_core(), c.ROOT)
            return {"responses_per_second": float(process.communicate()[0])}

    def all(self) -> dict[str, object]:
        if not os.environ.get("BENCH_PREPARED"):
            prepare.prepare(self.languages, self.missing)
        capacity = self.capacity()
        self.workloads()
        for workload, step in {
            "W6": self.starts,
            "W7": self.rosters,
            "W8": self.command_line,
        }.items():
            if workload in self.only:
                step()
        measured = [client for client in c.BENCH_CLIENTS if self.wants(client.id)]
        return {
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "rounds": self.rounds,
            "machine": machine.describe(),
            "versions": prepare.versions(measured),
            "server": capacity,
            "missing": list(self.missing),
            "died_at_exit": {name: times for name, times in self.crashes.items() if times},
            "measures": self.measures,
        }


def chosen(name: str) -> set[str]:
    return set(filter(None, os.environ.get(name, "").split(",")))


def progress(workload: str, number: int, of: int) -> None:
    print(f"  {workload} round {number} of {of}", file=sys.stderr, flush=True)


def begin(client: c.BenchClient, workload: str, url: str, core: int | None):
    units = client.units(workload)
    command = [*client.command, c.PREFETCH.get(workload, workload), url, str(units)]
    return machine.start(command, core, client.cwd)


def run_workload(client: c.BenchClient, workload: str, url: str) -> dict[str, float]:
    process = begin(client, workload, url, machine.first_core())
    return per_unit(machine.finish(process), workload[:2])


def per_unit(line: dict[str, float], kind: str) -> dict[str, float]:
    """The cost of one unit. Fails if the client has not read every field."""
    units = line.pop("units")
    read, expected = line.pop("check"), c.READ[kind] * units
    if read != expected:
        raise machine.Failed(f"read {read} characters, expected {expected}")
    return {name: value / units if name in SUMS else value for name, value in line.items()}


def begin_and_end(name: str) -> dict[str, float]:
    environment, code = c.STARTS[name]
    core = machine.first_core()
    if name.startswith("python"):
        code = f"{code}\nprint(open('/proc/self/status').read())"
        command = [str(c.venv(environment) / "bin/python"), "-c", code]
        return machine.whole_process(command, core, c.ROOT)
    code = f"{code};\nconsole.log(require('node:fs').readFileSync('/proc/self/status', 'utf8'))"
    return machine.whole_process(["node", "-e", code], core, c.CACHE / "node")


def main() -> None:
    run = Run()
    results = run.all()
    published = c.ROOT / "benches" / "results.json"
    path = published if run.whole else c.CACHE / "results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")
    if run.whole:
        report.write(results)
    print(report.text(results))


if __name__ == "__main__":
    main()
