#!/usr/bin/env python3
"""scripts/shared.py conformance|chaos [LANGUAGE [GROUP]]: runs tests that all languages share.

conformance: the scenarios of tests/scenarios, or one file (GROUP) of them; prints the table of all
results so far. chaos: ten thousand random calls (CHAOS_OPERATIONS) over a network that injects
faults; every run prints CHAOS_SEED, which repeats its faults and calls.
"""

from __future__ import annotations

import os
import subprocess
import sys

from python_tools import ROOT

RUST = ["cargo", "test", "--quiet", "-p", "vitable-groups"]
SUITE = [sys.executable, "-B", "scripts/run_tests.py"]
#: The commands of each language, and what selects one group of scenarios.
COMMANDS: dict[str, dict[str, tuple[list[str], str]]] = {
    "conformance": {
        "rust": ([*RUST, "--test", "conformance", "--"], "{}"),
        "python": ([*SUITE, "python", "--", "tests/test_conformance.py"], "-k{}"),
        "node": ([*SUITE, "node", "--", "conformance"], "--test-name-pattern=^{}: "),
        "kotlin": ([*SUITE, "kotlin", "--", "ConformanceTest"], "{}"),
        "swift": ([*SUITE, "swift", "--", "Conformance"], "{}"),
    },
    "chaos": {
        "rust": ([*RUST, "--profile", "fast", "--test", "chaos", "--", "--nocapture"], ""),
        "python": ([*SUITE, "python", "--", "-s", "tests/test_chaos.py"], ""),
        "node": ([*SUITE, "node", "--", "chaos"], ""),
        "kotlin": ([*SUITE, "kotlin", "--", "ChaosTest"], ""),
        "swift": ([*SUITE, "swift", "--", "Chaos"], ""),
    },
}


def main() -> int:
    what, language, group = [*sys.argv[1:], *["", "rust", ""][len(sys.argv) - 1 :]][:3]
    found = COMMANDS.get(what, {}).get(language)
    if found is None:
        print(f"{__doc__}\nLanguages: {', '.join(COMMANDS['chaos'])}", file=sys.stderr)
        return 2
    command = found[0] + ([found[1].format(group)] if group else [])
    settings = {**os.environ}
    if what == "chaos":
        settings = {"CHAOS_OPERATIONS": "10000", **settings, "CHAOS_STRICT": "1"}
    code = subprocess.run(command, cwd=ROOT, env=settings).returncode
    if code == 0 and what == "conformance" and not group:
        table = [sys.executable, "-B", "scripts/conformance_table.py"]
        code = subprocess.run(table, cwd=ROOT).returncode
    return code


if __name__ == "__main__":
    sys.exit(main())
