"""The parts of responses that both clients share: metadata, and decoding."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from ._exceptions import StreamAlreadyConsumed
from ._http import URL, Attempt, Headers, Request, Response, charset
from ._native import NativeResponse, NativeStreamedResponse

R = TypeVar("R")
T = TypeVar("T")

Decode = Callable[[NativeResponse], Any]


class BaseAPIResponse(Generic[R]):
    """The base of sync and asyncio responses."""

    def __init__(
        self,
        response: NativeResponse | NativeStreamedResponse,
        cast_to: Any,
        decode: Decode,
        strict: bool,
    ) -> None:
        self._cast_to = cast_to
        self._decode = decode
        self._strict = strict
        self._parsed: dict[Any, Any] = {}
        self._head: NativeResponse | NativeStreamedResponse = response
        self._streamed = response if isinstance(response, NativeStreamedResponse) else None
        self._complete = response if isinstance(response, NativeResponse) else None
        self._content: bytes | None = None if self._complete is None else self._complete.content
        self._consumed = False
        self._closed = self._complete is not None

    @property
    def http_response(self) -> Response:
        """The response, with the attribute names of httpx."""
        return Response(
            self._head.status,
            self._head.headers,
            self._content or b"",
            request=self.http_request,
            http_version=self._head.http_version,
            elapsed=self._head.elapsed,
            reason=self._head.reason,
        )

    @property
    def http_request(self) -> Request:
        return Request(self._head.method, self._head.url)

    @property
    def headers(self) -> Headers:
        return Headers(self._head.headers)

    @property
    def status_code(self) -> int:
        return self._head.status

    @property
    def url(self) -> URL:
        return URL(self._head.url)

    @property
    def method(self) -> str:
        return self._head.method

    @property
    def http_version(self) -> str:
        return self._head.http_version

    @property
    def elapsed(self) -> datetime.timedelta:
        """Time from the first attempt to the end of the response, including waits.

        For a streamed response, up to the end of its headers.
        """
        return datetime.timedelta(seconds=self._head.elapsed)

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def retries_taken(self) -> int:
        """How many times the call was retried."""
        return self._head.retries

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt; the last one succeeded."""
        return [Attempt(*attempt) for attempt in self._head.attempts]

    @property
    def request_id(self) -> str | None:
        """The server's ID of the request, if a header carries it."""
        return self._head.request_id

    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key sent with every attempt of a write."""
        return self._head.idempotency_key

    @property
    def recovered(self) -> bool:
        """Whether an earlier attempt, whose response was lost, had applied the write."""
        return self._head.recovered

    @property
    def repeated(self) -> bool:
        """Whether a write was sent more than once, and an earlier attempt may have been applied."""
        return self._head.repeated

    def __repr__(self) -> str:
        reason = self._head.reason
        return f"<{type(self).__name__} [{self.status_code} {reason}] type={self._cast_to}>"

    def _text(self, content: bytes) -> str:
        return content.decode(charset(self.headers.get("content-type", "")), errors="replace")

    def _parse(self, content: bytes, to: Any) -> Any:
        key = to if to is not None else self._cast_to
        if key not in self._parsed:
            complete = self._complete
            if isinstance(self._head, NativeStreamedResponse):
                complete = self._head.completed(content)
            assert complete is not None
            if to is None:
                self._parsed[key] = self._decode(complete)
            else:
                from ._decode import decoded

                self._parsed[key] = decoded(complete, to, self._strict)
        return self._parsed[key]

    def _start(self) -> NativeStreamedResponse | None:
        if self._consumed and self._content is None:
            raise StreamAlreadyConsumed
        self._consumed = True
        return self._streamed

    def _split(self, content: bytes, size: int | None) -> Iterator[bytes]:
        step = size or max(len(content), 1)
        return (content[at : at + step] for at in range(0, len(content), step))
