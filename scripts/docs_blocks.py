"""The code blocks of the documentation, and the suites that run them.

A block's title is either the name of a file that other blocks of the page read, or the reason why
the block is not run: ```` ```console title="not run: needs a package registry" ````. Both are shown
on the page. After a program, a block with the title `prints` is its output.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: The suite of scripts/test that runs a language's blocks.
RUNNERS = {
    "python": "python",
    "js": "node",
    "cjs": "node",
    "ts": "node",
    "rust": "rust",
    "kotlin": "kotlin",
    "java": "kotlin",
    "swift": "swift",
    "console": "docs",
    "json": "docs",
    "toml": "docs",
    "xml": "docs",
    "csv": "docs",
    "diff": "docs",
}
#: Blocks that are only shown, such as messages or diagrams.
PROSE = {"text", "mermaid"}
NOT_RUN = "not run: "

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^`\n]*)$")
_TITLE = re.compile(r'title="([^"]*)"')


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: str
    line: int
    language: str
    flags: tuple[str, ...]
    title: str
    code: str

    @property
    def location(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def reason(self) -> str | None:
        """Why the block is not run."""
        return self.title.removeprefix(NOT_RUN) if self.title.startswith(NOT_RUN) else None

    @property
    def file(self) -> str | None:
        """The name of the file that the block contains."""
        return self.title if re.fullmatch(r"[\w-]+(\.[\w-]+)+", self.title) else None


@dataclass
class Page:
    """A page with its blocks."""

    path: str
    text: str
    blocks: list[Block] = field(default_factory=list)

    def prints(self, block: Block) -> str | None:
        """The documented output of a block: the next block, if its title is `prints`."""
        following = self.blocks[self.blocks.index(block) + 1 :][:1]
        return following[0].code if following and following[0].title == "prints" else None

    def files(self) -> dict[str, str]:
        """The files that the page's blocks read."""
        return {block.file: block.code for block in self.blocks if block.file}


def pages() -> list[Page]:
    """Every page of the documentation, including uncommitted ones."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [read(path) for path in sorted(set(listed)) if (ROOT / path).exists()]


def read(path: str) -> Page:
    """A page, by its path below the root."""
    text = (ROOT / path).read_text(encoding="utf-8")
    page = Page(path, text)
    opened: tuple[int, str, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if opened is None:
            if (found := _FENCE.match(line)) is not None:
                opened = number, found["indent"], found["fence"], found["info"].strip()
                lines = []
        elif line.strip() == opened[2]:
            start, indent, _, info = opened
            code = "".join(f"{each.removeprefix(indent)}\n" for each in lines)
            page.blocks.append(_block(path, start, info, code))
            opened = None
        else:
            lines.append(line)
    if opened is not None:
        raise SystemExit(f"{path}:{opened[0]}: unclosed block")
    return page


def _block(path: str, line: int, info: str, code: str) -> Block:
    title = _TITLE.search(info)
    words = [word for word in re.split(r"[ ,]+", _TITLE.sub("", info)) if word]
    language, *flags = words or [""]
    return Block(path, line, language, tuple(flags), title[1] if title else "", code)


def blocks(*languages: str) -> list[tuple[Page, Block]]:
    """The blocks of the given languages that are run."""
    return [
        (page, block)
        for page in pages()
        for block in page.blocks
        if block.language in languages and block.reason is None
    ]
