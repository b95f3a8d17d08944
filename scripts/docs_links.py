"""The links between pages: files and headings must be there; links to other sites are listed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote

from docs_blocks import ROOT, Page

_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
#: What `make docs` puts beside the pages.
BUILT = ("api/",)


def headings(page: Page) -> set[str]:
    """The anchors of a page, as GitHub and the site make them."""
    seen: dict[str, int] = {}
    found = set(re.findall(r'<a id="([^"]+)"', page.text))
    for line in outside_blocks(page):
        if (match := re.match(r"#{1,6} +(.*)", line)) is None:
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1])
        text = unicodedata.normalize("NFKD", text).replace("`", "").strip().lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        number = seen.get(slug, 0)
        seen[slug] = number + 1
        found.add(slug if number == 0 else f"{slug}-{number}")
    return found


def outside_blocks(page: Page) -> list[str]:
    """The lines of a page that are no code."""
    lines = page.text.splitlines()
    for block in page.blocks:
        for number in range(block.line - 1, block.line + block.code.count("\n") + 1):
            lines[number] = ""
    return lines


def paths(pages: list[Page]) -> list[str]:
    """Files that a page names in its text and that are not there."""
    named = re.compile(r"`((?:bindings|crates|docs|examples|scripts|tests)/[\w./-]*\w)`")
    problems = []
    for page in pages:
        for number, line in enumerate(outside_blocks(page), 1):
            for path in named.findall(line):
                here = (ROOT / page.path).parent / path
                if not (ROOT / path).exists() and not here.exists():
                    problems.append(f"{page.path}:{number}: there is no {path}")
    return problems


def check(pages: list[Page]) -> tuple[int, list[str], list[str]]:
    """How many links there are, what is wrong with them, and those to other sites."""
    anchors = {page.path: headings(page) for page in pages}
    count, problems, external = 0, [], []
    for page in pages:
        folder = PurePosixPath(page.path).parent
        for number, line in enumerate(outside_blocks(page), 1):
            for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
                count += 1
                place = f"{page.path}:{number}: {target}"
                if re.match(r"[a-z]+:", target):
                    external.append(place)
                    continue
                path, _, anchor = unquote(target).partition("#")
                if path.startswith(BUILT) and page.path.startswith("docs/"):
                    continue
                parts: list[str] = []
                for part in (folder / path).parts if path else PurePosixPath(page.path).parts:
                    parts = parts[:-1] if part == ".." else [*parts, part]
                to = "/".join(parts)
                if not (ROOT / to).exists():
                    problems.append(f"{place}: there is no {to}")
                elif anchor and to in anchors and anchor not in anchors[to]:
                    problems.append(f"{place}: {to} has no heading of that name")
                elif anchor and to not in anchors:
                    problems.append(f"{place}: an anchor in what is no page")
    return count, problems, external
