#!/usr/bin/env python3
"""Measures everything and writes `results.json`; `scripts/bench` calls it.

BENCH_ROUNDS=5, BENCH_ONLY=W1,W2, BENCH_LANG=python,node (or python-sync ...), BENCH_NAMES=ours,ry
choose; whatever chooses less than all writes to `.cache/bench` and leaves the published results.
BENCH_PREPARED=1 takes what was built and installed before.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections import Counter

import contestants as c
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
        every = {contestant.language for contestant in c.CONTESTANTS}
        self.languages = {
            name for name in every if not languages or {name, name.partition("-")[0]} & languages
        }
        self.whole = self.only == set(WORKLOADS) and self.languages == every and not self.names
        self.missing = prepare.Missing()
        self.deaths: Counter[str] = Counter()
        self.measures: dict[str, dict[str, dict[str, list[float]]]] = {}

    def wants(self, contestant_id: str) -> bool:
        language, name = contestant_id.split("/")
        return language in self.languages and (not self.names or name in self.names)

    def keep(self, workload: str, contestant_id: str, line: dict[str, float]) -> None:
        kept = self.measures.setdefault(workload, {}).setdefault(contestant_id, {})
        # It did its work, and died when it ended.
        self.deaths[contestant_id] += int(line.pop("died", 0))
        for name, value in line.items():
            kept.setdefault(name, []).append(round(value, 3))

    def rounds_of(self, workload: str, names: list[str], play) -> None:
        """Plays round by round, so that a slow minute of the machine slows all of them."""
        out: set[str] = set()
        for number in range(self.rounds):
            turn = number % len(names) if names else 0
            for name in names[turn:] + names[:turn]:
                if name in out:
                    continue
                try:
                    self.keep(workload, name, play(name))
                except (machine.Failed, OSError) as error:
                    out.add(name)
                    self.missing.note(f"{name} in {workload}", str(error))
            progress(workload, number + 1, self.rounds)

    def workloads(self) -> None:
        contestants = {contestant.id: contestant for contestant in c.CONTESTANTS}
        beside, apart = machine.first_core(), machine.other_core()
        server = prepare.program("bench-server")

        with machine.server(server, beside) as here, machine.server(server, apart) as there:
            for workload in ("W1", "W2", "W3", "W4", "W5"):
                if workload not in self.only:
                    continue
                # One after another: client and server take turns on one core, as on two each
                # exchange would wake a sleeping core twice.
                url = there if workload == "W3" else here
                names = [name for name in contestants if self.wants(name)]
                self.rounds_of(
                    workload,
                    names,
                    lambda name: play(contestants[name], workload, url),  # noqa: B023
                )
        if "W4L" in self.only:
            with machine.server(server, apart, 20) as slow:
                self.with_latency(contestants, slow)

    def with_latency(self, contestants: dict[str, c.Contestant], url: str) -> None:
        for workload, names in c.WITH_LATENCY.items():
            names = [name for name in names if self.wants(name)]
            if workload != "W4L":
                self.rounds_of(workload, names, lambda name: play(contestants[name], workload, url))  # noqa: B023
                continue
            # They wait nine tenths of the time: two side by side, a core for each.
            for number in range(self.rounds):
                for pair in (names[n : n + 2] for n in range(0, len(names), 2)):
                    at = zip(pair, (machine.first_core(), machine.other_core()), strict=False)
                    under_way = [(n, begin(contestants[n], workload, url, core)) for n, core in at]
                    for name, process in under_way:
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

        def play_roster(work: str) -> dict[str, float]:
            command = [bench, "roster", work, str(folder)]
            return machine.finish(machine.start(command, machine.first_core(), c.ROOT))

        self.rounds_of("W7", ["stream", "whole"], play_roster)

    def command_line(self) -> None:
        cli, core = str(prepare.program("vitable-groups")), machine.first_core()
        server = prepare.program("bench-server")
        with machine.server(server, machine.other_core()) as url:
            env = os.environ | {"VITABLE_CONNECT_API_KEY": c.KEY, "VITABLE_CONNECT_BASE_URL": url}
            commands = {"--version": [cli, "--version"], "groups list": [cli, "groups", "list"]}

            def play_command(name: str) -> dict[str, float]:
                return machine.whole_process(commands[name], core, c.ROOT, env)

            self.rounds_of("W8", list(commands), play_command)

    def capacity(self) -> dict[str, float]:
        """What the server can answer, asked as barely as possible."""
        server = prepare.program("bench-server")
        with machine.server(server, machine.other_core()) as url:
            command = [str(prepare.program("bench-load")), url, "2"]
            process = machine.start(command, machine.first_core(), c.ROOT)
            return {"answers_per_second": float(process.communicate()[0])}

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
        taking_part = [contestant for contestant in c.CONTESTANTS if self.wants(contestant.id)]
        return {
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "rounds": self.rounds,
            "machine": machine.describe(),
            "versions": prepare.versions(taking_part),
            "server": capacity,
            "missing": list(self.missing),
            "died_at_exit": {name: times for name, times in self.deaths.items() if times},
            "measures": self.measures,
        }


def chosen(name: str) -> set[str]:
    return set(filter(None, os.environ.get(name, "").split(",")))


def progress(workload: str, number: int, of: int) -> None:
    print(f"  {workload} round {number} of {of}", file=sys.stderr, flush=True)


def begin(contestant: c.Contestant, workload: str, url: str, core: int | None):
    units = contestant.units(workload)
    command = [*contestant.command, c.AHEAD.get(workload, workload), url, str(units)]
    return machine.start(command, core, contestant.cwd)


def play(contestant: c.Contestant, workload: str, url: str) -> dict[str, float]:
    process = begin(contestant, workload, url, machine.first_core())
    return per_unit(machine.finish(process), workload[:2])


def per_unit(line: dict[str, float], kind: str) -> dict[str, float]:
    """What one unit took; whoever has not read every field is out."""
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
    place = published if run.whole else c.CACHE / "results.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(results, indent=1) + "\n")
    if run.whole:
        report.write(results)
    print(report.text(results))


if __name__ == "__main__":
    main()
