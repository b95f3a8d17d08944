"""Requests to endpoints without a method of their own."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ._native import encode
from ._request import header_overrides, query_pairs, request_options
from ._types import not_given

if TYPE_CHECKING:
    from ._types import Pairs


def raw_parts(
    body: object | None,
    content: bytes | None,
    files: object | None,
    options: Mapping[str, Any] | None,
) -> tuple[bytes | None, Pairs, dict[str, Any]]:
    """Body, query and options of a call, from the arguments of ``get``, ``post`` and the like."""
    if body is not None and content is not None:
        raise TypeError("Passing both `body` and `content` is not supported")
    if files is not None:
        raise TypeError("this API does not accept files; pass `content` for bodies other than JSON")
    if isinstance(body, bytes):
        warnings.warn(
            "Passing raw bytes as `body` is deprecated; pass them as `content` instead",
            DeprecationWarning,
            stacklevel=4,
        )
        content, body = body, None
    given = dict(options or {})
    data = content
    if body is not None:
        extra = cast(Mapping[str, object], given.get("extra_json") or {})
        data = encode({**cast(Any, body), **extra} if extra else body)
    return data, query_pairs(given.get("params") or {}), _options(given)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("follow_redirects") is False:
        raise TypeError(
            "follow_redirects=False is not supported per call; build the client with "
            "http_client=DefaultHttpxClient(follow_redirects=False)"
        )
    limits = request_options(
        timeout=given.get("timeout", not_given), deadline=given.get("deadline", not_given)
    )
    options = limits or {}
    if given.get("headers"):
        options["headers"] = header_overrides(given["headers"])
    if given.get("max_retries") is not None:
        options["max_retries"] = given["max_retries"]
    for name in ("idempotency_key", "organization", "allow_other_origin"):
        if given.get(name) is not None:
            options[name] = given[name]
    return options
