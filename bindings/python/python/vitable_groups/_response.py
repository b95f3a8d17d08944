"""Answers with their metadata: read already, or still to be read."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable, Iterator
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    TypeVar,
    overload,
)

from ._exceptions import StreamAlreadyConsumed
from ._http import URL, Attempt, Headers, Request, Response, charset, loads
from ._native import Answer, Job, OpenAnswer

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    from ._base_client import BaseClient

    P = ParamSpec("P")

R = TypeVar("R")
T = TypeVar("T")

Decode = Callable[[Answer], Any]
Jobs = Callable[[bool], Job]


class BaseAPIResponse(Generic[R]):
    """What both kinds of answers have."""

    def __init__(
        self,
        client: BaseClient,
        answer: Answer | OpenAnswer,
        cast_to: Any,
        decode: Decode,
    ) -> None:
        self._client = client
        self._cast_to = cast_to
        self._decode = decode
        self._parsed: dict[Any, Any] = {}
        self._open = answer if isinstance(answer, OpenAnswer) else None
        self._answer = answer if isinstance(answer, Answer) else None
        self._content: bytes | None = answer.content if isinstance(answer, Answer) else None
        self._consumed = False
        self._closed = isinstance(answer, Answer)
        self._head: Answer | OpenAnswer = answer

    @property
    def http_response(self) -> Response:
        """The answer by the names of httpx."""
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
        """From the first attempt to the end of the answer, waits included.

        Where the body was still to be read, to the end of the head.
        """
        return datetime.timedelta(seconds=self._head.elapsed)

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def retries_taken(self) -> int:
        """How many times the call was sent again."""
        return self._head.retries

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt, the last one succeeded."""
        return [Attempt(*attempt) for attempt in self._head.attempts]

    @property
    def request_id(self) -> str | None:
        """The server's id of the request, if a header names it."""
        return self._head.request_id

    @property
    def idempotency_key(self) -> str | None:
        """The key that all attempts of a write carried."""
        return self._head.idempotency_key

    @property
    def recovered(self) -> bool:
        """Whether an earlier attempt, whose answer was lost, had done the write."""
        return self._head.recovered

    def __repr__(self) -> str:
        reason = self._head.reason
        return f"<{type(self).__name__} [{self.status_code} {reason}] type={self._cast_to}>"

    def _text(self, content: bytes) -> str:
        return content.decode(charset(self.headers.get("content-type", "")), errors="replace")

    def _parse(self, content: bytes, to: Any) -> Any:
        key = to if to is not None else self._cast_to
        if key not in self._parsed:
            if to is None and self._answer is not None:
                made = self._decode(self._answer)
            else:
                from ._decode import decoded

                strict = self._client._strict_response_validation
                answer = self._answer
                if isinstance(self._head, OpenAnswer):
                    answer = self._head.completed(content)
                assert answer is not None
                made = self._decode(answer) if to is None else decoded(answer, to, strict)
            self._parsed[key] = made
        return self._parsed[key]

    def _start(self) -> OpenAnswer | None:
        if self._consumed and self._content is None:
            raise StreamAlreadyConsumed
        self._consumed = True
        return self._open

    def _cut(self, content: bytes, size: int | None) -> Iterator[bytes]:
        step = size or max(len(content), 1)
        return (content[at : at + step] for at in range(0, len(content), step))


class APIResponse(BaseAPIResponse[R]):
    """An answer of the sync client."""

    @overload
    def parse(self, *, to: type[T]) -> T: ...
    @overload
    def parse(self) -> R: ...
    def parse(self, *, to: type[Any] | None = None) -> Any:
        """The body as the operation returns it, or as another type."""
        return self._parse(self.read(), to)

    def read(self) -> bytes:
        if self._content is None:
            self._content = b"".join(self._pieces())
        return self._content

    def text(self) -> str:
        return self._text(self.read())

    def json(self) -> object:
        return loads(self.read())

    def close(self) -> None:
        """Gives the rest of the body up."""
        self._closed = True
        if self._open is not None:
            self._open.close()

    def _pieces(self) -> Iterator[bytes]:
        answer = self._start()
        if answer is None:
            yield self._content or b""
            return
        while True:
            piece: bytes | None = answer.read().run()
            if piece is None:
                break
            yield piece
        self._closed = True

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body, piece by piece."""
        if self._content is not None:
            yield from self._cut(self._content, chunk_size)
            return
        held = b""
        for piece in self._pieces():
            if chunk_size is None:
                yield piece
                continue
            held += piece
            while len(held) >= chunk_size:
                yield held[:chunk_size]
                held = held[chunk_size:]
        if held:
            yield held

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """The body's text, piece by piece."""
        import codecs

        encoding = charset(self.headers.get("content-type", ""))
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for piece in self.iter_bytes(chunk_size):
            yield decoder.decode(piece)

    def iter_lines(self) -> Iterator[str]:
        """The body's lines."""
        held = ""
        for piece in self.iter_text():
            *lines, held = (held + piece).split("\n")
            yield from (line.rstrip("\r") for line in lines)
        if held:
            yield held


class AsyncAPIResponse(BaseAPIResponse[R]):
    """An answer of the asyncio client."""

    @overload
    async def parse(self, *, to: type[T]) -> T: ...
    @overload
    async def parse(self) -> R: ...
    async def parse(self, *, to: type[Any] | None = None) -> Any:
        """The body as the operation returns it, or as another type."""
        return self._parse(await self.read(), to)

    async def read(self) -> bytes:
        if self._content is None:
            self._content = b"".join([piece async for piece in self._pieces()])
        return self._content

    async def text(self) -> str:
        return self._text(await self.read())

    async def json(self) -> object:
        return loads(await self.read())

    async def close(self) -> None:
        """Gives the rest of the body up."""
        self._closed = True
        if self._open is not None:
            self._open.close()

    async def _pieces(self) -> AsyncIterator[bytes]:
        from ._aio import run

        answer = self._start()
        if answer is None:
            yield self._content or b""
            return
        while True:
            piece: bytes | None = await run(answer.read())
            if piece is None:
                break
            yield piece
        self._closed = True

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The body, piece by piece."""
        if self._content is not None:
            for piece in self._cut(self._content, chunk_size):
                yield piece
            return
        held = b""
        async for piece in self._pieces():
            if chunk_size is None:
                yield piece
                continue
            held += piece
            while len(held) >= chunk_size:
                yield held[:chunk_size]
                held = held[chunk_size:]
        if held:
            yield held

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """The body's text, piece by piece."""
        import codecs

        encoding = charset(self.headers.get("content-type", ""))
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        async for piece in self.iter_bytes(chunk_size):
            yield decoder.decode(piece)

    async def iter_lines(self) -> AsyncIterator[str]:
        """The body's lines."""
        held = ""
        async for piece in self.iter_text():
            *lines, held = (held + piece).split("\n")
            for line in lines:
                yield line.rstrip("\r")
        if held:
            yield held
