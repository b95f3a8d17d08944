"""Which page of groups to list."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GroupListParams"]


class GroupListParams(TypedDict, total=False):
    """``limit`` is 1 to 100, 20 if not passed; ``page`` counts from 1."""

    limit: int
    page: int
