"""Tests of the documentation: links, generated pages, the site, and every code block that no
language's suite runs. `scripts/test-docs` runs them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import built_pages
import console
import docs_blocks
import docs_generate
import docs_operation
import pytest
import tomllib
from docs_blocks import ROOT, Block, Page
from python_tools import output, sandbox_program

PAGES = docs_blocks.pages()
BLOCKS = [
    (page, block)
    for page in PAGES
    for block in page.blocks
    if block.language not in docs_blocks.PROSE and block.reason is None
]
BUILT = ROOT / "target/docs-pages"
#: Crates whose own documentation is their README.
DOCUMENTED = ("inline-http", "vitable-groups", "vitable-groups-sandbox")

# If the suite is terminated, it stops its servers too.
signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 143))


def parse_csv(text: str) -> None:
    header, *rows = csv.reader(io.StringIO(text))
    assert all(len(row) == len(header) for row in rows), "a row has more or fewer cells"


PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "xml": xml.fromstring,
    "csv": parse_csv,
}


def run(*command: str | Path) -> None:
    """Runs a command that must succeed."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("page", "block"), BLOCKS, ids=[f"{block.location} {block.language}" for _, block in BLOCKS]
)
def test_a_suite_runs_the_block(page: Page, block: Block) -> None:
    assert block.language in docs_blocks.RUNNERS
    PARSERS.get(block.language, str)(block.code)
    if block.language == "rust" and page.path not in {f"crates/{d}/README.md" for d in DOCUMENTED}:
        doctests = (ROOT / "crates/vitable-groups/src/documents.rs").read_text()
        assert f'include_str!("../../../{page.path}")' in doctests


def test_most_blocks_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    left = [block for page in PAGES for block in page.blocks if block.reason is not None]
    with capsys.disabled():
        print(f"\n{len(BLOCKS)} blocks are run, and {len(left)} are not:")
        for block in left:
            print(f"  {block.location} ({block.language}): {block.reason}")
    assert len(BLOCKS) > 60
    assert all(block.reason for block in left)


def sessions(page: Page) -> list[Block]:
    return [each for each in page.blocks if each.language == "console" and each.reason is None]


@pytest.fixture(scope="session")
def programs() -> Path:
    output(["cargo", "build", "--quiet", "--package", "vitable-groups-cli"])
    return Path(sandbox_program()).parent


@pytest.mark.parametrize("page", [*filter(sessions, PAGES)], ids=lambda page: page.path)
def test_sessions(page: Page, programs: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    reader = console.Reader(page, programs, tmp_path)
    try:
        for block in sessions(page):
            with subtests.test(block.location):
                reader.session(block)
    finally:
        console.stop(reader.sandbox)


def test_generated_parts_are_fresh(subtests: pytest.Subtests) -> None:
    for name, problem in docs_generate.stale():
        with subtests.test(name):
            assert problem is None


def test_the_page_about_operations_holds(subtests: pytest.Subtests) -> None:
    for name, problem in docs_operation.check(PAGES):
        with subtests.test(name):
            assert problem is None


def test_files_that_pages_mention_exist() -> None:
    named = re.compile(r"`((?:bindings|crates|docs|examples|scripts|tests)/[\w./-]*\w)`")
    missing = [
        f"{page.path}:{number}: {path}"
        for page in PAGES
        for number, line in enumerate(page.prose, 1)
        for path in named.findall(line)
        if not (ROOT / path).exists() and not (ROOT / page.path).parent.joinpath(path).exists()
    ]
    assert missing == []


def test_links_between_pages() -> None:
    run("scripts/docs-check", "links", *(page.path for page in PAGES))


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Title\n[a](other.md) [b](#no-title) [c](#title)\n")
    with pytest.raises(AssertionError, match=r"(?s)other\.md.*#no-title.*2 warnings"):
        run("scripts/docs-check", "links", tmp_path)


@pytest.fixture(scope="module")
def site() -> Path:
    run("scripts/docs", "site")
    return BUILT


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.path.startswith("docs/")], ids=lambda page: page.path
)
def test_the_built_page_matches_its_source(site: Path, page: Page) -> None:
    path = site / Path(page.path.replace("README", "index")).relative_to("docs")
    assert built_pages.problem(page, path.with_suffix(".html").read_text()) is None


#: A block that the site generator does not parse; the following tab ends up inside it.
BROKEN = """<article><div class="tabbed-set"><div class="tabbed-labels"><label>Rust</label></div>
<div class="tabbed-block"><p>{text}</p><h1>[main]</h1></div></div></article>"""


@pytest.mark.parametrize("text", ["```rust,no_run\nuse a;", "use a;"])
def test_a_broken_page_is_found(text: str) -> None:
    page = Page("docs/broken.md", "", prose=["/// tab | Rust", "///"])
    assert built_pages.problem(page, BROKEN.format(text=text))


def test_the_site_in_a_browser(site: Path) -> None:
    run("scripts/docs-check", "browser", site)
