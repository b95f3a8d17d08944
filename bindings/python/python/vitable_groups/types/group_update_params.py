"""What updating a group takes."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GroupUpdateParams"]


class GroupUpdateParams(TypedDict, total=False):
    """Only the fields that are passed are changed."""

    external_reference_id: str | None
    name: str | None
