"""Follows docs/adding-an-operation.md in a copy of the repository.

The changes of the page must apply, and must be in at most four files. `make generate` then writes
the rest. The packages are built, and the page's scenario is run in each language. In addition,
the copy has the fixture's operation, whose parameters have names that are keywords; it must
compile, and is reported as not covered by a scenario.

`python3 scripts/docs_operation.py [LANGUAGE ...]` follows the page in some languages.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs_blocks import ROOT, Page, read

PAGE = "docs/adding-an-operation.md"
OPERATION = "groups.archive"
SCENARIO = "archive returns the group"
BY_HAND = 4
CHANGELOG = "- **All packages**: groups.archive archives a group."
#: Those that need no other tools; Kotlin and Swift take several minutes to build.
QUICK = ("rust", "python", "node")
#: The runners that report more than one language.
COLUMNS = {"python": ("python", "python-async")}
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "adding-an-operation"
COPY = WORK / "copy"
#: Environments that the copy uses as they are, and one that the package is installed into.
SHARED = ("venv-generate", "venv-python-tools", "swift/root")
INSTALLED = "venv-python-tests"
HANDLER = """
pub(super) fn transfer(_: &Context<'_>) -> Result<ApiResponse, Problem> {
    Err(Problem::new(Code::NotFound, "Group not found"))
}
"""
#: Merges the fixture's operation into the copy's definition; PyYAML is there.
MERGE = """
import sys, yaml
target, fixture = sys.argv[1:]
whole, more = (yaml.safe_load(open(path)) for path in (target, fixture))
for kind in ("parameters", "schemas"):
    whole["components"][kind] = {**more["components"][kind], **whole["components"][kind]}
whole["paths"] = {**more["paths"], **whole["paths"]}
yaml.safe_dump(whole, open(target, "w"), sort_keys=False, allow_unicode=True)
"""


def check(_: list[Page], languages: tuple[str, ...] = QUICK) -> Iterator[tuple[str, str | None]]:
    """Each statement of the page, and its problem if it has one."""
    page = read(PAGE)
    changes = "".join(block.code for block in page.blocks if block.language == "diff")
    # Restores the space of empty context lines, which editors remove.
    rejected, edited = copy(re.sub(r"(?m)^$(?!\Z)", " ", changes))
    yield f"{PAGE}: the changes apply", rejected
    if rejected is not None:
        return
    print(f"{PAGE}: {len(edited)} files edited by hand: {', '.join(edited)}")
    few = len(edited) <= BY_HAND and CHANGELOG in page.text
    yield f"{PAGE}: at most {BY_HAND} files are edited", None if few else ", ".join(edited)
    generated = run(["make", "generate"], COPY)
    count = len(generated.stdout.splitlines())
    print(f"{PAGE}: {count} files written by `make generate`")
    yield f"{PAGE}: the rest is generated", None if generated.returncode == 0 else generated.stdout
    results = WORK / "conformance"
    shutil.rmtree(results, ignore_errors=True)
    for language in languages:
        started = time.monotonic()
        # Other scenarios are tested by the language's suite; their failures are ignored here.
        command = ["make", "conformance", f"LANG={language}"]
        done = run(command, COPY, CARGO_TARGET_DIR=str(WORK))
        print(f"{PAGE}: {language} took {time.monotonic() - started:.0f} s", flush=True)
        for column in COLUMNS.get(language, (language,)):
            succeeded = SCENARIO in passed(results / f"{column}.json")
            yield f"{PAGE}: the scenario passes: {column}", None if succeeded else done.stdout
    table = run([sys.executable, "scripts/conformance_table.py", results], COPY).stdout
    gaps = set(re.findall(r"no scenario: operation (\S+)", table))
    problem = None if gaps == {"groups.transfer"} else table
    yield f"{PAGE}: the scenario covers the operation, the fixture's is a gap", problem
    if problem is None:
        # Two gigabytes of builds that nothing else uses.
        shutil.rmtree(WORK, ignore_errors=True)


def passed(path: Path) -> set[str]:
    """The scenarios that passed."""
    groups = json.loads(path.read_text()) if path.exists() else []
    return {name for group in groups for name in group["passed"]}


def run(
    command: Sequence[str | Path], folder: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def copy(changes: str) -> tuple[str | None, list[str]]:
    """Creates the copy with the changes; unchanged files keep their timestamps, for compilers.

    Returns the problem, and the files that the page edits.
    """
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
            return done.stdout, []
        changelog = fresh / "CHANGELOG.md"
        entry = r"(## \S+ \(unreleased\)\n\n)"
        changelog.write_text(re.sub(entry, rf"\1{CHANGELOG}\n", changelog.read_text(), count=1))
        edited = [
            name
            for name in listed
            if name and (fresh / name).is_file()
            if (fresh / name).read_bytes() != (ROOT / name).read_bytes()
        ]
        if problem := fixture(fresh):
            return problem, edited
        mirrored = run(
            [ROOT / "scripts/mirror.py", fresh, COPY, ".cache", "target", "node_modules"], ROOT
        )
    environments()
    return (None if mirrored.returncode == 0 else mirrored.stdout), edited


def fixture(tree: Path) -> str | None:
    """Adds the fixture's operation and a handler for it; returns the problem."""
    python = environment("generate", "pyyaml==6.0.*") / "bin" / "python"
    document = tree / "crates/vitable-groups-sandbox/openapi.yaml"
    merged = run([python, "-c", MERGE, document, tree / "scripts/generate/fixture.yaml"], tree)
    handlers = tree / "crates/vitable-groups-sandbox/src/api/groups.rs"
    handlers.write_text(handlers.read_text() + HANDLER)
    return None if merged.returncode == 0 else merged.stdout


def environment(name: str, *requirements: str) -> Path:
    """A Python environment of this repository."""
    return Path(run([ROOT / "scripts/venv", name, *requirements], ROOT).stdout.splitlines()[-1])


def environments() -> None:
    """Lets the copy use what is installed below .cache, without changing it."""
    cache, copied = ROOT / ".cache", COPY / ".cache"
    for name in SHARED:
        if (cache / name).exists() and not (copied / name).exists():
            (copied / name).parent.mkdir(parents=True, exist_ok=True)
            (copied / name).symlink_to(cache / name)
    theirs, own = cache / INSTALLED, copied / INSTALLED
    if theirs.exists() and not own.exists():
        run([theirs / "bin" / "python", "-m", "venv", own], ROOT)
        (packages,) = own.glob("lib/python*/site-packages")
        (packages / "shared.pth").write_text(f"{theirs / packages.relative_to(own)}\n")
        shutil.copy(theirs / "requirements.stamp", own)


if __name__ == "__main__":
    failures = 0
    for title, problem in check([], tuple(sys.argv[1:]) or QUICK):
        print(f"{'ok    ' if problem is None else 'FAILED'} {title}", flush=True)
        if problem is not None:
            print(problem)
            failures += 1
    sys.exit(1 if failures else 0)
