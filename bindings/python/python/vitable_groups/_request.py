"""Request options: from what callers pass to the form that the native module takes."""

from __future__ import annotations

from ._timeouts import limits_of
from ._types import NotGiven, Omit, not_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypedDict

    from ._timeouts import TimeoutLike
    from ._types import Body, Headers, Overrides, Pairs, Query

    class RequestOptions(TypedDict, total=False):
        """Options of ``get``, ``post``, ``put``, ``patch`` and ``delete``."""

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

#: The forms of a result: a model, a raw response, a response whose body is not read yet.
PARSED, RAW, STREAMED = "parsed", "raw", "streamed"

#: The core's value for unlimited retries.
UNLIMITED = 2**32 - 1


def request_options(
    extra_headers: Headers | None = None,
    extra_query: Query | None = None,
    extra_body: Body | None = None,
    timeout: TimeoutLike | NotGiven | None = not_given,
    deadline: float | NotGiven | None = not_given,
) -> dict[str, Any] | None:
    """Options of one call; ``None`` if there are none."""
    if (
        timeout is not_given
        and deadline is not_given
        and extra_headers is None
        and extra_query is None
        and extra_body is None
    ):
        return None
    options: dict[str, Any] = {}
    if extra_headers:
        options["headers"] = header_overrides(extra_headers)
    if extra_query:
        options["query"] = query_overrides(extra_query)
    if extra_body is not None:
        options["extra_body"] = body_overrides(extra_body)
    if not isinstance(timeout, NotGiven):
        options["timeout"], options["connect_timeout"] = limits_of(timeout)
    if not isinstance(deadline, NotGiven):
        options["deadline"] = deadline
    return options or None


def header_overrides(headers: Mapping[str, object]) -> Overrides:
    """Headers to set; ``None`` omits a header."""
    return [
        (name, None if isinstance(value, Omit) else str(value))
        for name, value in headers.items()
        if not isinstance(value, NotGiven)
    ]


def query_pairs(query: Mapping[str, object]) -> Pairs:
    """Query parameters as the API reads them: lists joined by commas, mappings as ``o[k]=v``."""
    pairs: Pairs = []
    for name, value in query.items():
        _add(pairs, name, value)
    return pairs


def query_overrides(query: Mapping[str, object]) -> Overrides:
    """Like ``query_pairs``, but ``None`` omits a parameter."""
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
        for key, item in value.items():
            _add(pairs, f"{name}[{key}]", item)
    elif isinstance(value, (list, tuple)):
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        pairs.append((name, ",".join(_text(item) for item in items if item is not None)))
    else:
        pairs.append((name, _text(value)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


def body_overrides(body: Any) -> list[tuple[str, bytes | None]]:
    """Body fields to set; ``None`` omits a field."""
    from ._native import encode

    if not hasattr(body, "items"):
        raise TypeError("extra_body must be a mapping of body fields")
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
    """A path parameter; the core rejects empty ones, naming the parameter."""
    return "" if value is None else str(value)


def native_retries(given: Any) -> int:
    """``max_retries`` as the core takes it."""
    return int(min(retries_of(given), UNLIMITED))


def retries_of(given: Any) -> float:
    """``max_retries``, validated: 0, 1, 2, ... or infinity."""
    if given is None or isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(
            "max_retries cannot be None. If you want to disable retries, pass `0`; if you want "
            "unlimited retries, pass `math.inf` or a very high number"
        )
    if not given >= 0:
        raise ValueError("max_retries cannot be negative")
    retries: float = given
    return retries
