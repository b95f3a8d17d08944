"""Requests and responses, with the attribute names of httpx."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit


def loads(content: bytes, **kwargs: Any) -> Any:
    """Parses a JSON body; ``ValueError`` if it is not JSON or nested too deeply."""
    import json

    try:
        return json.loads(content, **kwargs)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None


class Attempt(NamedTuple):
    """One attempt of a call."""

    status: int | None
    """The status of the response, if there was one."""
    reason: str
    """Why the attempt failed."""
    delay: float | None
    """Seconds waited before the next attempt."""
    elapsed: float
    """Seconds the attempt took."""


class URL(str):
    """A URL: a string with access to its components."""

    __slots__ = ()

    @property
    def scheme(self) -> str:
        return urlsplit(self).scheme

    @property
    def host(self) -> str:
        return urlsplit(self).hostname or ""

    @property
    def port(self) -> int | None:
        return urlsplit(self).port

    @property
    def path(self) -> str:
        return urlsplit(self).path

    @property
    def query(self) -> bytes:
        return urlsplit(self).query.encode()


class Headers(Mapping[str, str]):
    """Header fields; names are case-insensitive, repeated fields are joined by commas."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def get_list(self, key: str) -> list[str]:
        """All values of a repeated field."""
        return [value for name, value in self._pairs if name == key.lower()]

    def multi_items(self) -> list[tuple[str, str]]:
        """All fields, including repeated ones."""
        return list(self._pairs)

    def __getitem__(self, key: str) -> str:
        values = self.get_list(key)
        if not values:
            raise KeyError(key)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._pairs))

    def __len__(self) -> int:
        return len(dict(self._pairs))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self.get_list(key))

    def __repr__(self) -> str:
        # Values may hold credentials or personal data.
        return f"Headers({list(self)})"


class Request:
    """A request. Headers and body are not kept: they hold credentials and member data."""

    __slots__ = ("method", "url")

    method: str
    url: URL

    def __init__(self, method: str, url: str | URL) -> None:
        self.method = method
        self.url = URL(url)

    def __repr__(self) -> str:
        return f"<Request({self.method!r}, {self.url!r})>"


class Response:
    """A complete response."""

    __slots__ = (
        "content",
        "elapsed",
        "headers",
        "http_version",
        "reason_phrase",
        "request",
        "status_code",
    )

    def __init__(
        self,
        status_code: int,
        headers: Sequence[tuple[str, str]],
        content: bytes,
        *,
        request: Request,
        http_version: str = "HTTP/1.1",
        elapsed: float = 0.0,
        reason: str = "",
    ) -> None:
        self.status_code = status_code
        self.headers = Headers(headers)
        self.content = content
        self.request = request
        self.http_version = http_version
        self.elapsed = datetime.timedelta(seconds=elapsed)
        self.reason_phrase = reason or _reason(status_code)

    @property
    def url(self) -> URL:
        return self.request.url

    @property
    def is_closed(self) -> bool:
        return True

    @property
    def is_success(self) -> bool:
        return 200 <= self.status_code < 300

    @property
    def is_error(self) -> bool:
        return self.status_code >= 400

    @property
    def encoding(self) -> str:
        return charset(self.headers.get("content-type", ""))

    @property
    def text(self) -> str:
        return self.content.decode(self.encoding, errors="replace")

    def read(self) -> bytes:
        return self.content

    def json(self, **kwargs: Any) -> Any:
        return loads(self.content, **kwargs)

    def close(self) -> None:
        """Does nothing: the response is complete."""

    def __repr__(self) -> str:
        return f"<Response [{self.status_code} {self.reason_phrase}]>"


def charset(content_type: str) -> str:
    """The encoding that a content type names; UTF-8 if it names no known one."""
    import codecs

    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            try:
                return codecs.lookup(value.strip().strip("\"'")).name
            except LookupError:
                break
    return "utf-8"


def _reason(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
