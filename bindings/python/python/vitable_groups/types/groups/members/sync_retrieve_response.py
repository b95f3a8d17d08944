"""What became of a submitted roster."""

from __future__ import annotations

from ...._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import List, Optional, Union

    from typing_extensions import Literal

__all__ = ["Data", "DataResults", "DataResultsFailure", "SyncRetrieveResponse"]


class DataResultsFailure(BaseModel):
    """One row that did not work."""

    operation: Union[Literal["add", "remove"], str]
    """What was tried."""
    reason: str
    """For people; never branch on it."""
    reference_id: str
    """The caller's identifier of the member."""


class DataResults(BaseModel):
    """Who was added, who was removed, what failed. Unchanged and updated members are in none."""

    added_group_member_ids: List[str]
    """Memberships that began."""
    failures: List[DataResultsFailure]
    """Rows that did not work; the others did."""
    removed_group_member_ids: List[str]
    """Memberships that ended."""


class Data(BaseModel):
    """The state of a sync request."""

    accepted_at: datetime
    """When the server took it."""
    completed_at: Optional[datetime] = None
    """Set once the request is done, which is not the same as every row having worked."""
    group_id: str
    """The group whose roster is replaced."""
    request_id: str
    """The request, ``grpmsr_...``."""
    results: Optional[DataResults] = None
    """Set once the request is done."""


class SyncRetrieveResponse(BaseModel):
    """The answer to ``groups.members.sync.retrieve``."""

    data: Data
