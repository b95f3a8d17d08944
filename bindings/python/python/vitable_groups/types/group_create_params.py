"""Parameters of creating a group."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GroupCreateParams"]


class GroupCreateParams(TypedDict):
    """Both are required, 1 to 255 characters."""

    external_reference_id: str
    name: str
