"""What updating a group takes."""

from __future__ import annotations

from typing import Optional, TypedDict

__all__ = ["GroupUpdateParams"]


class GroupUpdateParams(TypedDict, total=False):
    """Only the fields that are passed are changed."""

    external_reference_id: Optional[str]
    name: Optional[str]
