"""What scripts/platforms.py computes, and that its page, data and the release workflow agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import platforms
from dist_tools import PLATFORMS
from platform_roots import CPYTHON, Failed, Unavailable, last_line, run
from platforms import Row
from python_tools import ROOT

WORKFLOW = platforms.WORKFLOW.read_text(encoding="utf-8")
# The packages that each part of a build becomes.
PACKAGES = {"wheel": "wheel", "addon": "npm", "library": "kotlin", "cli": "cli", "deb": "deb"}


def raised(function: Callable[[], object], kind: type[Exception]) -> str:
    try:
        function()
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")


def sh(script: str, limit: float = 10, failure: type[Exception] = Unavailable) -> str:
    return run(["sh", "-c", script], limit, failure=failure)


def test_a_command_returns_its_output_and_fails_with_its_last_line() -> None:
    assert sh("echo one; echo two >&2") == "one\ntwo\n"
    assert raised(lambda: sh("echo why; echo; exit 3", failure=Failed), Failed) == (
        "sh -c echo why; echo; exit 3 ended with 3: why"
    )


def test_a_command_that_is_not_installed_is_a_reason_not_to_run() -> None:
    assert "no-such-program" in raised(lambda: run(["no-such-program"], 10), Unavailable)


def test_a_limit_of_time_also_ends_what_the_command_has_started() -> None:
    # The child holds the pipe; the call would wait for it.
    assert "did not end within" in raised(lambda: sh("sleep 600 & sleep 600", 0.2), Unavailable)


def test_the_last_line_has_words_and_no_colors() -> None:
    assert last_line("one\n\x1b[31mtwo\x1b[0m\n\n  \n") == "two"
    assert last_line("") == "no output"


def result(function: Callable[[], str]) -> tuple[str, str]:
    row = platforms.attempt("here", "suite", function)
    return row.result, row.details


def test_a_suite_has_run_or_failed_or_says_why_it_was_not_run() -> None:
    def fails() -> str:
        raise Failed("wrong")

    assert result(lambda: "3 tests") == ("run", "3 tests")
    assert result(fails) == ("failed", "wrong")
    assert result(lambda: platforms.absent("no network")) == ("not run", "no network")


def test_words_select_suites() -> None:
    both = [f"{platform} {suite}" for platform, suite, _ in platforms.chosen(["musl", "Node"])]
    assert both == [f"{platforms.MUSL} Node 22", f"{platforms.ARM_MUSL} Node 22"]
    assert platforms.chosen(["no such suite"]) == []
    assert len(platforms.chosen([])) == len(platforms.SUITES)


def test_a_new_result_replaces_an_earlier_one_and_keeps_the_others() -> None:
    old = [
        Row(platforms.MUSL, "command line", "failed", "wrong"),
        Row(platforms.ARM, "Node 22", "run", "fine"),
        Row("gone", "command line", "run", "a suite that there is not"),
    ]
    rows = platforms.merged(old, [Row(platforms.MUSL, "command line", "run", "the demo")])
    found = {(row.platform, row.suite): row.result for row in rows}
    assert [(row.platform, row.suite) for row in rows] == [each[:2] for each in platforms.SUITES]
    assert found[platforms.MUSL, "command line"] == "run"
    assert found[platforms.ARM, "Node 22"] == "run"
    assert found[platforms.GNU, "JDK 21"] == "not run"


def test_the_page_shows_the_data_and_the_workflow() -> None:
    text = platforms.PAGE.read_text(encoding="utf-8")
    assert text == platforms.page(text, platforms.read(), WORKFLOW), (
        "run scripts/platforms.py --page"
    )


def test_a_stale_page_is_noticed() -> None:
    text = platforms.PAGE.read_text(encoding="utf-8")
    rows = [Row("here", "suite", "failed", "a | b")]
    shown = platforms.page(text, rows, WORKFLOW)
    assert shown != text
    assert "| here | suite | **failed** | a \\| b |" in shown


def test_the_data_has_every_suite_once() -> None:
    rows = platforms.read()
    assert [(row.platform, row.suite) for row in rows] == [each[:2] for each in platforms.SUITES]
    assert {row.result for row in rows} <= {"run", "failed", "not run"}
    assert all(row.details for row in rows)


def built() -> dict[str, set[str]]:
    """The packages that the workflow builds for each target."""
    rows = re.findall(r"\{ target: (\S+), os: \S+, parts: ([\w ]+) \}", WORKFLOW)
    return {target: {PACKAGES[part] for part in parts.split()} for target, parts in rows}


def test_every_package_is_run_on_its_platform_before_it_is_published() -> None:
    found = platforms.in_workflow(WORKFLOW)
    run_there = {name: set(packages.split()) for name, _, packages in found if "-" in name}
    assert set(built()) == set(PLATFORMS)
    assert run_there == built()


def test_every_supported_runtime_is_run_before_publication() -> None:
    names = {name for name, _, _ in platforms.in_workflow(WORKFLOW)}
    wanted = [*(f"CPython {name}" for name in [*CPYTHON, "3.14t"]), "Node 20", "Node 22", "Node 24"]
    assert {*wanted, "JDK 17", "JDK 21"} <= names


def test_publication_waits_for_all_runs() -> None:
    jobs = re.split(r"^  (\w+):\n", WORKFLOW.split("\njobs:\n")[1], flags=re.M)
    for name, job in zip(jobs[1::2], jobs[2::2], strict=True):
        if "environment: release" in job and name != "github":
            assert "needs: [assemble, platforms, runtimes]" in job, name
    assert "needs: [pypi, npm, crates, maven]" in WORKFLOW


def test_the_python_package_names_only_versions_that_are_run() -> None:
    text = Path(ROOT, "bindings/python/pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", text)
    assert named
    assert set(named) <= set(CPYTHON)


def test_the_node_package_starts_with_the_oldest_version_that_is_run() -> None:
    manifest = json.loads(Path(ROOT, "bindings/node/package.json").read_text("utf-8"))
    assert manifest["engines"]["node"] == ">=20"
