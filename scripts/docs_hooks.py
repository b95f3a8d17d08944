"""Hooks for mkdocs: they add decisions and measured pages to the menu, point links out of docs/ to
the repository, remove the flags of code blocks, and make tables and the search accessible to screen
readers and keyboards.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

#: A fence with a language and flags for the tests, such as `rust,no_run` or `console one`.
_FLAGS = re.compile(r"^( *`{3,}\w+)[ ,]+(?:[\w-]+(?:[ ,]+|$))+", re.M)
_LINK = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)")
#: Added to the menu if they exist.
MEASURED = {"Reliability": "reliability.md", "Performance": "performance.md"}


def on_config(config: Any) -> Any:
    """Adds pages to the menu."""
    docs = Path(config.docs_dir)
    decisions = sorted(path.name for path in (docs / "adr").glob("[0-9]*.md"))
    for entry in config.nav:
        if "Contributing" in entry:
            pages = [{"Overview": "adr/README.md"}, *(f"adr/{name}" for name in decisions)]
            entry["Contributing"].append({"Decisions": pages})
        if "Explanation" in entry:
            existing = {name: path for name, path in MEASURED.items() if (docs / path).exists()}
            entry["Explanation"].extend({name: path} for name, path in existing.items())
    return config


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: object) -> str:
    """Rewrites links that are plain paths in the repository."""
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def rewrite(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[2]))
        if path.startswith("docs/"):
            return found[0]
        return f"{found[1]}{config.repo_url}/blob/main/{path}"

    return _LINK.sub(rewrite, without_flags(markdown))


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


def without_flags(markdown: str) -> str:
    """Removes flags: the site generator does not parse `rust,no_run` as a code block."""
    return _FLAGS.sub(r"\1 ", markdown)
