#!/usr/bin/env python3
"""Renders `results.json` as RESULTS.md, as charts and as the tables of docs/performance.md.

`report.py` writes them; `report.py --check` fails if they are stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import charts
import targets
from bench_clients import BENCH_CLIENTS, ROOT

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
# Title and unit of each workload, and the divisor for microseconds.
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


def label(client_id: str) -> str:
    name = client_id.split("/", 1)[-1]
    return "**vitable-groups**" if name == "ours" else name


def names_of(measures, language: str, workloads) -> list[str]:
    found = {name for workload in workloads for name in measures.get(workload, {})}
    known = [client.id for client in BENCH_CLIENTS]
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
        "W4L": "sequential",
        "W4L8": "8 pages prefetched",
        "W4L16": "16 pages prefetched",
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
    return table(["Without a server", "wall, ms", "CPU, ms", "memory growth, MB"], rows)


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
    return table(["Target", "limit", "measured", "verdict"], verdicts(measures))


def body(results) -> list[str]:
    """The tables of RESULTS.md and of the docs page."""
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
    rate = results["server"]["responses_per_second"]
    lines = [
        f"- {results['date']}, medians of {results['rounds']} interleaved rounds",
        f"- {machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}, load {machine['load']} at the end",
        f"- server capacity: {rate:,.0f} retrieves per second, "
        f"{1e6 / rate:.1f} µs each, with a client that does not parse responses",
        f"- {versions}",
    ]
    for name, times in results["died_at_exit"].items():
        lines.append(f"- {name} completed its workload but crashed at exit, {times} times")
    for gone in results["missing"]:
        lines.append(f"- not measured: {gone['name']} ({gone['why']})")
    return "\n".join(lines)


def text(results) -> str:
    rows = verdicts(results["measures"])
    met = sum(row[-1] == "met" for row in rows)
    parts = [
        "# Benchmark results",
        "Generated by `make bench` from `results.json`; see docs/performance.md.",
        about(results),
        "## CPU time of the client",
        "User and system time of the client process per unit. In parentheses: relative to\n"
        "vitable-groups.",
        *body(results),
        "## Targets",
        f"{met} of {len(rows)} are met.",
        verdict_table(results["measures"]),
    ]
    return "\n\n".join(parts) + "\n"


def page(results, old: str) -> str:
    """The docs page with its measured part replaced."""
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not results:
        return f"{before}{BEGIN}\n{END}{after}"
    inner = "\n\n".join([about(results), *body(results)])
    return f"{before}{BEGIN}\n\n{inner}\n\n{END}{after}"


def files(results) -> dict[Path, str]:
    rendered = {ROOT / "benches" / "RESULTS.md": text(results)}
    if PAGE.exists():
        rendered[PAGE] = page(results, PAGE.read_text())
    for name, drawing in charts.draw(results["measures"], LANGUAGES).items():
        rendered[CHARTS / name] = drawing
    return rendered


def write(results) -> None:
    for path, content in files(results).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def check() -> int:
    results = json.loads(RESULTS.read_text())
    stale = [path for path, content in files(results).items() if read(path) != content]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale; run benches/report.py")
    return 1 if stale else 0


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(check())
    write(json.loads(RESULTS.read_text()))
