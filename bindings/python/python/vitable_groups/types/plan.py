"""A plan."""

from __future__ import annotations

from .._models import BaseModel

__all__ = ["Plan"]


class Plan(BaseModel):
    """A care plan linked to the organization: the source of every member row's ``plan_id``."""

    __slots__ = ()

    id: str
    """``pln_...``, opaque."""
    name: str
    """For people."""
