#!/usr/bin/env python3
"""scripts/test [SUITE...] [-- ARGUMENT...]: runs test suites, by default all, with a summary.

A suite is a process that writes JUnit reports to the folder in `$REPORTS`; the summary adds them
up. It fails without a report or a test, and beyond its limit of time. Arguments go to the tool that
runs the tests of a single suite: `scripts/test python -- tests/test_pages.py`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as tree
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from python_tools import ROOT, WINDOWS, target_dir

#: The suites in order, and how many minutes each may take, including builds on a new machine.
SUITES = {
    "rust": 40,
    "no-default-features": 20,
    "servers": 20,
    "neighbors": 20,
    "official-clients": 15,
    "openapi": 15,
    "uniffi": 20,
    "python": 40,
    "node": 50,
    "soak": 20,
    "kotlin": 40,
    "swift": 40,
    "release": 15,
    "docs": 60,
    "scenarios": 10,
    "scripts": 10,
}


class Result(NamedTuple):
    passed: int
    problems: list[str]
    seconds: float


def read(folder: Path) -> tuple[int, list[str]]:
    """The number of tests that passed, and the names of those that failed. None may be skipped on
    Linux; elsewhere, those that need it are."""
    passed, problems = 0, []
    for path in sorted(folder.rglob("*.xml")):
        try:
            cases = list(tree.parse(path).getroot().iter("testcase"))
        except tree.ParseError as error:
            problems.append(f"{path.name}: {error}")
            continue
        for case in cases:
            skipped = case.find("skipped") is not None
            failed = any(case.find(kind) is not None for kind in ("failure", "error"))
            passed += not failed and not skipped
            if failed or (skipped and sys.platform == "linux"):
                name = f"{case.get('classname', '')}: {case.get('name', '')}"
                problems.append(name + (" (skipped)" if skipped else ""))
    return passed, problems


def session(leader: int) -> list[int]:
    """The processes of a session; runners put their tests into process groups of their own."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # After the name, which may contain anything: state, parent, group, session.
            state, _, _, of = status.read_text().rpartition(")")[2].split()[:4]
            if int(of) == leader and state != "Z":
                found.append(int(status.parent.name))
    return found


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a suite with all processes that it has started."""
    if WINDOWS:
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False)
        return
    send: Callable[[int, int], None] = os.killpg
    with suppress(ProcessLookupError):
        send(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        send(process.pid, signal.SIGKILL)
    while left := session(process.pid):
        for each in left:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        time.sleep(0.05)


def run(name: str, command: list[str], minutes: float) -> Result:
    """Runs a suite, shows its output and reads its reports."""
    print(f"\n== {name}", flush=True)
    folder = target_dir() / "reports" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.monotonic()
    environment = {**os.environ, "REPORTS": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    late = None
    try:
        process.wait(minutes * 60)
    except subprocess.TimeoutExpired:
        late = f"took longer than {minutes:g} minutes"
    finally:
        stop(process)
    passed, problems = read(folder)
    if late:
        problems.append(late)
    elif process.returncode != 0 and not problems:
        problems.append(f"ended with exit code {process.returncode}")
    elif passed == 0 and not problems:
        problems.append("ran no test")
    return Result(passed, problems, time.monotonic() - started)


def default_signals() -> None:
    """A shell starts background jobs with SIGINT ignored. Tests that interrupt themselves would
    wait forever: a process inherits what is ignored, but not a handler."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not WINDOWS:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    # Ends the suite too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def main() -> int:
    names = sys.argv[1:]
    arguments: list[str] = []
    if "--" in names:
        arguments = names[names.index("--") + 1 :]
        names = names[: names.index("--")]
    unknown = [name for name in names if name not in SUITES]
    if unknown or (arguments and len(names) != 1):
        print(f"{__doc__}\nSuites: {', '.join(SUITES)}")
        return 2
    default_signals()
    if not names:
        # Results of an earlier run must not hide that a runner did not finish.
        shutil.rmtree(target_dir() / "conformance", ignore_errors=True)
    results = {}
    for name in names or SUITES:
        suite = [sys.executable, "-B", str(ROOT / "scripts/suites.py"), name, *arguments]
        # Long tests make a suite longer.
        longer = int(os.environ.get("TEST_SECONDS", "0")) / 60
        results[name] = run(name, suite, SUITES[name] + longer)
    print()
    for name, result in results.items():
        for problem in result.problems:
            print(f"FAILED {name}: {problem}")
    for name, (passed, problems, seconds) in results.items():
        print(f"{name:18} {passed:6} passed {len(problems):4} failed  {seconds:6.0f} s")
    failed = sum(len(result.problems) for result in results.values())
    print(f"{sum(result.passed for result in results.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
