"""Calls of paths that are not modelled."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from . import _logs
from ._native import Job, encode
from ._request import header_overrides, query_pairs, request_options
from ._types import not_given

if TYPE_CHECKING:
    from ._base_client import BaseClient


def raw_job(
    client: BaseClient,
    method: str,
    path: str,
    body: object | None,
    content: bytes | None,
    files: object | None,
    options: Mapping[str, Any] | None,
) -> Job:
    """A call of a path, with the options of the raw verbs."""
    if body is not None and content is not None:
        raise TypeError("Passing both `body` and `content` is not supported")
    if files is not None:
        raise TypeError("this API takes no files; pass `content` for other bodies than JSON")
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
    made = _options(given)
    _logs.follow()
    query = query_pairs(given.get("params") or {})
    return client._connected().raw(method, path, query, data, made)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    made = request_options(
        timeout=given.get("timeout", not_given), deadline=given.get("deadline", not_given)
    )
    made = made or {}
    if given.get("headers"):
        made["headers"] = header_overrides(given["headers"])
    if given.get("max_retries") is not None:
        made["max_retries"] = given["max_retries"]
    for name in ("idempotency_key", "organization", "allow_other_origin"):
        if given.get(name) is not None:
            made[name] = given[name]
    return made
