"""Follows docs/adding-an-operation.md in a copy of the repository.

All changes of the page must apply. The core and the sandbox are built with them, and the scenarios
are run in Rust: with the old scenario files, the new operation is reported as not covered; with the
page's scenario, everything passes. The changes of other languages are applied but not built.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docs_blocks import ROOT, Page, read
from python_tools import sandbox_program

PAGE = "docs/adding-an-operation.md"
OPERATION = "groups.archive"
SCENARIO = "archive returns the group"
COPY = ROOT / ".cache" / "adding-an-operation"


def check(pages: list[Page]) -> Iterator[tuple[str, str | None]]:
    """Each statement of the page, and its problem if it has one."""
    page = read(PAGE)
    changes = "".join(block.code for block in page.blocks if block.language == "diff")
    # Restores the space of empty context lines, which editors remove.
    rejected = copy(re.sub(r"(?m)^$(?!\Z)", " ", changes))
    yield f"{PAGE}: the changes apply", rejected
    if rejected is not None:
        return
    for name, path in re.findall(r"`(\w+)`(?: in| of)\s`?([\w/.]+\.py)`?", page.text):
        exists = name in (ROOT / path).read_text()
        yield f"{PAGE}: {name}", None if exists else f"{path} has no such test"
    # A separate target folder: otherwise cargo confuses the copy's builds with this tree's.
    target = Path(sandbox_program()).parent.parent / "adding-an-operation"
    with tempfile.TemporaryDirectory() as folder:
        # The runner writes here, apart from the results of other suites.
        done = run(
            ["cargo", "test", "--quiet", "--test", "conformance", "--target-dir", target],
            COPY,
            CARGO_TARGET_DIR=folder,
        )
        results = Path(folder) / "conformance"
        # Other scenarios are tested by the rust suite; ignore their failures here.
        written = results / "rust.json"
        results_by_group = json.loads(written.read_text()) if written.exists() else []
        passed = {name for group in results_by_group for name in group["passed"]}
        yield f"{PAGE}: the scenario passes", None if SCENARIO in passed else done.stdout
        after = run([sys.executable, COPY / "scripts/conformance-table", results], COPY)
        covered = "no scenario:" not in after.stdout and "; 0 gaps" in after.stdout
        yield f"{PAGE}: the scenario covers it", None if covered else after.stdout
        before = run([sys.executable, ROOT / "scripts/conformance-table", results], ROOT)
        reported = f"no scenario: operation {OPERATION}" in before.stdout
        yield f"{PAGE}: a missing scenario is reported", None if reported else before.stdout


def run(command: list[str | Path], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def copy(changes: str) -> str | None:
    """Creates the copy with the changes; unchanged files keep their timestamps, for cargo."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        listed = run(["git", "ls-files", "-z"], ROOT).stdout.split("\0")
        for name in listed:
            if name and (ROOT / name).is_file():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, fresh / name)
        done = subprocess.run(
            ["git", "apply", "-p0", "-C1", "-"],
            cwd=fresh,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(fresh.parent)},
            input=changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            return done.stdout
        mirrored = run([ROOT / "scripts/mirror.py", fresh, COPY], ROOT)
        return None if mirrored.returncode == 0 else mirrored.stdout
