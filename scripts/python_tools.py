"""Shared code of the scripts: paths, environments in `.cache/`, programs under test, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as tree
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
WINDOWS = os.name == "nt"


def target_dir() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()


def programs(name: str, *requirements: str) -> Path:
    """The program folder of the environment `.cache/venv-NAME` with these requirements."""
    created = output([sys.executable, ROOT / "scripts/venv", name, *requirements])
    return Path(created.strip()) / ("Scripts" if WINDOWS else "bin")


def environment(requirement: str) -> Path:
    return programs(requirement.replace("==", "-"), requirement)


def built(package: str) -> str:
    """Builds a package's program and returns its path."""
    run("cargo", "build", "--quiet", "--package", package)
    return str(target_dir() / "debug" / (package + (".exe" if WINDOWS else "")))


def sandbox_program() -> str:
    return built("vitable-groups-sandbox")


def passes(*command: str | Path, folder: Path = ROOT, **environment: str) -> bool:
    """Runs a command and shows its output."""
    settings = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=settings).returncode == 0


def run(*command: str | Path, **environment: str) -> None:
    """Runs a command, which must succeed, and shows its output."""
    if not passes(*command, folder=ROOT, **environment):
        raise SystemExit(f"failed: {' '.join(map(str, command))}")


def output(command: Sequence[str | Path]) -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return done.stdout


@contextmanager
def serving(command: Sequence[str | Path], **environment: str) -> Iterator[str]:
    """A running server: the first line that it prints. It stops at the end of the block, as some
    do when their input is closed."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"did not start: {' '.join(map(str, command))}")
        yield line
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def sandbox(*arguments: str) -> Iterator[str]:
    """The URL of a running sandbox; `$VG_SANDBOX` is another program for it."""
    program = os.environ.get("VG_SANDBOX") or sandbox_program()
    with serving([program, "--port", "0", *arguments]) as line:
        yield line.split()[-1]


class Report:
    """Checks, which `end` writes as a JUnit report to the folder in `$REPORTS`."""

    def __init__(self, suite: str) -> None:
        self.suite = tree.Element("testsuite", name=suite)
        self.failed = 0

    def check(self, name: str, problem: str | None) -> bool:
        """Records a check, with its problem if it failed."""
        case = tree.SubElement(self.suite, "testcase", classname=self.suite.get("name", ""))
        case.set("name", name)
        if problem is not None:
            self.failed += 1
            # XML cannot hold control characters, such as those of colors.
            text = "".join(c for c in problem if c.isprintable() or c in "\n\t")
            tree.SubElement(case, "failure", message="failed").text = text
            print(f"FAILED {name}", *problem.splitlines()[-60:], sep="\n", flush=True)
        return problem is None

    def command(
        self,
        name: str,
        command: Sequence[str | Path],
        expected: int = 0,
        folder: Path = ROOT,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        """Records a command that must end with the expected code."""
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        ended = f"exit code {done.returncode}, not {expected}\n{done.stdout}"
        self.check(name, None if done.returncode == expected else ended)
        return done

    def end(self) -> int:
        """Writes the report and returns the exit code."""
        default = target_dir() / "reports" / self.suite.get("name", "")
        folder = Path(os.environ.get("REPORTS", default))
        folder.mkdir(parents=True, exist_ok=True)
        tree.ElementTree(self.suite).write(folder / f"{self.suite.get('name')}.xml")
        return 1 if self.failed or not len(self.suite) else 0


def post(url: str, value: object) -> Any:
    """Posts JSON, without a proxy."""
    request = Request(url, json.dumps(value).encode(), {"content-type": "application/json"})
    with build_opener(ProxyHandler({})).open(request) as response:
        return json.loads(response.read() or "null")
