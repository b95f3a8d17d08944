"""Responses with their metadata, the body read or not read yet."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Generic, TypeVar, overload

from ._exceptions import StreamAlreadyConsumed
from ._http import URL, Attempt, Headers, Request, Response, charset, loads
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


class APIResponse(BaseAPIResponse[R]):
    """A response of the sync client."""

    @overload
    def parse(self, *, to: type[T]) -> T: ...
    @overload
    def parse(self) -> R: ...
    def parse(self, *, to: type[Any] | None = None) -> Any:
        """The body as the operation's type, or as another type."""
        return self._parse(self.read(), to)

    def read(self) -> bytes:
        if self._content is None:
            self._content = b"".join(self._chunks())
        return self._content

    def text(self) -> str:
        return self._text(self.read())

    def json(self) -> object:
        return loads(self.read())

    def close(self) -> None:
        """Closes the response without reading the rest of the body."""
        self._closed = True
        if self._streamed is not None:
            self._streamed.close()

    def _chunks(self) -> Iterator[bytes]:
        streamed = self._start()
        if streamed is None:
            yield self._content or b""
            return
        while True:
            chunk: bytes | None = streamed.read().run()
            if chunk is None:
                break
            yield chunk
        self._closed = True

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yields the body in chunks."""
        if self._content is not None:
            yield from self._split(self._content, chunk_size)
            return
        held = b""
        for chunk in self._chunks():
            if chunk_size is None:
                yield chunk
                continue
            held += chunk
            while len(held) >= chunk_size:
                yield held[:chunk_size]
                held = held[chunk_size:]
        if held:
            yield held

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """Yields the body's text in chunks."""
        import codecs

        encoding = charset(self.headers.get("content-type", ""))
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for chunk in self.iter_bytes(chunk_size):
            yield decoder.decode(chunk)

    def iter_lines(self) -> Iterator[str]:
        """Yields the body's lines."""
        held = ""
        for chunk in self.iter_text():
            *lines, held = (held + chunk).split("\n")
            yield from (line.rstrip("\r") for line in lines)
        if held:
            yield held


class AsyncAPIResponse(BaseAPIResponse[R]):
    """A response of the asyncio client."""

    @overload
    async def parse(self, *, to: type[T]) -> T: ...
    @overload
    async def parse(self) -> R: ...
    async def parse(self, *, to: type[Any] | None = None) -> Any:
        """The body as the operation's type, or as another type."""
        return self._parse(await self.read(), to)

    async def read(self) -> bytes:
        if self._content is None:
            self._content = b"".join([chunk async for chunk in self._chunks()])
        return self._content

    async def text(self) -> str:
        return self._text(await self.read())

    async def json(self) -> object:
        return loads(await self.read())

    async def close(self) -> None:
        """Closes the response without reading the rest of the body."""
        self._closed = True
        if self._streamed is not None:
            self._streamed.close()

    async def _chunks(self) -> AsyncIterator[bytes]:
        from ._aio import run

        streamed = self._start()
        if streamed is None:
            yield self._content or b""
            return
        while True:
            chunk: bytes | None = await run(streamed.read())
            if chunk is None:
                break
            yield chunk
        self._closed = True

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yields the body in chunks."""
        if self._content is not None:
            for chunk in self._split(self._content, chunk_size):
                yield chunk
            return
        held = b""
        async for chunk in self._chunks():
            if chunk_size is None:
                yield chunk
                continue
            held += chunk
            while len(held) >= chunk_size:
                yield held[:chunk_size]
                held = held[chunk_size:]
        if held:
            yield held

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """Yields the body's text in chunks."""
        import codecs

        encoding = charset(self.headers.get("content-type", ""))
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        async for chunk in self.iter_bytes(chunk_size):
            yield decoder.decode(chunk)

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yields the body's lines."""
        held = ""
        async for chunk in self.iter_text():
            *lines, held = (held + chunk).split("\n")
            for line in lines:
                yield line.rstrip("\r")
        if held:
            yield held
