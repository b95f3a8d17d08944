"""Members of groups."""

from .members import AsyncMembersResource as AsyncMembersResource
from .members import MembersResource as MembersResource
from .sync import AsyncSyncResource as AsyncSyncResource
from .sync import SyncResource as SyncResource
