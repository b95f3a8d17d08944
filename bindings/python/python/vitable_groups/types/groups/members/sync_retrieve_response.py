"""The state of a submitted roster."""

from __future__ import annotations

from ...._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

__all__ = ["Data", "DataResults", "DataResultsFailure", "SyncRetrieveResponse"]


class DataResultsFailure(BaseModel):
    """A row that failed."""

    __slots__ = ()

    operation: Literal["add", "remove"] | str
    """The operation that failed."""
    reason: str
    """Human-readable; do not branch on it."""
    reference_id: str
    """Your identifier of the member."""


class DataResults(BaseModel):
    """Members added and removed, and failed rows; unchanged and updated members are in none."""

    __slots__ = ()

    added_group_member_ids: list[str]
    """Memberships that started."""
    failures: list[DataResultsFailure]
    """Rows that failed; all others were applied."""
    removed_group_member_ids: list[str]
    """Memberships that ended."""


class Data(BaseModel):
    """The state of a sync request."""

    __slots__ = ()

    accepted_at: datetime
    """When the server accepted the roster."""
    completed_at: datetime | None = None
    """Set once the sync is completed; some rows may have failed."""
    group_id: str
    """The group whose roster is replaced."""
    request_id: str
    """The sync request, ``grpmsr_...``."""
    results: DataResults | None = None
    """Set once the sync is completed."""


class SyncRetrieveResponse(BaseModel):
    """The response to ``groups.members.sync.retrieve``."""

    __slots__ = ()

    data: Data
