"""A group."""

from __future__ import annotations

from .._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Group"]


class Group(BaseModel):
    """A named container of members, owned by one organization."""

    __slots__ = ()

    id: str
    """``grp_...``, opaque."""
    created_at: datetime | None = None
    """When the group was created."""
    external_reference_id: str
    """Your own identifier, unique within the organization; at most 255 characters."""
    name: str
    """At most 255 characters."""
    organization_id: str
    """The organization that owns the group, ``org_...``."""
    updated_at: datetime | None = None
    """When the group last changed."""
