"""Types of member syncs."""

from __future__ import annotations

from .sync_retrieve_response import SyncRetrieveResponse as SyncRetrieveResponse
from .sync_submit_response import SyncSubmitResponse as SyncSubmitResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sync_submit_params import SyncSubmitParams as SyncSubmitParams


def __getattr__(name: str) -> object:
    if name == "SyncSubmitParams":
        from .sync_submit_params import SyncSubmitParams

        return SyncSubmitParams
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
