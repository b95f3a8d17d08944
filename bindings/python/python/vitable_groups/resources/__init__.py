"""The API's operations, grouped by resource."""

from .groups import AsyncGroupsResource as AsyncGroupsResource
from .groups import GroupsResource as GroupsResource
from .plans import AsyncPlansResource as AsyncPlansResource
from .plans import PlansResource as PlansResource
