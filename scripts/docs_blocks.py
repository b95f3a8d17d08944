"""The code blocks of the documentation, and the suites that run them.

docs_blocks.py LANGUAGE DIR       writes each block to a file in DIR, in its own package, and its
                                  expected output to a file next to it
docs_blocks.py --json LANGUAGE... prints a list of {location, language, code, files, prints}

A block's title is either the name of a file that other blocks of the page read, or the reason why
the block is not run: ```` ```console title="not run: needs a package registry" ````. Both are shown
on the page. After a program, a block with the title `prints` is its output.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: The suite of scripts/test that runs a language's blocks.
SUITES = {
    "python": "python",
    "node": "js cjs ts",
    "rust": "rust",
    "kotlin": "kotlin java",
    "swift": "swift",
    "docs": "console json toml xml csv diff",
}
RUNNERS = {language: suite for suite, each in SUITES.items() for language in each.split()}
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
    #: The lines outside of blocks; those of blocks are empty.
    prose: list[str] = field(default_factory=list)

    def prints(self, block: Block) -> str | None:
        """The documented output of a block: the next block, if its title is `prints`."""
        following = self.blocks[self.blocks.index(block) + 1 :][:1]
        return following[0].code if following and following[0].title == "prints" else None

    def files(self) -> dict[str, str]:
        """The files that the page's blocks read."""
        return {block.file: block.code for block in self.blocks if block.file}


def pages() -> list[Page]:
    """Every page of the documentation, including uncommitted ones."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    paths = subprocess.check_output(listed, cwd=ROOT, text=True).splitlines()
    return [read(path) for path in sorted(set(paths)) if (ROOT / path).exists()]


def read(path: str) -> Page:
    """A page, by its path below the root."""
    page = Page(path, (ROOT / path).read_text(encoding="utf-8"))
    opened: re.Match[str] | None = None
    start, lines = 0, list[str]()
    for number, line in enumerate(page.text.splitlines(), 1):
        if opened is not None and line.strip() == opened["fence"]:
            code = "".join(f"{each.removeprefix(opened['indent'])}\n" for each in lines)
            page.blocks.append(_block(path, start, opened["info"].strip(), code))
            opened = None
        elif opened is not None:
            lines.append(line)
        elif (opened := _FENCE.match(line)) is not None:
            start, lines = number, []
        else:
            page.prose.append(line)
            continue
        page.prose.append("")
    if opened is not None:
        raise SystemExit(f"{path}:{start}: unclosed block")
    return page


def _block(path: str, line: int, info: str, code: str) -> Block:
    title = _TITLE.search(info)
    language, *flags = re.split(r"[ ,]+", _TITLE.sub("", info).strip())
    return Block(path, line, language, tuple(flags), title[1] if title else "", code)


def blocks(*languages: str) -> list[tuple[Page, Block]]:
    """The blocks of the given languages that are run."""
    return [
        (page, block)
        for page in pages()
        for block in page.blocks
        if block.language in languages and block.reason is None
    ]


def write(language: str, folder: Path) -> None:
    """Writes each block to a file; all of them are compiled together."""
    suffix = {"kotlin": "kt", "java": "java", "swift": "swift"}[language]
    wanted, calls = {}, ""
    for number, (page, block) in enumerate(blocks(language), 1):
        code = f"package block{number}{';' if language == 'java' else ''}\n\n{block.code}"
        if language == "swift":
            # A test target cannot have an entry point; a test calls it instead.
            code = block.code.replace("@main\n", "")
            for name in re.findall(r"@main\nstruct (\w+)", block.code):
                calls += _SWIFT_TEST.format(name=name, location=block.location)
        wanted[f"Block{number}.{suffix}"] = code
        if (prints := page.prints(block)) is not None:
            wanted[f"Block{number}.txt"] = prints
    if not wanted:
        raise SystemExit(f"docs_blocks: no blocks of {language}")
    if language == "swift":
        wanted["BlockTests.swift"] = _SWIFT_SUITE.format(calls=calls)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("Block*"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        # Unchanged files keep their timestamps, which compilers compare.
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


_SWIFT_SUITE = """import Foundation
import Testing

extension Sandboxed {{
    @Suite struct Blocks {{
{calls}    }}
}}
"""
_SWIFT_TEST = """    @Test("{location}") func run{name}() async throws {{
        _ = try await Sandbox()
        setenv("VITABLE_CONNECT_BASE_URL", Sandbox.url, 1)
        setenv("VITABLE_CONNECT_API_KEY", "test", 1)
        try await {name}.main()
    }}
"""

if __name__ == "__main__":
    if sys.argv[1] != "--json":
        write(sys.argv[1], Path(sys.argv[2]))
        sys.exit()
    found = blocks(*sys.argv[2:])
    listed = [{"files": page.files(), "prints": page.prints(each)} for page, each in found]
    names = ("location", "language", "code")
    shown = [{name: getattr(each, name) for name in names} for _, each in found]
    print(json.dumps([one | more for one, more in zip(shown, listed, strict=True)]))
