#!/usr/bin/env python3
"""Counts the instructions of the core's parts with callgrind: the same on a busy machine.

`instructions.py` compares with `instructions.json` and fails where a part takes more than
TOLERANCE above it; `--accept` writes the file anew. Another compiler counts differently, so the
file names the one it holds for.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from contestants import ROOT, TARGET

BASELINE = ROOT / "benches" / "instructions.json"
PROGRAM = TARGET / "bench-parts"
# Hashes are keyed anew in each process, which alone makes a percent.
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
    """What one run takes: the start of the process is in both and falls out."""
    return round((counted(part, MANY) - counted(part, FEW)) / (MANY - FEW))


def main() -> int:
    if shutil.which("valgrind") is None:
        print("instructions are counted by valgrind, which is not here")
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
        kept = {"compiler": compiler, "instructions": counts}
        BASELINE.write_text(json.dumps(kept, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    worse = 0
    for name, count in counts.items():
        known = baseline["instructions"].get(name)
        change = "new" if known is None else f"{100 * (count / known - 1):+.1f}%"
        too_much = known is not None and count > known * (1 + TOLERANCE)
        worse += too_much
        print(f"{name:46} {count:12,} {change:>8}{'  more than before' if too_much else ''}")
    if baseline["compiler"] != compiler:
        print(f"the baseline is rustc {baseline['compiler']}'s, this is {compiler}: not judged")
        return 0
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
