"""Writes the licenses of the packages that are compiled in.

deny.toml decides which licenses are allowed; most of them must be distributed with the code.
"""

import json
import re
from pathlib import Path
from typing import Any

from python_tools import ROOT, output
from sbom import compiled_in

Package = dict[str, Any]

NOTICES = ("notice",)
NAMES = ("license", "licence", "copying", "unlicense", "copyright")
# What precedes the terms: the copyright owner and the title.
OWNER = re.compile(r"\s*copyright\b.*(\d{4}|contributors)", re.IGNORECASE)
TITLE = re.compile(r"\s*(the )?mit license(\s*\(mit\))?\s*$", re.IGNORECASE)


def texts(package: Package, names: tuple[str, ...] = (*NAMES, "notice")) -> list[str]:
    """The license files of a package."""
    folder = Path(package["manifest_path"]).parent
    found = {path for path in folder.iterdir() if path.name.lower().startswith(names)}
    if package["license_file"] and names != NOTICES:
        found.add(folder / package["license_file"])
    return [
        path.read_text(encoding="utf-8", errors="replace").strip()
        for path in sorted(found)
        if path.is_file()
    ]


def notices(package: Package) -> list[str]:
    return texts(package, NOTICES)


def split(text: str) -> tuple[str, str]:
    """Splits a text into its copyright notices and its terms."""
    lines = text.splitlines()
    heads: list[str] = []
    for at, line in enumerate(lines):
        if OWNER.match(line):
            heads.append(line.strip())
        elif line.strip() and not TITLE.match(line):
            return "\n".join(heads), "\n".join(lines[at:])
    return "", text


def words(text: str) -> str:
    """A text with normalized whitespace."""
    return " ".join(text.split())


def write(file: Path, crate: str) -> None:
    kept = compiled_in(crate)
    known = json.loads(output(["cargo", "metadata", "--format-version=1", "--locked"]))["packages"]
    foreign = [p for p in known if p["source"] and (p["name"], p["version"]) in kept]
    # The same terms are written once, below all packages that use them, each with its notices.
    by_terms: dict[str, dict[str, list[str]]] = {}
    shown: dict[str, str] = {}
    missing = []
    apache = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    for package in sorted(foreign, key=lambda package: (package["name"], package["version"])):
        line = f"{package['name']} {package['version']} ({package['license']})"
        if package["repository"]:
            line += f", {package['repository']}"
        found = texts(package)
        offered = re.split(r" OR | ?/ ?", package["license"] or "")
        if "Apache-2.0" in offered:
            # Among several licenses, choose ours; it requires the notices.
            found = [apache, *notices(package)]
        if not found:
            missing.append(line)
        for text in found:
            notice, terms = split(text)
            shown.setdefault(words(terms), terms)
            by_terms.setdefault(words(terms), {}).setdefault(notice, []).append(line)
    parts = [
        f"{len(foreign)} packages are compiled in. Each is listed above its licenses, with"
        " its own copyright notice if others use the same terms."
    ]
    for terms, under in sorted(by_terms.items(), key=lambda item: -sum(map(len, item[1].values()))):
        heads = ["\n".join([*lines, *filter(None, [notice])]) for notice, lines in under.items()]
        parts.append("\n".join(["-" * 80, "\n\n".join(heads), "-" * 80, "", shown[terms]]))
    if missing:
        parts.append("\n".join(["-" * 80, "Packages without a license text:", *missing]))
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
