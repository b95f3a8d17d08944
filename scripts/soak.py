#!/usr/bin/env python3
"""scripts/soak.py [LANGUAGE ...]: makes many calls from one process, whose memory must not grow.

Makes 1,000,000 calls in Rust and 200,000 in Python and in Node (SOAK_CALLS for each) against a
local server and samples the process: resident memory, sockets, threads. Of 100 calls, 80 retrieve a
group, 17 list groups, one submits a roster, one fails with 404, one comes from a derived client.
The first fifth of the samples is warm-up. Of the rest, the median memory of the last quarter must
not exceed that of the first quarter by more than 5% (or 2 MiB, whichever is larger), and the
maximum numbers of sockets and threads of the last quarter must not exceed those of the first. Linux
only, for /proc.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

from python_tools import CACHE, ROOT, Report, post, run, serving, target_dir

PROFILE = os.environ.get("SOAK_PROFILE", "fast")
BUILT = target_dir() / ("debug" if PROFILE == "dev" else PROFILE)
PYTHON = CACHE / "venv-python-tests/bin/python"
PROJECT = CACHE / "node/consumer"
#: The commands, and how many calls each makes. The packages are those that the suites installed.
LANGUAGES: dict[str, tuple[list[str | Path], int]] = {
    "rust": ([BUILT / "examples/soak"], 1_000_000),
    "python": ([PYTHON, ROOT / "tests/soak/soak.py"], 200_000),
    # V8 enlarges the space of short-lived objects over hundreds of thousands of calls. With a fixed
    # size, any growth is a leak.
    "node": (["node", "--max-semi-space-size=1", ROOT / "tests/soak/soak.mjs"], 200_000),
}
#: Small processes grow by a few pages without a leak.
SLACK_KIB = 2048
#: Seconds between samples: hundreds of samples in a full run, dozens in the shortest.
EVERY = 0.02


class Sample(NamedTuple):
    kib: int
    sockets: int
    threads: int


def build(languages: list[str]) -> None:
    cargo = ["cargo", "build", "--quiet", "--profile", PROFILE, "-p"]
    run(*cargo, "vitable-groups-sandbox")
    run(*cargo, "vitable-groups", "--example", "soak")
    suite = [sys.executable, "-B", "scripts/run_tests.py"]
    if "python" in languages and not PYTHON.exists():
        run(*suite, "python", "--", "tests/test_manifest.py")
    if "node" in languages and not (PROJECT / "node_modules/vitable-groups").exists():
        run(*suite, "node")


def sample(pid: int) -> Sample:
    status = Path(f"/proc/{pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    sockets = 0
    for handle in os.scandir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            sockets += os.readlink(handle.path).startswith("socket:")
    return Sample(int(facts["VmRSS"].split()[0]), sockets, int(facts["Threads"]))


def growth(samples: list[Sample]) -> tuple[str, list[str]]:
    """The memory of the first and the last quarter for the table, and the problems."""
    steady = samples[len(samples) // 5 :]
    quarter = max(len(steady) // 4, 1)
    first, last = steady[:quarter], steady[-quarter:]
    before, after = (int(median(each.kib for each in part)) for part in (first, last))
    problems = [] if len(samples) >= 20 else [f"too short for a result: {len(samples)} samples"]
    if after > before + max(before * 0.05, SLACK_KIB):
        problems.append(f"memory grew from {before} to {after} KiB")
    most = [[max(each[column] for each in part) for part in (first, last)] for column in (1, 2)]
    for name, (at_first, at_last) in zip(("sockets", "threads"), most, strict=True):
        if at_last > at_first:
            problems.append(f"{name} grew from {at_first} to {at_last}")
    row = f"{before / 1024:10.1f} {after / 1024:9.1f} {100 * (after - before) / before:+8.1f}% "
    return row + f"{most[0][1]:8} {most[1][1]:8} {len(samples):8}", problems


def soak(language: str) -> tuple[str, list[str]]:
    """Returns a row of the table and the problems."""
    command, default = LANGUAGES[language]
    calls = int(os.environ.get("SOAK_CALLS") or default)
    with serving([BUILT / "vitable-groups-sandbox", "--port", "0"]) as line:
        url = line.split()[-1]
        seeded = {"groups": [{"name": "A", "external_reference_id": "a"}]}
        group = post(f"{url}/__sandbox/seed", seeded)["groups"][0]["id"]
        settings = {"SOAK_CALLS": str(calls), "SOAK_GROUP": group, "SOAK_PACKAGE": str(PROJECT)}
        settings |= {"VITABLE_CONNECT_API_KEY": "key", "VITABLE_CONNECT_BASE_URL": url}
        began = time.monotonic()
        process = subprocess.Popen(command, env={**os.environ, **settings, "NO_PROXY": "*"})
        samples = []
        while process.poll() is None:
            # The process may end between two samples.
            with suppress(OSError, KeyError):
                samples.append(sample(process.pid))
            time.sleep(EVERY)
        took = time.monotonic() - began
    if process.returncode != 0 or not samples:
        return f"{language:8} did not finish", [f"exit code {process.returncode}"]
    row, problems = growth(samples)
    return f"{language:8} {calls:9,} {took:8.1f} {calls / took:8,.0f} {row}", problems


def main() -> int:
    languages = sys.argv[1:] or list(LANGUAGES)
    if unknown := set(languages) - set(LANGUAGES):
        print(f"soak: unknown language: {', '.join(unknown)}; known: {', '.join(LANGUAGES)}")
        return 2
    build(languages)
    report = Report("soak")
    rows = []
    for language in languages:
        row, problems = soak(language)
        rows.append(row)
        report.check(f"{language} is flat", "\n".join(problems) or None)
    print(
        f"{'':8} {'calls':>9} {'seconds':>8} {'calls/s':>8} {'MiB first':>10} {'MiB last':>9} "
        f"{'growth':>9} {'sockets':>8} {'threads':>8} {'samples':>8}"
    )
    print("\n".join(rows))
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
