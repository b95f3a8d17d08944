"""What mkdocs does beside building pages: the menu lists decisions and the pages that measurements
write, links that leave docs/ lead to the repository, flags of code blocks are left out, and tables
and the search get what screen readers and keyboards need.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

#: A fence with a language and flags for the tests, such as `rust,no_run` or `console one`.
_FLAGS = re.compile(r"^( *`{3,}\w+)[ ,]+(?:[\w-]+(?:[ ,]+|$))+", re.M)
_LINK = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)")
#: In the menu as soon as they are there.
MEASURED = {"Reliability": "reliability.md", "Performance": "performance.md"}


def on_config(config: Any) -> Any:
    """Completes the menu."""
    docs = Path(config.docs_dir)
    decisions = sorted(path.name for path in (docs / "adr").glob("[0-9]*.md"))
    for entry in config.nav:
        if "Contributing" in entry:
            pages = [{"Overview": "adr/README.md"}, *(f"adr/{name}" for name in decisions)]
            entry["Contributing"].append({"Decisions": pages})
        if "Explanation" in entry:
            there = {name: path for name, path in MEASURED.items() if (docs / path).exists()}
            entry["Explanation"].extend({name: path} for name, path in there.items())
    return config


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: object) -> str:
    """Pages are read in the repository as well, where such links are plain paths."""
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def lead(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[2]))
        if path.startswith("docs/"):
            return found[0]
        return f"{found[1]}{config.repo_url}/blob/main/{path}"

    return _LINK.sub(lead, without_flags(markdown))


def on_page_content(html: str, **_: object) -> str:
    """The keyboard scrolls wide tables, too; an empty cell heads nothing."""
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    html = html.replace(
        "<table>", '<div class="table" tabindex="0" role="group" aria-label="Table"><table>'
    )
    return html.replace("</table>", "</table></div>")


def on_post_page(output: str, **_: object) -> str:
    """The theme's search has no name; parts of its table of contents are landmarks."""
    output = re.sub(
        r'<nav class="md-nav" aria-label="[^"]*">', '<nav class="md-nav" role="none">', output
    )
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')


def without_flags(markdown: str) -> str:
    """The site generator does not read `rust,no_run` as a code block, and shows its fences."""
    return _FLAGS.sub(r"\1 ", markdown)
