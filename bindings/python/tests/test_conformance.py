"""The shared scenarios, with the sync and the asyncio client.

Results go to ``target/conformance/``, from which ``scripts/conformance_table.py`` builds the table.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from conformance.runner import CLIENTS, run
from vitable_groups.testing import Sandbox

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = ROOT / "tests" / "scenarios"
FILES = [
    json.loads(path.read_text("utf-8"))
    for path in sorted(SCENARIOS.glob("*.json"))
    if path.stem not in ("schema", "values", "coverage")
]
VALUES = json.loads((SCENARIOS / "values.json").read_text("utf-8"))
CASES = [
    pytest.param(language, file["group"], scenario, id=f"{language}-{file['group']}-{index}")
    for language in CLIENTS
    for file in FILES
    for index, scenario in enumerate(file["scenarios"])
]


class Results:
    """The result of each scenario, by language and group."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], dict[str, Any]] = {}

    def add(self, language: str, group: str, name: str, reason: str | None) -> None:
        fresh = {"language": language, "group": group, "passed": [], "failed": []}
        record = self.records.setdefault((language, group), fresh)
        if reason is None:
            record["passed"].append(name)
        else:
            record["failed"].append({"name": name, "reason": reason})

    def write(self) -> None:
        target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "conformance"
        target.mkdir(parents=True, exist_ok=True)
        for language in CLIENTS:
            records = [record for record in self.records.values() if record["language"] == language]
            if {record["group"] for record in records} == {file["group"] for file in FILES}:
                text = json.dumps(records, indent=2, ensure_ascii=False)
                (target / f"{language}.json").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    results = Results()
    yield results
    results.write()


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox() as server:
        yield server


def run_sync(scenario: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine that never suspends, without an event loop."""
    try:
        scenario.send(None)
    except StopIteration:
        return
    raise AssertionError("the sync client waited for an event loop")


@pytest.mark.parametrize(("language", "group", "scenario"), CASES)
def test_scenario(
    language: str, group: str, scenario: dict[str, Any], server: Sandbox, results: Results
) -> None:
    pending = run(server, CLIENTS[language], VALUES, scenario)
    runner = asyncio.run if language == "python-async" else run_sync
    try:
        runner(pending)
    except Exception as error:
        results.add(language, group, scenario["name"], f"{type(error).__name__}: {error}")
        raise
    results.add(language, group, scenario["name"], None)
