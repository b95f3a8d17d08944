"""Responses with their metadata, the body read or not read yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .._http import charset, loads
from .._response_base import BaseAPIResponse
from .io import run

if TYPE_CHECKING:
    from types import TracebackType

R = TypeVar("R")
T = TypeVar("T")


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
            chunks: list[bytes] = []
            async for chunk in self._chunks():
                chunks.append(chunk)
            self._content = b"".join(chunks)
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


class AsyncResponseContextManager(Generic[R]):
    """Sends the request on entry and closes the response on exit."""

    def __init__(self, start: Any) -> None:
        self._start = start
        self._response: AsyncAPIResponse[R] | None = None

    async def __aenter__(self) -> AsyncAPIResponse[R]:
        response: AsyncAPIResponse[R] = await self._start()
        self._response = response
        return response

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._response is not None:
            await self._response.close()


class AsyncStreamedResource:
    """A resource whose methods return context managers around streamed responses."""

    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._resource, name)
        if hasattr(found, "_form"):
            return AsyncStreamedResource(found)

        def call(*args: Any, **kwargs: Any) -> AsyncResponseContextManager[Any]:
            return AsyncResponseContextManager(lambda: found(*args, **kwargs))

        return call

    def __dir__(self) -> list[str]:
        return dir(self._resource)
