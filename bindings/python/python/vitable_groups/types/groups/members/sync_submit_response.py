"""The receipt of a submitted roster."""

from __future__ import annotations

from ...._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Data", "SyncSubmitResponse"]


class Data(BaseModel):
    """Accepted, not yet completed. Keep ``request_id``: the API cannot list sync requests."""

    __slots__ = ()

    accepted_at: datetime
    """When the server accepted the roster."""
    group_id: str
    """The group whose roster is replaced."""
    request_id: str
    """The sync request, ``grpmsr_...``."""


class SyncSubmitResponse(BaseModel):
    """The response to ``groups.members.sync.submit``."""

    __slots__ = ()

    data: Data
