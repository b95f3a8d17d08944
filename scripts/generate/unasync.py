"""Makes synchronous Python from asynchronous Python, token by token.

`async` and `await` are dropped, names are replaced, also where they are words of a docstring or a
comment, and lines that end in `# async only` are left out. Nothing else may be asynchronous.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Mapping

ONLY = "# async only"
DROPPED = ("async", "await")
#: Also the text of f-strings, which is a token of its own from Python 3.12 on.
TEXTS = (tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))


class LeftOver(Exception):
    """The result would still be asynchronous, or a rule has no use; the text names the origin."""


class Translator:
    """The rules for a set of sources; counts which of them are used."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.used: set[str] = set()

    def sync(self, source: str, origin: str) -> str:
        """The synchronous form of a source."""
        lines = [line for line in source.splitlines(keepends=True) if ONLY not in line]
        text = "".join(lines)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        parts: list[str] = []
        end = 0
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            where = f"{origin}: {token.line.strip()}"
            if token.type == tokenize.NAME and token.string in DROPPED:
                at = starts[token.start[0] - 1] + token.start[1]
                parts.append(text[end:at])
                end = at + len(token.string) + 1  # the space, too
            elif token.type == tokenize.NAME or token.type in TEXTS:
                at = starts[token.start[0] - 1] + token.start[1]
                new = re.sub(r"\w+", lambda word: self._name(word[0], where), token.string)  # noqa: B023
                parts += [text[end:at], new]
                end = at + len(token.string)
        return "".join(parts) + text[end:]

    def _name(self, name: str, where: str) -> str:
        if name in self.names:
            self.used.add(name)
            return self.names[name]
        if name.startswith("Async"):
            return name.removeprefix("Async")
        if "async" in name.lower() or name in DROPPED:
            raise LeftOver(f"{where}: there is no rule for {name}")
        return name

    def check(self) -> None:
        """Raises if a rule was never used."""
        if unused := sorted(set(self.names) - self.used):
            raise LeftOver(f"rules without use: {', '.join(unused)}")
