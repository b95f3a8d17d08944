#!/usr/bin/env python3
"""Counts the instructions of the core's parts with callgrind; the load of the machine does not
matter.

`instructions.py` compares with `instructions.json` and fails if a part exceeds it by more than
TOLERANCE; `--accept` rewrites the file. Counts depend on the compiler, so the file names its
version.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from bench_clients import ROOT, TARGET

BASELINE = ROOT / "benches" / "instructions.json"
PROGRAM = TARGET / "bench-parts"
# Hash keys differ per process, which alone changes counts by about one percent.
TOLERANCE = 0.03
FEW, MANY = 5, 25


def counted(part: str, times: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"),
                *(str(PROGRAM), part, str(times)),
            ],
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise SystemExit(f"callgrind did not count {part}: {done.stderr[-300:]}")
    return int(found[1])


def per_run(part: str) -> int:
    """The instructions of one run; the difference cancels the start of the process."""
    return round((counted(part, MANY) - counted(part, FEW)) / (MANY - FEW))


def main() -> int:
    if shutil.which("valgrind") is None:
        print("instructions cannot be counted: valgrind is not installed")
        return 0
    build = ["cargo", "build", "--quiet", "--release", "-p", "vitable-groups-bench"]
    subprocess.run([*build, "--bin", "bench-parts"], cwd=ROOT, check=True)
    parts = subprocess.run([str(PROGRAM)], stdout=subprocess.PIPE, text=True, check=True)
    names = parts.stdout.split()
    with ThreadPoolExecutor(2) as pool:
        counts = dict(zip(names, pool.map(per_run, names), strict=True))
    version = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    compiler = version.stdout.split()[1]
    if "--accept" in sys.argv:
        accepted = {"compiler": compiler, "instructions": counts}
        BASELINE.write_text(json.dumps(accepted, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    worse = 0
    for name, count in counts.items():
        known = baseline["instructions"].get(name)
        change = "new" if known is None else f"{100 * (count / known - 1):+.1f}%"
        too_much = known is not None and count > known * (1 + TOLERANCE)
        worse += too_much
        print(f"{name:46} {count:12,} {change:>8}{'  more than before' if too_much else ''}")
    if baseline["compiler"] != compiler:
        print(f"the baseline is rustc {baseline['compiler']}'s, this is {compiler}: not compared")
        return 0
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
