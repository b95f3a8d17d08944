"""The runner counts what reports say, and ends suites that hang with everything they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import run_tests
from run_tests import Result

REPORT = """<testsuites><testsuite name="a" tests="9"><testcase classname="c" name="passes"/>
{}</testsuite></testsuites>"""


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path))


def suite(program: str, seconds: float = 60) -> Result:
    return run_tests.run("suite", [sys.executable, "-c", program], seconds / 60)


def writes(*cases: str) -> str:
    """A program that writes a report with these tests and one that passes."""
    text = REPORT.format("".join(cases))
    return f"import os, pathlib; pathlib.Path(os.environ['REPORTS'], 'a.xml').write_text({text!r})"


def test_tests_are_counted_from_the_report() -> None:
    result = suite(writes("<testcase name='d'><failure/></testcase>") + "\nraise SystemExit(1)")
    assert (result.passed, result.problems) == (1, [": d"])


@pytest.mark.parametrize("kind", ["failure", "error", "skipped"])
def test_what_did_not_pass_fails(kind: str) -> None:
    assert len(suite(writes(f"<testcase name='d'><{kind}/></testcase>")).problems) == 1


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("print('1000 passed, 0 failed')", "ran no test"),
        (writes() + "\nraise SystemExit(3)", "ended with exit code 3"),
        (writes("<"), "a.xml: not well-formed"),
    ],
)
def test_a_suite_without_a_good_report_fails(program: str, problem: str) -> None:
    [found] = suite(program).problems
    assert found.startswith(problem)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_hanging_suite_ends_with_all_its_processes(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    # As test runners do: a child in a process group of its own, and one that ignores signals.
    program = f"""
import os, signal, subprocess, sys, time
ignoring = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
hang = [sys.executable, "-c", ignoring]
children = [subprocess.Popen(hang, preexec_fn=os.setpgrp), subprocess.Popen(hang)]
open({str(pids)!r}, "w").write(" ".join(str(child.pid) for child in children))
time.sleep(600)
"""
    started = time.monotonic()
    result = suite(program, seconds=3)
    assert result.problems == ["took longer than 0.05 minutes"]
    assert time.monotonic() - started < 60
    for pid in pids.read_text().split():
        status = Path(f"/proc/{pid}/stat")
        assert not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_suite_can_be_interrupted_although_the_runner_started_in_the_background() -> None:
    inside = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(60)"
    program = f"""
import subprocess, sys
import run_tests
run_tests.default_signals()
done = subprocess.run([sys.executable, "-c", {inside!r}], stderr=subprocess.DEVNULL, timeout=30)
print(done.returncode)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{-signal.SIGINT}\n"
