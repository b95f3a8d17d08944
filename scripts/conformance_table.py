#!/usr/bin/env python3
"""scripts/conformance_table.py [FOLDER]: prints the results of the shared scenarios by language and
fails on any difference.

Reads `target/conformance/*.json`, which the runners write: lists of `{language, group, passed,
failed}`, and `manifest.json`, the manifest of the core. Every language must have run every scenario
under the same name and passed it. Every operation with its parameters, every request option, every
error kind and every decision of `tests/scenarios/coverage.json` must have a scenario.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_tools import ROOT, target_dir

SCENARIOS = ROOT / "tests" / "scenarios"
FOLDER = target_dir() / "conformance"
LANGUAGES = ["rust", "python", "python-async", "node", "kotlin", "swift"]

# By the name of the group: a file of scenarios or of vectors; or a language's record of it.
Groups = dict[str, dict[str, Any]]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def groups() -> Groups:
    """The scenario and vector files, by the names that runners report."""
    found = sorted(SCENARIOS.glob("*.json")) + sorted(SCENARIOS.glob("vectors/*.json"))
    files = {path.relative_to(SCENARIOS).with_suffix("").as_posix(): path for path in found}
    return {n: load(p) for n, p in files.items() if n not in ("schema", "values", "coverage")}


def names(file: dict[str, Any]) -> list[str]:
    return [entry["name"] for entry in file.get("scenarios") or file["vectors"]]


def results(folder: Path) -> dict[str, Groups]:
    """The results of each group, by language, in the order of `LANGUAGES`."""
    found: dict[str, Groups] = {}
    for path in sorted(folder.glob("*.json")):
        for record in load(path) if path.stem != "manifest" else []:
            found.setdefault(record["language"], {})[record["group"]] = record
    order = [*LANGUAGES, *sorted(found.keys() - set(LANGUAGES))]
    return {name: found[name] for name in order if name in found}


def table(files: Groups, found: dict[str, Groups]) -> Iterator[str]:
    def row(*cells: object) -> str:
        width = max(map(len, files)) + 2
        return str(cells[0]).ljust(width) + "".join(str(cell).rjust(14) for cell in cells[1:])

    def cell(record: dict[str, Any] | None) -> str:
        if record is None:
            return "-"
        failed = len(record["failed"])
        return f"{len(record['passed'])}" + (f" ({failed} failed)" if failed else "")

    yield row("scenarios", *found)
    for group in files:
        yield row(group, *(cell(records.get(group)) for records in found.values()))
    totals = [
        sum(len(records[group]["passed"]) for group in files if group in records)
        for records in found.values()
    ]
    yield row("all", *totals)


def differences(files: Groups, found: dict[str, Groups]) -> Iterator[str]:
    """Scenarios that a language did not run, that it failed, or that are not in the files. Vector
    files may be skipped entirely."""
    for language, records in found.items():
        for group, file in files.items():
            record = records.get(group)
            if record is None:
                if not group.startswith("vectors/"):
                    yield f"{language}: {group} was not run"
                continue
            failed = {failure["name"]: failure["reason"] for failure in record["failed"]}
            ran, wanted = {*record["passed"], *failed}, set(names(file))
            at = f"{language}: {group}"
            yield from (f"{at}: {name}: was not run" for name in sorted(wanted - ran))
            yield from (f"{at}: {name}: is not in the file" for name in sorted(ran - wanted))
            yield from (f"{at}: {name}: {reason}" for name, reason in failed.items())
        yield from (f"{language}: {each}: no such file" for each in sorted(set(records) - {*files}))


def uncovered(files: Groups, manifest: dict[str, Any]) -> Iterator[str]:
    """Operations, parameters, options and error kinds without a scenario."""
    # Iterating calls the list operation for each page.
    iterations = {"groups.iterate": "groups.list", "plans.iterate": "plans.list"}
    params: dict[str, set[str]] = {}
    options: set[str] = set()
    kinds = {vector["input"]["kind"] for vector in files["vectors/error_classes"]["vectors"]}
    scenarios = (entry for file in files.values() for entry in file.get("scenarios", []))
    for step in (step for scenario in scenarios for step in scenario["steps"]):
        call = iterations.get(step["call"], step["call"])
        params.setdefault(call, set()).update(step.get("params", {}))
        options.update(option.removesuffix("_ms") for option in step.get("options", {}))
        kinds.add(step.get("expect", {}).get("error", {}).get("kind"))
    for operation in manifest["operations"]:
        name = operation["name"]
        if name not in params:
            yield f"operation {name}"
            continue
        for kind in ("path_params", "query_params", "body_params"):
            missing = (param for param in operation[kind] if param not in params[name])
            yield from (f"parameter {param} of {name}" for param in missing)
    for option in manifest["request_options"]:
        if option.removesuffix("_ms") not in options:
            yield f"request option {option}"
    for kind in manifest["error_kinds"]:
        if kind["code"] not in kinds:
            yield f"error kind {kind['code']}"


def undecided(files: Groups, decisions: list[dict[str, Any]]) -> Iterator[str]:
    """Decisions without a scenario, or with an unknown one."""
    for decision in decisions:
        title = f"decision on {decision['topic']}: {decision['decision']}"
        if not decision["covered_by"]:
            yield title
        for group, wanted in decision["covered_by"].items():
            if group not in files:
                yield f"{title} (unknown group {group})"
                continue
            missing = set() if wanted == "all" else {*wanted} - {*names(files[group])}
            yield from (f"{title} ({group}: no scenario {name!r})" for name in sorted(missing))


def problems(folder: Path, all_languages: bool) -> tuple[list[str], list[str]]:
    """The differences among the languages, and what has no scenario."""
    files, found = groups(), results(folder)
    differs = list(differences(files, found))
    if all_languages:
        differs += [f"{name}: was not run" for name in LANGUAGES if name not in found]
    missing = list(uncovered(files, load(folder / "manifest.json")))
    return differs, missing + list(undecided(files, load(SCENARIOS / "coverage.json")["decisions"]))


def main() -> int:
    folder = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    found = results(folder)
    if not found or not (folder / "manifest.json").is_file():
        print(f"no results in {folder}; run `make conformance`")
        return 1
    print("\n".join(table(groups(), found)))
    differs, missing = problems(folder, all_languages=False)
    for line in differs:
        print(f"difference: {line}")
    for line in missing:
        print(f"no scenario: {line}")
    print(f"{len(differs)} differences among {', '.join(found)}; {len(missing)} gaps")
    return 1 if differs or missing else 0


if __name__ == "__main__":
    sys.exit(main())
