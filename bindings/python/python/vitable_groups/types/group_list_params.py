"""Parameters of listing groups."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GroupListParams"]


class GroupListParams(TypedDict, total=False):
    """``limit`` is the page size, 1 to 100, by default 20; ``page`` counts from 1."""

    limit: int
    page: int
