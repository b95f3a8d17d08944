"""Models and parameter types."""

from __future__ import annotations

from .group import Group as Group
from .group_response import GroupResponse as GroupResponse
from .plan import Plan as Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .group_create_params import GroupCreateParams as GroupCreateParams
    from .group_list_params import GroupListParams as GroupListParams
    from .group_update_params import GroupUpdateParams as GroupUpdateParams
    from .plan_list_params import PlanListParams as PlanListParams

_LAZY = {
    "GroupCreateParams": "group_create_params",
    "GroupListParams": "group_list_params",
    "GroupUpdateParams": "group_update_params",
    "PlanListParams": "plan_list_params",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
