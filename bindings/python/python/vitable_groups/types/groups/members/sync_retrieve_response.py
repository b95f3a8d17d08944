"""What became of a submitted roster."""

from __future__ import annotations

from ...._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

__all__ = ["Data", "DataResults", "DataResultsFailure", "SyncRetrieveResponse"]


class DataResultsFailure(BaseModel):
    """One row that did not work."""

    __slots__ = ()

    operation: Literal["add", "remove"] | str
    """What was tried."""
    reason: str
    """For people; never branch on it."""
    reference_id: str
    """The caller's identifier of the member."""


class DataResults(BaseModel):
    """Who was added, who was removed, what failed. Unchanged and updated members are in none."""

    __slots__ = ()

    added_group_member_ids: list[str]
    """Memberships that began."""
    failures: list[DataResultsFailure]
    """Rows that did not work; the others did."""
    removed_group_member_ids: list[str]
    """Memberships that ended."""


class Data(BaseModel):
    """The state of a sync request."""

    __slots__ = ()

    accepted_at: datetime
    """When the server took it."""
    completed_at: datetime | None = None
    """Set once the request is done, which is not the same as every row having worked."""
    group_id: str
    """The group whose roster is replaced."""
    request_id: str
    """The request, ``grpmsr_...``."""
    results: DataResults | None = None
    """Set once the request is done."""


class SyncRetrieveResponse(BaseModel):
    """The answer to ``groups.members.sync.retrieve``."""

    __slots__ = ()

    data: Data
