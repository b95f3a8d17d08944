"""Checks the built site against its sources: every page has the headings, tabs and code blocks of
its Markdown, in that order and inside the same tabs, and no unrendered Markdown in its text.

`python3 scripts/docs_site.py SITE` checks a built site.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import docs_blocks
from docs_blocks import Page

#: A step of a page: its kind, its depth of tabs, and its text.
Step = tuple[str, int, str]

_HEADING = re.compile(r"(#{1,6}) +(.*)")
_TAB = re.compile(r"/// tab \| (.*)")
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
#: Markdown that the site generator did not render.
_MARKS = re.compile(
    r"`{3,}.*|^ *///.*|^ *~{3,}.*|^#{1,6} .*|<!-- .*|\]\([^)]*\)|^ *\|.*\|$|\*\*.*", re.M
)
#: Marks pages whose headings come from docstrings as well.
_DOCSTRINGS = "\n::: "


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def source(page: Page) -> Iterator[Step]:
    """The steps of a page's Markdown."""
    starts = {block.line: block for block in page.blocks}
    lines = page.text.splitlines()
    number, depth = 0, 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if (block := starts.get(number)) is not None:
            yield "code", depth, squeezed(block.code)
            number += block.code.count("\n") + 1
        elif (heading := _HEADING.match(line)) is not None:
            yield f"h{len(heading[1])}", depth, plain(heading[2])
        elif (tab := _TAB.match(line)) is not None:
            depth += 1
            yield "tab", depth, plain(tab[1])
        elif line.strip() == "///":
            depth -= 1


def plain(text: str) -> str:
    """A heading without its Markdown."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return squeezed(html.unescape(re.sub(r"[`*]|<[^>]*>", "", text)))


class Built(HTMLParser):
    """The steps of a built page, and the text that is not code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.text = ""
        self._open: list[tuple[str, str]] = []
        self._labels: list[list[str]] = []
        self._blocks: list[int] = []
        self._collected: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        classes = (dict(attributes).get("class") or "").split()
        kind = ""
        if tag == "article":
            kind = "article"
        elif not self._inside("article"):
            kind = ""
        elif "headerlink" in classes or tag in ("script", "style"):
            kind = "skip"
        elif "tabbed-set" in classes:
            kind = "set"
            self._labels.append([])
            self._blocks.append(0)
        elif tag == "label" and self._labels:
            kind = "label"
            self._collected.append("")
        elif "tabbed-block" in classes:
            kind = "block"
            named, number = self._labels[-1], self._blocks[-1]
            self._blocks[-1] = number + 1
            label = named[number] if number < len(named) else "(no label)"
            self.steps.append(("tab", self._depth() + 1, label))
        elif re.fullmatch("h[1-6]", tag):
            kind = tag
            self._collected.append("")
        elif tag == "pre":
            kind = "code"
            self._collected.append("")
        elif tag == "code" or "filename" in classes:
            kind = "inline"
        self._open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not any(opened == tag for opened, _ in self._open):
            return
        while self._open:
            opened, kind = self._open.pop()
            self._ended(kind)
            if opened == tag:
                return

    def _ended(self, kind: str) -> None:
        if kind == "set":
            self._labels.pop()
            self._blocks.pop()
        elif kind == "label":
            self._labels[-1].append(squeezed(self._collected.pop()))
        elif kind == "code" or re.fullmatch("h[1-6]", kind):
            self.steps.append((kind, self._depth(), squeezed(self._collected.pop())))
        if kind in ("code", "inline"):
            # Keeps the words around code apart.
            self.text += " "

    def handle_data(self, data: str) -> None:
        if not self._inside("article") or self._inside("skip"):
            return
        if self._collected:
            self._collected[-1] += data
        if not (self._inside("code") or self._inside("inline")):
            self.text += data

    def handle_comment(self, data: str) -> None:
        """Ignores comments."""

    def _inside(self, kind: str) -> bool:
        return any(each == kind for _, each in self._open)

    def _depth(self) -> int:
        return sum(kind == "block" for _, kind in self._open)


def check(site: Path, pages: list[Page]) -> Iterator[tuple[str, str | None]]:
    """Each page of the site, and its problem if it has one."""
    for page in pages:
        if not page.path.startswith("docs/"):
            continue
        path = site / page.path.removeprefix("docs/").removesuffix(".md")
        path = path.with_name("index") if path.name == "README" else path
        file = path.with_name(f"{path.name}.html")
        name = f"the site's {file.relative_to(site)}"
        yield name, problem(page, file.read_text(encoding="utf-8")) if file.exists() else "missing"


def problem(page: Page, text: str) -> str | None:
    """The problem of a built page, if it has one."""
    built = Built(text)
    if marks := _MARKS.search(built.text):
        return f"has Markdown in its text: {marks[0][:80]}"
    wanted, found = list(source(page)), built.steps
    if _DOCSTRINGS in page.text:
        # Ignores headings from docstrings.
        found = [step for step in found if step in wanted]
    if wanted == found:
        return None
    both = zip([*wanted, None], [*found, None], strict=False)
    first, second = next(pair for pair in both if pair[0] != pair[1])
    return f"has {shown(second)} where the source has {shown(first)}"


def shown(step: Step | None) -> str:
    if step is None:
        return "its end"
    kind, depth, text = step
    inside = " inside a tab" if depth - (kind == "tab") else ""
    return f"{kind} {text[:60]!r}{inside}"


if __name__ == "__main__":
    bad = [
        f"{name} {wrong}"
        for name, wrong in check(Path(sys.argv[1]), docs_blocks.pages())
        if wrong is not None
    ]
    print("\n".join(bad) or "every page matches its source")
    sys.exit(1 if bad else 0)
