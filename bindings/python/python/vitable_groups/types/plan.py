"""A plan."""

from __future__ import annotations

from .._models import BaseModel

__all__ = ["Plan"]


class Plan(BaseModel):
    """A care plan linked to the organization; member rows refer to it by ``plan_id``."""

    __slots__ = ()

    id: str
    """``pln_...``, opaque."""
    name: str
    """The display name."""
