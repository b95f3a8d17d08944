"""The scenario files match their schema, and every language has passed every scenario.

The runners must have run before: `scripts/test` runs this suite after them.
"""

from __future__ import annotations

import json
from pathlib import Path

import conformance_table as table
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

SCHEMA = table.load(table.SCENARIOS / "schema.json")
NAMES = table.load(table.SCENARIOS / "schema" / "operations.json")
REGISTRY = Registry().with_resource("schema/operations.json", Resource.from_contents(NAMES))


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("group", table.groups())
def test_a_file_matches_the_schema(group: str) -> None:
    file = table.groups()[group]
    part = "scenario" if "scenarios" in file else "vector"
    # Errors in one scenario are clearer than those of a file in which it does not match.
    reference = {"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]}
    one = Draft202012Validator(reference, registry=REGISTRY)
    problems = [
        f"{entry.get('name')}: {error.json_path}: {error.message}"
        for entry in file[f"{part}s"]
        for error in one.iter_errors(entry)
    ]
    assert problems == []
    assert Draft202012Validator(SCHEMA, registry=REGISTRY).is_valid(file)


def test_every_language_has_passed_every_scenario() -> None:
    differs, missing = table.problems(table.FOLDER, all_languages=True)
    assert differs == []
    assert missing == []


def write(folder: Path, language: str, group: str, passed: list[str]) -> None:
    record = {"language": language, "group": group, "passed": passed, "failed": []}
    (folder / f"{language}.json").write_text(json.dumps([record]))


def test_a_scenario_that_was_not_run_is_a_difference(tmp_path: Path) -> None:
    files = {"one": {"scenarios": [{"name": "a"}, {"name": "b"}]}}
    write(tmp_path, "rust", "one", ["a", "c"])
    assert list(table.differences(files, table.results(tmp_path))) == [
        "rust: one: b: was not run",
        "rust: one: c: is not in the file",
    ]
