"""Hooks for mkdocs: they add the decisions to the menu, point links out of docs/ to the repository,
and make tables and the search accessible to screen readers and keyboards.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

#: A fence with flags after a comma, as rustdoc has them; the site generator does not parse it.
_FLAGS = re.compile(r"^( *`{3,}\w+),[\w,]+", re.M)
_LINK = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)")


def on_config(config: MkDocsConfig) -> None:
    decisions = sorted(path.name for path in Path(config.docs_dir, "adr").glob("[0-9]*.md"))
    pages = [{"Overview": "adr/README.md"}, *(f"adr/{name}" for name in decisions)]
    assert config.nav is not None
    next(each for each in config.nav if "Contributing" in each)["Contributing"].append(
        {"Decisions": pages}
    )


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Rewrites links that are plain paths in the repository."""
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def rewrite(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[2]))
        if path.startswith("docs/"):
            return found[0]
        return f"{found[1]}{config.repo_url}/blob/main/{path}"

    return _LINK.sub(rewrite, _FLAGS.sub(r"\1", markdown))


def on_page_content(html: str, **_: object) -> str:
    """Makes wide tables scrollable by keyboard; empty cells are not headers."""
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    html = html.replace(
        "<table>", '<div class="table" tabindex="0" role="group" aria-label="Table"><table>'
    )
    return html.replace("</table>", "</table></div>")


def on_post_page(output: str, **_: object) -> str:
    """Labels the theme's search; removes landmarks from its table of contents."""
    output = re.sub(
        r'<nav class="md-nav" aria-label="[^"]*">', '<nav class="md-nav" role="none">', output
    )
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')
