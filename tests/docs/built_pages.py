"""Compares a built page with its source: it must have the headings, tabs and code blocks of its
Markdown, in that order and inside the same tabs, and no unrendered Markdown in its text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag
from docs_blocks import Page

#: A step of a page: its kind, its depth of tabs, and its text.
Step = tuple[str, int, str]

_STEP = re.compile(r"(?P<heading>#{1,6}) +(?P<text>.*)|/// tab \| (?P<tab>.*)|(?P<end>///)\s*")
#: Markdown that the site generator did not render.
_MARKS = re.compile(
    r"`{3,}.*|^ *///.*|^ *~{3,}.*|^#{1,6} .*|<!-- .*|\]\([^)]*\)|^ *\|.*\|$|\*\*.*", re.M
)
#: Marks pages whose headings come from docstrings as well.
_DOCSTRINGS = "\n::: "


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def plain(text: str) -> str:
    """A heading without its Markdown."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return squeezed(html.unescape(re.sub(r"[`*]|<[^>]*>", "", text)))


def source(page: Page) -> Iterator[Step]:
    """The steps of a page's Markdown."""
    starts = {block.line: block for block in page.blocks}
    depth = 0
    for number, line in enumerate(page.prose, 1):
        if (block := starts.get(number)) is not None:
            yield "code", depth, squeezed(block.code)
        elif (found := _STEP.fullmatch(line)) is None:
            continue
        elif found["heading"]:
            yield f"h{len(found['heading'])}", depth, plain(found["text"])
        elif found["tab"]:
            depth += 1
            yield "tab", depth, plain(found["tab"])
        else:
            depth -= 1


def built(article: Tag) -> Iterator[Step]:
    """The steps of a built page."""
    for tag in article.select(".headerlink, script, style"):
        tag.decompose()
    for tag in article.select("h1, h2, h3, h4, h5, h6, pre, .tabbed-block"):
        depth = len(tag.find_parents(class_="tabbed-block"))
        if tag.name == "div":
            tabs = tag.find_parent(class_="tabbed-set")
            assert tabs is not None
            number = len(tag.find_previous_siblings(class_="tabbed-block"))
            label = tabs.select(":scope > .tabbed-labels > label")[number : number + 1]
            yield "tab", depth + 1, squeezed(label[0].text) if label else "(no label)"
        else:
            yield "code" if tag.name == "pre" else tag.name, depth, squeezed(tag.text)


def problem(page: Page, text: str) -> str | None:
    """What is wrong with a built page."""
    article = BeautifulSoup(text, "html.parser").article
    if article is None:
        return "has no article"
    wanted, found = list(source(page)), list(built(article))
    for tag in article.select("pre, code, .filename"):
        # Keeps the words around code apart.
        tag.replace_with(" ")
    for comment in article.find_all(string=lambda each: isinstance(each, Comment)):
        comment.extract()
    if marks := _MARKS.search(article.text):
        return f"has Markdown in its text: {marks[0][:80]}"
    if _DOCSTRINGS in page.text:
        found = [step for step in found if step in wanted]
    pairs = zip([*wanted, None], [*found, None], strict=False)
    first, second = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
    return None if first == second else f"has {second} where the source has {first}"
