"""Sentinels and type aliases."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeVar

    T = TypeVar("T")
    Headers = Mapping[str, "str | Omit"]
    Query = Mapping[str, object]
    Body = object
    Options = dict[str, Any] | None
    Pairs = list[tuple[str, str]]
    Overrides = list[tuple[str, str | None]]
    JSONDict = dict[str, Any]

NoneType = type(None)


class NotGiven:
    """Marks an argument that was not passed, where ``None`` has a meaning of its own."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "NOT_GIVEN" if self is NOT_GIVEN else "not_given"


class Omit:
    """Omits a header or body field that would be sent otherwise."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "omit"


not_given = NotGiven()
NOT_GIVEN = NotGiven()
omit = Omit()


def is_given(value: object) -> bool:
    """Whether a value is not one of the sentinels."""
    return not isinstance(value, (NotGiven, Omit))
