"""Finds the phrases of docs/data/phrases.toml in files and their paths, which it reads from its
input. typos, which finds the retired words, reads one word at a time.

Text is normalized first: an identifier is split at underscores, digits and changes of case, and
letters become lowercase. A space in a rule also matches a line end with the comment mark that
follows it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import tomllib

ROOT = Path(__file__).resolve().parent.parent

_DATA = tomllib.loads((ROOT / "docs/data/phrases.toml").read_text())
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|_")
_SPACE = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:[/#*!>]+|--)[ \t]*)?)"


def _regex(phrase: str) -> re.Pattern[str]:
    # Without a phrase, it matches nothing.
    return re.compile(rf"\b(?:{phrase.replace(' ', _SPACE)})\b" if phrase else r"(?!)")


_RULES = [
    (_regex(each["phrase"]), each["write"], _regex(each.get("right", "")))
    for each in _DATA["phrases"]
]


def check(path: str, text: str) -> Iterator[str]:
    """The retired phrases in a text, each with its line."""
    # A changelog has old names in code. A mark keeps the words around a passage apart.
    exempt = _DATA["exempt"] + (r"|`[^`\n]*`" if path == "CHANGELOG.md" else "")
    text = re.sub(exempt, "\0", text)
    text = _PARTS.sub(" ", text).lower()
    for regex, instead, right in _RULES:
        spans = [each.span() for each in right.finditer(text)]
        for match in regex.finditer(text):
            if not any(start <= match.start() < end for start, end in spans):
                line = text.count("\n", 0, match.start()) + 1
                found = re.sub(r"\s*\n[\s/#*!>-]*", " ", match[0])
                yield f'{path}:{line}: "{found}": write {instead}'


def main() -> int:
    skipped = tomllib.loads((ROOT / "typos.toml").read_text())["files"]["extend-exclude"]
    problems = []
    for path in sys.stdin.read().splitlines():
        file = ROOT / path
        if file.is_file() and not any(fnmatchcase(path, pattern) for pattern in skipped):
            text = file.read_bytes().decode(errors="replace")
            problems += [*check(path, text), *check(f"the path {path}", path.replace("-", " "))]
    print("".join(f"{each}\n" for each in problems), end="")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
