"""What a subclass's ``_prepare_options`` gets: the options of a call before it is made."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from ._native import manifest
from ._request import header_overrides, query_overrides
from ._timeouts import Timeout, limits_of
from ._types import NotGiven, not_given, omit

if TYPE_CHECKING:
    from ._timeouts import TimeoutLike


class FinalRequestOptions:
    """Options of one call; the hook changes them, or returns others.

    ``headers`` and ``params`` are those of this call alone, beside the client's and the method's
    own; ``omit`` leaves a header out, None a parameter. Method, URL and body are the operation's.
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
        """The path, filled in."""
        return self._url

    def native(self, given: dict[str, Any] | None) -> dict[str, Any]:
        """The options that the call had, with what the hook made of these."""
        from ._base_client import native_retries

        made = dict(given or {})
        made["headers"] = header_overrides(self.headers)
        made["query"] = query_overrides(self.params)
        if not isinstance(self.timeout, NotGiven):
            made["timeout"], made["connect_timeout"] = limits_of(self.timeout)
        if self.max_retries is not None:
            made["max_retries"] = native_retries(self.max_retries)
        made["idempotency_key"] = self.idempotency_key
        return made

    def __repr__(self) -> str:
        # Headers and parameters may be credentials or personal data.
        return f"<FinalRequestOptions({self.method!r})>"


def of_operation(
    name: str, path: tuple[str, ...], native: dict[str, Any] | None
) -> FinalRequestOptions:
    """The options of a call of an operation."""
    method, template = _operations()[name]
    values = iter(path)
    parts = [next(values, part) if part[:1] == "{" else part for part in template.split("/")]
    return FinalRequestOptions(method.lower(), "/".join(parts), native)


@functools.cache
def _operations() -> dict[str, tuple[str, str]]:
    known = json.loads(manifest())["operations"]
    return {each["name"]: (each["method"], each["path"]) for each in known}
