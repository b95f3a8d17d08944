"""Generates parts of the documentation and checks whether they are stale.

A part is a whole page, or the text between `<!-- generated: NAME -->` and `<!-- end of NAME -->`.
`scripts/docs-generate` writes them.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from docs_blocks import ROOT
from python_tools import environment, output, sandbox_program

CLIENTS = {
    "python-0.9.0": "the official Python package 0.9.0",
    "python-6.2.0": "the official Python package 6.2.0",
    "typescript": "the official TypeScript client",
}
_MARKED = re.compile(r"<!-- generated: ([\w.-]+) -->\n(.*?)<!-- end of \1 -->", re.S)


@cache
def program() -> Path:
    """Builds the CLI and returns its path."""
    output(["cargo", "build", "--quiet", "--package", "vitable-groups-cli"])
    return Path(sandbox_program()).parent / "vitable-groups"


def command(*arguments: str) -> str:
    """The output of the CLI in an empty environment."""
    done = subprocess.run(
        [program(), *arguments], env={}, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


@cache
def manifest() -> dict[str, Any]:
    """The manifest of the core."""
    loaded: dict[str, Any] = json.loads(command("manifest", "-o", "json"))
    return loaded


def data(name: str) -> Any:
    """A table of docs/data."""
    return json.loads((ROOT / "docs" / "data" / f"{name}.json").read_text())


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell or ' ' for cell in line)} |\n" for line in lines)


def code(text: str | None) -> str:
    return f"`{text}`" if text else "-"


def cli_page() -> str:
    """The CLI reference, from its help."""
    shared = set(entries(command("-h")))
    parts = [
        "# Command line reference\n\n"
        "What `-h` prints, of version "
        f"{manifest()['version']}. Made from the program by `scripts/docs-generate`.\n"
        "The [package's page](../../crates/vitable-groups-cli/README.md) explains syncing, state,\n"
        "profiles and keys.\n"
    ]
    for path in commands([]):
        text = command(*path, "-h").rstrip()
        if path:
            text = own_options(text, shared)
        name = " ".join(["vitable-groups", *path])
        level = "##" if len(path) < 2 else "###"
        parts.append(f"\n{level} {name}\n\n```text\n{text}\n```\n")
        if not path:
            parts.append("\nThe options above hold for every command and are not repeated below.\n")
    return "".join(parts)


def commands(path: list[str]) -> Iterator[list[str]]:
    """Every command, starting with the program itself."""
    yield path
    found = re.search(r"^Commands:\n(.*?)\n(?:\n|\Z)", command(*path, "-h"), re.S | re.M)
    for name in re.findall(r"^  (\w[\w-]*)", found[1] if found else "", re.M):
        if name != "help":
            yield from commands([*path, name])


def entries(text: str) -> list[str]:
    """The option flags in a help text."""
    return re.findall(r"^ {2,6}(?:-\w, )?(--[\w-]+)", text, re.M)


def own_options(text: str, shared: set[str]) -> str:
    """A help text without the options that every command has."""
    kept, skipping = [], False
    for line in text.splitlines():
        if (found := re.match(r" {2,6}(?:-\w, )?(--[\w-]+)", line)) is not None:
            skipping = found[1] in shared
        elif not line.startswith("   "):
            skipping = False
        if not skipping:
            kept.append(line.rstrip())
    text = "\n".join(kept)
    # Removes headings without options.
    text = re.sub(r"^[A-Z][a-z ]*:\n+(?=[A-Z][^\n]*|\Z)", "", f"{text}\n", flags=re.M)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip()


def operations() -> str:
    rows = [
        [
            code(each["name"]),
            code(f"{each['method']} {each['path']}"),
            each["summary"],
            "pages" if each["paginated"] else code(each["result"]),
            {"idempotent": "retried", "lookup_first": "looked up, then retried"}[
                each["retry_safety"]
            ],
        ]
        for each in manifest()["operations"]
    ]
    return table(["Operation", "Request", "What it does", "Result", "After a failure"], rows)


def defaults() -> str:
    meanings = data("defaults")
    values = manifest()["defaults"]
    if set(meanings) != set(values):
        raise SystemExit(f"docs/data/defaults.json differs in {set(meanings) ^ set(values)}")
    rows = [[meaning, shown(name, values[name])] for name, meaning in meanings.items()]
    return table(["Default", "Value"], rows)


def shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    number = f"{value:g}" if value < 1e6 else f"{value / 2**20:g} MiB"
    return f"{number} s" if name.endswith("_seconds") else number


def errors() -> str:
    """The names of every error kind."""
    kinds = manifest()["error_kinds"]
    sources = {
        "Node": ("bindings/node/lib/core/error.ts", r"class {}\b"),
        "Kotlin": ("bindings/kotlin/src/main/kotlin/vitable/groups/Errors.kt", r"class {}\b"),
        "Swift": ("bindings/swift/Sources/VitableGroups/VitableError.swift", r"case {}\("),
    }
    names = data("errors")
    if set(names) != {kind["code"] for kind in kinds}:
        raise SystemExit("docs/data/errors.json does not list the kinds of the manifest")
    rows = []
    for kind in kinds:
        given = names[kind["code"]]
        for language, (path, pattern) in sources.items():
            if not re.search(pattern.format(given[language]), (ROOT / path).read_text()):
                raise SystemExit(f"{path} has no {given[language]}")
        rows.append(
            [
                f"[`{kind['code']}`](#{kind['code']})",
                str(kind["status"] or "-"),
                code(kind["class"]),
                code(given["Node"]),
                code(given["Kotlin"]),
                code(f".{given['Swift']}"),
            ]
        )
    return table(["Kind", "Status", "Python", "Node", "Kotlin", "Swift"], rows)


def differences(client: str) -> str:
    """The differences that a program migrating from an official client notices."""
    rows = []
    for each in data("differences")["differences"]:
        if client in each["clients"]:
            tests = [test for test in each["tests"] if shows(test, client)]
            if not tests:
                raise SystemExit(f"{each['before']!r} has no test for {client}")
            rows.append([each["area"], each["before"], each["now"]])
    return table(["What", f"With {CLIENTS[client]}", "Here"], rows)


def shows(test: str, client: str) -> bool:
    """Whether a test applies to the language of an official client; the test must exist."""
    path, _, name = test.partition("::")
    if name not in (ROOT / path).read_text():
        raise SystemExit(f"{path} has no test {name}")
    return ("node" in path) == (client == "typescript") or path.startswith("tests/scenarios")


def names(client: str) -> str:
    """The names of operations and errors."""
    known = data("differences")["names"]
    wanted = {each["name"] for each in manifest()["operations"]} | {
        each["code"] for each in manifest()["error_kinds"] if each["status"]
    }
    if missing := wanted - set(known):
        raise SystemExit(f"docs/data/differences.json does not list {', '.join(missing)}")
    column = "typescript" if client == "typescript" else "python"
    rows = [[code(each.get(client)), code(each[column])] for each in known.values()]
    return table([f"In {CLIENTS[client]}", "Here"], rows)


def resolves(version: str) -> str | None:
    """Checks that an official package has all listed names."""
    client = f"python-{version}"
    wanted = [each[client] for each in data("differences")["names"].values() if each.get(client)]
    script = (
        "import sys, vitable_connect\n"
        "from vitable_connect import *\n"
        "client = vitable_connect.VitableConnect(api_key='k')\n"
        "for name in sys.argv[1:]:\n"
        "    try: eval(name if name.startswith('client.') else 'vitable_connect.' + name)\n"
        "    except AttributeError: print(name)\n"
    )
    python = environment(f"vitable-connect=={version}") / "python"
    done = subprocess.run(
        [python, "-c", script, *wanted], stdout=subprocess.PIPE, text=True, check=True
    )
    return f"missing: {done.stdout}" if done.stdout else None


def sources(path: str, pattern: str) -> list[tuple[str, ...]]:
    """The matches of a pattern in a source file; there must be at least one."""
    found = re.findall(pattern, (ROOT / path).read_text(), re.S | re.M)
    if not found:
        raise SystemExit(f"{path} does not match the pattern in scripts/docs_generate.py")
    return found


def roster_fields() -> str:
    found = sources(
        "crates/vitable-groups-roster/src/field/table.rs",
        r'path: "([^"]+)",\s+column: "([^"]+)",\s+required: (\w+),\s+'
        r'aliases: &\[(.*?)\],\s+summary: "([^"]+)"',
    )
    rows = []
    for path, column, required, aliases, summary in found:
        names = ", ".join(code(name) for name in re.findall(r'"([^"]+)"', aliases))
        rows.append(
            [code(column), code(path), "yes" if required == "true" else "no", summary, names]
        )
    return table(["Column", "In JSON", "Required", "Value", "Other names of the column"], rows)


def roster_rules() -> str:
    found = sources(
        "crates/vitable-groups-roster/src/rule.rs",
        r'^    \w+ "([\w.]+)" (Error|Warning)(?: \w+)?: "([^"]+)",$',
    )
    return table(
        ["Rule", "Severity", "What it requires"],
        [[code(name), severity.lower(), summary] for name, severity, summary in found],
    )


def normalizers() -> str:
    text = sources("crates/vitable-groups-cli/src/cli/roster.rs", r"enum Normalizing \{(.*?)^\}")
    values = re.findall(r"/// ([^\n]+)\n    (\w+),", str(text[0]))
    return table(["`--normalize`", "What it does"], [[code(n.lower()), d] for d, n in values])


def date_formats() -> str:
    path = "crates/vitable-groups-roster/src/normalize/dates.rs"
    described = sources(path, r"^    /// ([^\n]+)\n    (\w+),$")
    meanings = {name: meaning for meaning, name in described}
    names = sources(path, r'\("([^"]+)", Self::(\w+)\)')
    return table(["`--date-format`", "What it reads"], [[code(n), meanings[v]] for n, v in names])


def section(path: str, heading: str) -> str:
    """A section of a README, without its heading."""
    level = heading.index(" ")
    found = sources(path, rf"^{re.escape(heading)}\n+(.*?)(?=^#{{1,{level}}} |\Z)")
    return f"{str(found[0]).rstrip()}\n"


CLI = "crates/vitable-groups-cli/README.md"
SANDBOX = "crates/vitable-groups-sandbox/README.md"


def sandbox_flags() -> str:
    """Only the table of flags."""
    lines = section(SANDBOX, "## Start").splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("|"))


PARTS: dict[str, Callable[[], str]] = {
    "operations": operations,
    "defaults": defaults,
    "errors": errors,
    "roster-fields": roster_fields,
    "roster-rules": roster_rules,
    "normalizers": normalizers,
    "date-formats": date_formats,
    "exit-codes": lambda: section(CLI, "### Exit codes"),
    "profiles": lambda: section(CLI, "### Profiles and keys"),
    "state": lambda: section(CLI, "### State"),
    "sandbox-flags": sandbox_flags,
    "sandbox-controls": lambda: section(SANDBOX, "## Controls"),
    "sandbox-limits": lambda: section(SANDBOX, "## Limitations"),
    **{f"differences-{client}": lambda client=client: differences(client) for client in CLIENTS},
    **{f"names-{client}": lambda client=client: names(client) for client in CLIENTS},
}


def wanted() -> dict[Path, str]:
    """Every page with generated parts, up to date."""
    pages = {ROOT / "docs/reference/cli.md": cli_page()}
    used = set()
    for path in sorted((ROOT / "docs").rglob("*.md")):
        text = path.read_text()
        for name, _ in _MARKED.findall(text):
            used.add(name)

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            return f"<!-- generated: {name} -->\n\n{PARTS[name]()}\n<!-- end of {name} -->"

        filled = _MARKED.sub(fill, text)
        if filled != text or _MARKED.search(text):
            pages[path] = filled
    if unused := set(PARTS) - used:
        raise SystemExit(f"no page contains {', '.join(sorted(unused))}")
    return pages


def stale() -> Iterator[tuple[str, str | None]]:
    """Each generated page, and its problem if it has one."""
    for path, text in wanted().items():
        name = str(path.relative_to(ROOT))
        same = path.exists() and path.read_text() == text
        yield name, None if same else "is stale; run scripts/docs-generate"
    for version in ("0.9.0", "6.2.0"):
        yield f"names of {version}", resolves(version)
    text = (ROOT / "docs/concepts/errors.md").read_text()
    kinds = {each["code"] for each in manifest()["error_kinds"]}
    explained = set(re.findall(r"^### `(\w+)`$", text, re.M))
    problem = None if explained == kinds else f"differs from the manifest in {explained ^ kinds}"
    yield "docs/concepts/errors.md", problem
