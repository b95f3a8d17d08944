"""Parameters of listing plans."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["PlanListParams"]


class PlanListParams(TypedDict, total=False):
    """``limit`` is the page size, 1 to 100, by default 20; ``page`` counts from 1."""

    limit: int
    page: int
