"""Finds retired words in the text files of the repository, and in the names of the files.

Text is normalized first: an identifier is split at underscores, digits and changes of case, and
letters become lowercase. So a rule for one word also finds it inside `snake_case` and `camelCase`,
but not inside a longer word. A space in a rule also matches a line end with the comment mark that
follows it.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

import retired_words

ROOT = Path(__file__).resolve().parent.parent

_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|_")
_SPACE = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:[/#*!>]+|--)[ \t]*)?)"
_WORD = re.compile(r"[a-z]+")


def normalized(text: str) -> str:
    """The text as rules see it; it keeps its lines."""
    return _PARTS.sub(" ", text).lower()


def words(pattern: str) -> str:
    """A regular expression of whole words. A pattern has spaces outside of brackets only."""
    return rf"\b(?:{pattern.replace(' ', _SPACE)})\b"


@dataclass(frozen=True)
class Rule:
    """A pattern, its replacement, and the phrases around a match that make it ordinary English."""

    pattern: str
    instead: str
    allowed: tuple[str, ...] = ()

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(words(self.pattern))

    @cached_property
    def exceptions(self) -> re.Pattern[str] | None:
        return re.compile(words("|".join(self.allowed))) if self.allowed else None

    @cached_property
    def is_word(self) -> bool:
        """Whether the pattern matches single words only."""
        return re.fullmatch(r"[a-z|()?]+", self.pattern) is not None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in a normalized text."""
        found = list(self.regex.finditer(text))
        spans = (
            [m.span() for m in self.exceptions.finditer(text)] if found and self.exceptions else []
        )
        for match in found:
            if not any(start <= match.start() < end for start, end in spans):
                yield match


@dataclass(frozen=True)
class Exemption:
    """A passage that keeps its words in some files, such as a third party's name."""

    paths: str
    pattern: str
    reason: str

    def remove(self, text: str) -> str:
        """The text without the passage; it keeps its lines."""
        # A mark keeps the words around the passage apart.
        kept = re.compile(self.pattern, re.M)
        return kept.sub(lambda found: "\0" + "\n" * found[0].count("\n"), text)


@dataclass(frozen=True, order=True)
class Finding:
    """A retired word and what to write instead."""

    path: str
    #: 0 for the file's name.
    line: int
    found: str
    instead: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else f"{self.path}: its name"
        return f'{where}: "{self.found}": write {self.instead}'


RULES = [Rule(*row) for row in retired_words.RULES]
EXEMPTIONS = [Exemption(*row) for row in retired_words.EXEMPTIONS]
_known: dict[str, frozenset[Rule]] = {}


def rules_of(word: str) -> frozenset[Rule]:
    """The rules of single words that match a word."""
    if word not in _known:
        _known[word] = frozenset(r for r in RULES if r.is_word and r.regex.fullmatch(word))
    return _known[word]


def check(path: str, text: str) -> Iterator[Finding]:
    """The retired words in the text of a file."""
    for exemption in EXEMPTIONS:
        if fnmatchcase(path, exemption.paths):
            text = exemption.remove(text)
    text = normalized(text)
    of_words = {rule for word in set(_WORD.findall(text)) for rule in rules_of(word)}
    for rule in RULES:
        if rule in of_words or not rule.is_word:
            for match in rule.matches(text):
                line = text.count("\n", 0, match.start()) + 1
                found = re.sub(r"\s*\n[\s/#*!>-]*", " ", match[0])
                yield Finding(path, line, found, rule.instead)


def check_name(path: str) -> Iterator[Finding]:
    """The retired words in a file's name and folders."""
    for finding in check(path, path.replace("-", " ")):
        yield Finding(path, 0, finding.found, finding.instead)


def is_skipped(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in retired_words.SKIPPED)


def files(names: list[str]) -> Iterator[str]:
    """The files of the repository, with new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *names]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    yield from sorted({name for name in listed.stdout.split("\0") if name})


def findings(paths: Iterable[str]) -> Iterator[Finding]:
    """The retired words in the names and texts of files."""
    for path in paths:
        file = ROOT / path
        if is_skipped(path) or file.is_symlink() or not file.is_file():
            continue
        yield from check_name(path)
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text
        yield from sorted(check(path, text))


def main(arguments: list[str]) -> int:
    found = list(findings(files([each for each in arguments if each != "--counts"])))
    if "--counts" in arguments:
        folders = Counter("/".join(each.path.split("/")[:2]) for each in found)
        lines = [f"{number:6} {folder}" for folder, number in folders.most_common()]
    else:
        lines = [str(each) for each in found]
    if found:
        lines.append(f"{len(found)} retired words; docs/glossary.md has the words to write instead")
    print("\n".join(lines) or "no retired words")
    return 1 if found else 0
