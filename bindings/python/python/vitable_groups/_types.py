"""Sentinels, and the names that only type checkers need."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypedDict

    from ._timeouts import TimeoutLike

    Headers = Mapping[str, "str | Omit"]
    Query = Mapping[str, object]
    Body = object
    Pairs = list[tuple[str, str]]
    Overrides = list[tuple[str, str | None]]
    JSONDict = dict[str, Any]

    class RequestOptions(TypedDict, total=False):
        """Options of the raw verbs."""

        headers: Headers
        max_retries: int
        timeout: TimeoutLike | None
        params: Query
        extra_json: Mapping[str, object]
        idempotency_key: str
        follow_redirects: bool
        deadline: float | None
        organization: str
        allow_other_origin: bool
else:
    RequestOptions = dict

NoneType = type(None)


class NotGiven:
    """Says that an argument was not passed, where ``None`` means something."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "NOT_GIVEN" if self is NOT_GIVEN else "not_given"


class Omit:
    """Leaves something out that would be sent otherwise: a header, a body field."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "omit"


not_given = NotGiven()
NOT_GIVEN = NotGiven()
omit = Omit()


def is_given(value: object) -> bool:
    """Whether a value is neither of the sentinels."""
    return not isinstance(value, (NotGiven, Omit))
