"""What mkdocs does beside building pages: links that leave docs/ lead to the repository."""

from __future__ import annotations

import posixpath
import re
from typing import Any

_LINK = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: object) -> str:
    """Pages are read in the repository as well, where such links are plain paths."""
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def lead(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[2]))
        if path.startswith("docs/"):
            return found[0]
        return f"{found[1]}{config.repo_url}/blob/main/{path}"

    return _LINK.sub(lead, markdown)
