"""The receipt of a submitted roster."""

from __future__ import annotations

from ...._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Data", "SyncSubmitResponse"]


class Data(BaseModel):
    """Accepted, not done. Keep ``request_id``: the API lists no requests."""

    __slots__ = ()

    accepted_at: datetime
    """When the server took it."""
    group_id: str
    """The group whose roster is replaced."""
    request_id: str
    """The request, ``grpmsr_...``."""


class SyncSubmitResponse(BaseModel):
    """The answer to ``groups.members.sync.submit``."""

    __slots__ = ()

    data: Data
