"""Finds retired phrases of several words in files and their paths, which are read from standard
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

#: Phrases of lowercase words, what to write instead, and the context in which they are right.
RULES: list[tuple[str, str, str]] = [
    ("cut short", "truncated", ""),
    ("kept (connection|socket)s?", "idle connection", ""),
    ("(tried|sent|retried) again", "retried", ""),
    ("in passing", "transient", ""),
    ("own delays?", "backoff", ""),
    ("may have been done", "may have been applied", ""),
    ("(go|goes|going|gone|went) on", "keep running (a sync), continue, have more pages", ""),
    ("under way", "in flight (a call), in progress (a sync)", ""),
    ("(give|gives|gave|given|giving) up", "cancel (the caller), abort (an attempt)", ""),
    ("(become|becomes|became) of", "status; once completed, outcome", ""),
    ("put right", "fix, normalize", ""),
    ("birth dates?", "date of birth", ""),
    ("e-mails?", "email", ""),
    ("white spaces?", "whitespace", ""),
    ("words? of (a|the) panic|panic('s)? words?", "panic message", ""),
    ("fault of ours|library faults?", "bug, internal error", ""),
    ("for programs", "machine-readable", ""),
    (
        "for people",
        "human-readable",
        "for people (who|whose|that|in|under|with|without|on|of|aged|over)",
    ),
    ("(take|takes|taking|taken|took) ((it|them|this|that|(the|a|an) [a-z]+) )?over", "adopt", ""),
    (
        "(is|are|was|were|be|been|being) refused|(server|api|roster) refused",
        "rejected (server, validation), blocked (guard)",
        # TCP's own word.
        "(connections?|port|socket) (is|are|was|were|be|been|being) refused",
    ),
    (
        "turn(s|ed|ing)? ((the|a|its|this|that) )?(virtual )?(clocks?|reactors?)"
        "|turn(s|ed|ing)? it forward",
        "advance (the clock), dispatch (the reactor)",
        "",
    ),
    (
        "(is|are|was|were|be|been) no",
        "is not a",
        "there (is|are|was|were|(has|have) been|(will|can|may|must|should|would|to) be) no"
        "|(is|are|was|were|be|been) no (longer|more|less|such|one|different|worse|better)",
    ),
    ("(syncs?|calls?|work) (is|are|was|were) done", "completed (a sync), succeeded (a call)", ""),
    # Names that were replaced.
    ("page facts", "PageSummary", ""),
    ("seen items", "SeenIds", ""),
    ("server said no", "ServerForbids", ""),
    ("poll here", "poll_inline", ""),
    ("reactor turn", "Reactor::dispatch", ""),
    ("native (group|plan) cursor", "NativeGroupPager, NativePlanPager", ""),
]

#: Passages that keep their words: columns and a header in users' files; in a changelog, old names.
_QUOTED = re.compile(r"[\"'`]E-[Mm]ail[\"'`]|\"Birth Date\*\"")
_CODE = re.compile(r"`[^`\n]*`")
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|_")
_SPACE = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:[/#*!>]+|--)[ \t]*)?)"


def _regex(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{phrase.replace(' ', _SPACE)})\b")


_COMPILED = [(_regex(rule), instead, right and _regex(right)) for rule, instead, right in RULES]


def check(path: str, text: str) -> Iterator[str]:
    """The retired phrases in a text, each with its line."""
    # A mark keeps the words around a passage apart.
    text = _QUOTED.sub("\0", text)
    if path == "CHANGELOG.md":
        text = _CODE.sub("\0", text)
    text = _PARTS.sub(" ", text).lower()
    for regex, instead, right in _COMPILED:
        spans = [each.span() for each in right.finditer(text)] if right else []
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
