"""What callers pass beside an operation's own parameters, in the native side's form."""

from __future__ import annotations

from ._timeouts import limits_of
from ._types import NotGiven, Omit, not_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ._timeouts import TimeoutLike
    from ._types import Body, Headers, Overrides, Pairs, Query


def request_options(
    extra_headers: Headers | None = None,
    extra_query: Query | None = None,
    extra_body: Body | None = None,
    timeout: TimeoutLike | NotGiven | None = not_given,
    deadline: float | NotGiven | None = not_given,
) -> dict[str, Any] | None:
    """Options of one call; None if there are none."""
    if (
        timeout is not_given
        and deadline is not_given
        and extra_headers is None
        and extra_query is None
        and extra_body is None
    ):
        return None
    made: dict[str, Any] = {}
    if extra_headers:
        made["headers"] = header_overrides(extra_headers)
    if extra_query:
        made["query"] = query_overrides(extra_query)
    if extra_body is not None:
        made["extra_body"] = body_overrides(extra_body)
    if not isinstance(timeout, NotGiven):
        made["timeout"], made["connect_timeout"] = limits_of(timeout)
    if not isinstance(deadline, NotGiven):
        made["deadline"] = deadline
    return made or None


def header_overrides(headers: Mapping[str, object]) -> Overrides:
    """Headers to set, and those to leave out."""
    return [
        (name, None if isinstance(value, Omit) else str(value))
        for name, value in headers.items()
        if not isinstance(value, NotGiven)
    ]


def query_pairs(query: Mapping[str, object]) -> Pairs:
    """A query as the API reads it: lists joined by commas, mappings as ``o[k]=v``."""
    pairs: Pairs = []
    for name, value in query.items():
        _add(pairs, name, value)
    return pairs


def query_overrides(query: Mapping[str, object]) -> Overrides:
    """As ``query_pairs``, where None takes a parameter away."""
    overrides: Overrides = []
    for name, value in query.items():
        if value is None:
            overrides.append((name, None))
        else:
            overrides += query_pairs({name: value})
    return overrides


def _add(pairs: Pairs, name: str, value: Any) -> None:
    if type(value) is int or type(value) is str:
        pairs.append((name, str(value)))
        return
    if value is None or isinstance(value, (NotGiven, Omit)):
        return
    if hasattr(value, "items"):
        for key, part in value.items():
            _add(pairs, f"{name}[{key}]", part)
    elif isinstance(value, (list, tuple)):
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        pairs.append((name, ",".join(_text(part) for part in items if part is not None)))
    else:
        pairs.append((name, _text(value)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


def body_overrides(body: Any) -> list[tuple[str, bytes | None]]:
    """Body fields to set, and those to leave out."""
    from ._native import encode

    if not hasattr(body, "items"):
        raise TypeError("extra_body is a mapping of body fields")
    return [
        (str(name), None if isinstance(value, (Omit, NotGiven)) else encode(value))
        for name, value in body.items()
    ]


def given(**fields: object) -> dict[str, object]:
    """The fields that were passed."""
    return {
        name: value for name, value in fields.items() if not isinstance(value, (NotGiven, Omit))
    }


def path_text(value: object) -> str:
    """A path parameter; the core refuses empty ones, by name."""
    return "" if value is None else str(value)
