"""The options of a call, as passed to the ``_prepare_options`` hook of a subclass."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from ._native import manifest
from ._request import header_overrides, native_retries, query_overrides
from ._timeouts import Timeout, limits_of
from ._types import NotGiven, not_given, omit

if TYPE_CHECKING:
    from ._timeouts import TimeoutLike


class FinalRequestOptions:
    """Options of one call; the hook changes them or returns others.

    ``headers`` and ``params`` apply to this call only, in addition to those of the client and the
    method; ``omit`` omits a header, ``None`` a parameter. Method, URL and body cannot be changed.
    """

    __slots__ = (
        "_method",
        "_url",
        "headers",
        "idempotency_key",
        "max_retries",
        "params",
        "timeout",
    )

    headers: dict[str, Any]
    params: dict[str, Any]
    timeout: TimeoutLike | NotGiven | None
    max_retries: float | None
    idempotency_key: str | None

    def __init__(self, method: str, url: str, native: dict[str, Any] | None) -> None:
        given = native or {}
        self._method = method
        self._url = url
        self.headers = {
            name: omit if value is None else value for name, value in given.get("headers", ())
        }
        self.params = dict(given.get("query", ()))
        self.timeout = not_given
        if "timeout" in given:
            limit = given["timeout"]
            self.timeout = Timeout(limit, connect=given["connect_timeout"])
        self.max_retries = given.get("max_retries")
        self.idempotency_key = given.get("idempotency_key")

    @property
    def method(self) -> str:
        return self._method

    @property
    def url(self) -> str:
        """The path, with its parameters filled in."""
        return self._url

    def native(self, given: dict[str, Any] | None) -> dict[str, Any]:
        """The options of the call, updated with those that the hook returned."""
        options = dict(given or {})
        options["headers"] = header_overrides(self.headers)
        options["query"] = query_overrides(self.params)
        if not isinstance(self.timeout, NotGiven):
            options["timeout"], options["connect_timeout"] = limits_of(self.timeout)
        if self.max_retries is not None:
            options["max_retries"] = native_retries(self.max_retries)
        options["idempotency_key"] = self.idempotency_key
        return options

    def __repr__(self) -> str:
        # Headers and parameters may hold credentials or personal data.
        return f"<FinalRequestOptions({self.method!r})>"


def of_operation(
    name: str, path: tuple[str, ...], native: dict[str, Any] | None
) -> FinalRequestOptions:
    """The options of an operation's call."""
    method, template = _operations()[name]
    values = iter(path)
    segments = [next(values, part) if part[:1] == "{" else part for part in template.split("/")]
    return FinalRequestOptions(method.lower(), "/".join(segments), native)


@functools.cache
def _operations() -> dict[str, tuple[str, str]]:
    operations = json.loads(manifest())["operations"]
    return {each["name"]: (each["method"], each["path"]) for each in operations}
