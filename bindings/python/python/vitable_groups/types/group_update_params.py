"""Parameters of updating a group."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GroupUpdateParams"]


class GroupUpdateParams(TypedDict, total=False):
    """Omitted fields stay unchanged."""

    external_reference_id: str | None
    name: str | None
