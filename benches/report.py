#!/usr/bin/env python3
"""`results.json` as RESULTS.md, as charts and as the tables of docs/performance.md.

`report.py` writes them anew, `report.py --check` fails where they do not agree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import charts
import targets
from contestants import CONTESTANTS, ROOT

RESULTS = ROOT / "benches" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
CHARTS = ROOT / "docs" / "assets"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"

LANGUAGES = {
    "python-sync": "Python, blocking",
    "python-async": "Python, asyncio",
    "node": "Node",
    "rust": "Rust",
    "kotlin": "Kotlin, JVM",
    "swift": "Swift",
}
# Workload, unit, and what a microsecond is to be divided by.
COLUMNS = {
    "W1": ("W1 retrieve, µs", 1),
    "W2": ("W2 page of 100, µs", 1),
    "W3": ("W3 64 in flight, µs", 1),
    "W4": ("W4 100,000 groups, ms", 1e3),
    "W5": ("W5 10,000 members, ms", 1e3),
}


def number(value: float | None) -> str:
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def table(header: list[str], rows: list[list[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *rows])


def label(contestant_id: str) -> str:
    name = contestant_id.split("/", 1)[-1]
    return "**vitable-groups**" if name == "ours" else name


def names_of(measures, language: str, workloads) -> list[str]:
    found = {name for workload in workloads for name in measures.get(workload, {})}
    known = [contestant.id for contestant in CONTESTANTS]
    own = [name for name in found if name.startswith(f"{language}/")]
    return sorted(own, key=lambda name: known.index(name) if name in known else -1)


def cpu_tables(measures) -> list[str]:
    parts = []
    for language, title in LANGUAGES.items():
        rows = []
        for name in names_of(measures, language, COLUMNS):
            own = f"{language}/ours"
            cells = []
            for workload, (_, scale) in COLUMNS.items():
                value = targets.median(measures, workload, name, "cpu_us")
                cell = number(None if value is None else value / scale)
                base = targets.median(measures, workload, own, "cpu_us")
                if value is not None and base and name != own:
                    cell += f" ({number(value / base)}×)"
                cells.append(cell)
            rows.append([label(name), *cells])
        if rows:
            head = [title, *(text for text, _ in COLUMNS.values())]
            parts.append(table(head, rows))
    return parts


def latency_table(measures) -> str:
    rows = []
    for workload, how in {
        "W4L": "one page after another",
        "W4L8": "8 pages ahead",
        "W4L16": "16 pages ahead",
    }.items():
        for name in measures.get(workload, {}):
            value = targets.median(measures, workload, name, "wall_us")
            language = LANGUAGES[name.split("/")[0]]
            rows.append([f"{language}: {label(name)}", how, number((value or 0) / 1e6)])
    return table(["W4 with 20 ms of latency", "pages", "wall, s"], rows) if rows else ""


def start_table(measures) -> str:
    rows = []
    for name in measures.get("W6", {}):
        cells = [
            number(None if value is None else value / scale)
            for metric, scale in {
                "cpu_us": 1e3,
                "wall_us": 1e3,
                "rss_kb": 1024,
                "bytes": 1e6,
                "packages": 1,
            }.items()
            for value in [targets.median(measures, "W6", name, metric)]
        ]
        rows.append([f"{LANGUAGES[name.split('/')[0]]}: {label(name)}", *cells])
    head = ["W6 import and client", "CPU, ms", "wall, ms", "RSS, MB", "installed, MB", "packages"]
    return table(head, rows) if rows else ""


def local_table(measures) -> str:
    rows = []
    for name in measures.get("W7", {}):
        how = {"stream": "row by row", "whole": "both rosters in memory"}[name]
        wall, cpu, grown = (
            targets.median(measures, "W7", name, metric) or 0
            for metric in ("wall_us", "cpu_us", "growth_kb")
        )
        what = f"W7 check and compare 100,000 rows of CSV, {how}"
        rows.append([what, number(wall / 1e3), number(cpu / 1e3), number(grown / 1024)])
    for name in measures.get("W8", {}):
        first, cpu = (
            targets.median(measures, "W8", name, metric) or 0
            for metric in ("first_byte_us", "cpu_us")
        )
        what = f"W8 `vitable-groups {name}` to the first byte"
        rows.append([what, number(first / 1e3), number(cpu / 1e3), ""])
    return table(["Without a server", "wall, ms", "CPU, ms", "MB above the start"], rows)


def verdicts(measures) -> list[list[str]]:
    rows = []
    for target in targets.TARGETS:
        value = target.value(measures)
        if value is None:
            continue
        sign = "≥" if target.at_least else "≤"
        how = "met"
        if not target.met(value):
            short = target.limit / value if target.at_least else value / target.limit
            how = f"**missed** by {100 * (short - 1):.0f}%"
        where = LANGUAGES.get(target.language, "Core" if "roster" in target.language else "CLI")
        limit = f"{sign} {target.limit:g}{target.unit}"
        rows.append([f"{where}: {target.what}", limit, f"{number(value)}{target.unit}", how])
    return rows


def verdict_table(measures) -> str:
    return table(["Target", "wanted", "measured", "verdict"], verdicts(measures))


def body(results) -> list[str]:
    """The tables, as RESULTS.md and the page of the docs show them."""
    measures = results["measures"]
    parts = [
        *cpu_tables(measures),
        latency_table(measures),
        start_table(measures),
        local_table(measures) if {"W7", "W8"} & measures.keys() else "",
    ]
    return [part for part in parts if part]


def about(results) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    rate = results["server"]["answers_per_second"]
    lines = [
        f"- {results['date']}, medians of {results['rounds']} interleaved rounds",
        f"- {machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}, load {machine['load']} at the end",
        f"- the server answers {rate:,.0f} retrieves a second, "
        f"{1e6 / rate:.1f} µs each, to a client that reads nothing",
        f"- {versions}",
    ]
    for name, times in results["died_at_exit"].items():
        lines.append(f"- {name} did its work and then died at exit, {times} times")
    for gone in results["missing"]:
        lines.append(f"- could not take part: {gone['name']} ({gone['why']})")
    return "\n".join(lines)


def text(results) -> str:
    rows = verdicts(results["measures"])
    met = sum(row[-1] == "met" for row in rows)
    parts = [
        "# What it costs",
        "Written by `make bench` from `results.json`; docs/performance.md explains it.",
        about(results),
        "## Processor time of the client",
        "User and system time of the client process per unit. In brackets: times what\n"
        "vitable-groups takes.",
        *body(results),
        "## Targets",
        f"{met} of {len(rows)} are met.",
        verdict_table(results["measures"]),
    ]
    return "\n\n".join(parts) + "\n"


def page(results, old: str) -> str:
    """The page of the docs with its measured part put in anew."""
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not results:
        return f"{before}{BEGIN}\n{END}{after}"
    inner = "\n\n".join([about(results), *body(results)])
    return f"{before}{BEGIN}\n\n{inner}\n\n{END}{after}"


def files(results) -> dict[Path, str]:
    made = {ROOT / "benches" / "RESULTS.md": text(results)}
    if PAGE.exists():
        made[PAGE] = page(results, PAGE.read_text())
    for name, drawing in charts.draw(results["measures"], LANGUAGES).items():
        made[CHARTS / name] = drawing
    return made


def write(results) -> None:
    for path, content in files(results).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def check() -> int:
    results = json.loads(RESULTS.read_text())
    stale = [path for path, content in files(results).items() if read(path) != content]
    for path in stale:
        print(f"{path.relative_to(ROOT)} does not agree with results.json; run benches/report.py")
    return 1 if stale else 0


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(check())
    write(json.loads(RESULTS.read_text()))
