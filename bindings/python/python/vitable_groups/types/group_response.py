"""A single group as the API returns it."""

from __future__ import annotations

from .._models import BaseModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .group import Group

__all__ = ["GroupResponse"]


class GroupResponse(BaseModel):
    """The response to ``create``, ``retrieve`` and ``update``."""

    __slots__ = ()

    data: Group
