"""The Swift suite: builds the package and runs its tests and its example against sandboxes.

Uses `swift` from PATH; without it, Debian's, unpacked into .cache/swift (scripts/swift-root).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from python_tools import CACHE, ROOT, Report, built, passes, post, run, sandbox, serving, target_dir

WORK = CACHE / "swift/work"
PACKAGE = WORK / "bindings/swift"
EXAMPLE = "examples/swift/DailyJob"


def prepare() -> tuple[list[str], str]:
    """Copies what is compiled to WORK, so that the sources stay unchanged and the chroot sees one
    folder. Returns what starts a command there, and the path of WORK for it."""
    WORK.mkdir(parents=True, exist_ok=True)
    inside, work = [f"{ROOT}/scripts/swift-run", str(CACHE / "swift"), str(WORK)], "/src"
    if shutil.which("swift"):
        inside, work = [], str(WORK)
    else:
        run("scripts/swift-root", CACHE / "swift")
    run("scripts/build-uniffi")
    # Unchanged files keep their timestamps, so that only changes are compiled.
    kept = [".build", "Generated", "Blocks", "VitableGroupsFFI.h"]
    run("scripts/mirror.py", "bindings/swift", PACKAGE, *kept)
    run("scripts/mirror.py", "examples/swift", WORK / "examples/swift", ".build")
    run("scripts/mirror.py", "examples/rosters", WORK / "examples/rosters")
    target = target_dir() / "debug"
    library = "libvitable_groups_uniffi." + ("dylib" if sys.platform == "darwin" else "so")
    for source, copy in {
        target / library: WORK / "lib",
        target / "uniffi/swift/VitableGroups.swift": PACKAGE / "Sources/VitableGroups/Generated",
        target / "uniffi/swift/VitableGroupsFFI.h": PACKAGE / "Sources/VitableGroupsFFI/include",
    }.items():
        copy.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
    run("strip", "-S", WORK / "lib" / library)
    blocks = PACKAGE / "Tests/VitableGroupsTests/Blocks"
    run(sys.executable, "-B", "scripts/docs_blocks.py", "swift", blocks)
    return inside, work


def suite(*arguments: str) -> bool:
    """[TEST [GROUP]] selects matching tests, and one file of the shared scenarios."""
    test, group = (*arguments, "", "")[:2]
    inside, work = prepare()
    report = Report("package")
    link = f"-Xlinker -L{work}/lib -Xlinker -rpath -Xlinker {work}/lib -Xswiftc -warnings-as-errors"
    with ExitStack() as running:
        url = running.enter_context(sandbox())
        operations = os.environ.get("CHAOS_OPERATIONS", "200")
        chaos = serving([built("vitable-groups-chaos")], CHAOS_OPERATIONS=operations)
        ready = running.enter_context(chaos)
        print(f"chaos: {ready}", flush=True)
        results = str(target_dir() / "conformance")
        harness = [str(Path(built("vitable-groups-chaos")).with_name("vitable-groups-scenarios"))]
        harness += ["--language", "swift", "--group", group, "--results", results]
        scenarios = json.loads(running.enter_context(serving(harness)))
        variables = {
            "VG_SANDBOX_URL": url,
            "VG_CHAOS_URL": json.loads(ready)["control_url"],
            "VG_SCENARIOS_URL": scenarios["control_url"],
            "VG_SESSIONS": str(scenarios["sessions"]),
            "VG_ROSTERS": f"{work}/examples/rosters",
            "VG_LOCAL": "1",
        }

        def swift(*command: str) -> bool:
            return passes(*inside, "swift", *command, folder=WORK, **variables)

        for old in PACKAGE.glob(".build/report*.xml"):
            old.unlink()
        xunit = ["--xunit-output", "bindings/swift/.build/report.xml"]
        only = ["--filter", test] if test else []
        options = ["--quiet", "--package-path", "bindings/swift", *link.split()]
        tested = swift("test", *options, *xunit, *only)
        reports = Path(os.environ.get("REPORTS", target_dir() / "reports/package"))
        reports.mkdir(parents=True, exist_ok=True)
        for written in PACKAGE.glob(".build/report*.xml"):
            shutil.copy(written, reports)
        # A crash is not in the reports of the tests.
        report.check("swift test", None if tested else "failed")
        if not test:
            described = subprocess.run(
                [*inside, "swift", "package", "dump-package", "--package-path", "bindings/swift"],
                cwd=WORK,
                stdout=subprocess.PIPE,
            )
            names = {target["name"] for target in json.loads(described.stdout)["targets"]}
            wanted = {"VitableGroupsFFI", "VitableGroups", "VitableGroupsTests"}
            report.check("manifest", None if names == wanted else f"has {names}")
            options = ["--quiet", "--package-path", EXAMPLE, *link.split()]
            builds = swift("build", *options)
            if report.check("example builds", None if builds else "does not"):
                example(report, [*inside, "env", f"VITABLE_CONNECT_BASE_URL={url}"], url)
    return report.end() == 0


def example(report: Report, inside: list[str], url: str) -> None:
    """Runs the example as its README describes."""
    post(f"{url}/__sandbox/reset", None)
    # The rosters refer to a plan that the default organization does not have.
    plan = {"id": "pln_C506ZkHHTlKfgy16G-TJBQ", "name": "Family Care"}
    post(f"{url}/__sandbox/seed", {"plans": [plan]})
    (WORK / "held.json").unlink(missing_ok=True)
    rosters = "examples/rosters/2026-1"
    october = (ROOT / f"{rosters}0-members-fixed.csv").read_text().splitlines(keepends=True)
    (WORK / "short.csv").write_text("".join(october[:101]))

    def runs(name: str, expected: int, *arguments: str) -> str:
        command = [*inside, f"{EXAMPLE}/.build/debug/DailyJob", *arguments]
        return report.command(name, command, expected, folder=WORK).stdout

    def sends(name: str, expected: int, roster: str, *more: str) -> str:
        return runs(f"example {name}", expected, "tier-1", roster, "held.json", *more)

    sends("rejects a roster with errors", 3, f"{rosters}0-members.csv", "--first-sync")
    sends("sends a roster", 0, f"{rosters}0-members-fixed.csv", "--first-sync")
    sends("blocks a shorter roster", 3, "short.csv")
    sends("reports rows that failed", 1, f"{rosters}1-members.csv")
    again = sends("reports them again", 1, f"{rosters}1-members.csv")
    stored = re.search(r"^1 adds, 0 removals \(0\.0% of 253\)", again, re.MULTILINE)
    report.check("example stores the baseline", None if stored else again)
    runs("example explains usage", 2)
