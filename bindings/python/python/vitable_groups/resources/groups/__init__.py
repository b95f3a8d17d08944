"""Groups."""

from .groups import AsyncGroupsResource as AsyncGroupsResource
from .groups import GroupsResource as GroupsResource
from .members import AsyncMembersResource as AsyncMembersResource
from .members import MembersResource as MembersResource
