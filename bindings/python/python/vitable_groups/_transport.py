"""Adapters for the caller's own HTTP client: httpx, or one with its interface."""

from __future__ import annotations

import inspect
from typing import Any

Head = tuple[int, list[tuple[str, str]], str, str, str, object]


def check_kind(http_client: Any, is_async: bool) -> None:
    """Raises unless the HTTP client is a sync or async one, as the client requires."""
    send = getattr(http_client, "send", None)
    if send is None or not hasattr(http_client, "build_request"):
        raise TypeError(
            "Invalid `http_client` argument; Expected an instance of `httpx.Client` or of its "
            f"shape but got {type(http_client)}"
        )
    if inspect.iscoroutinefunction(send) != is_async:
        wanted = "httpx.AsyncClient" if is_async else "httpx.Client"
        raise TypeError(
            f"Invalid `http_client` argument; Expected an instance of `{wanted}` but got "
            f"{type(http_client)}"
        )


def adapter_of(http_client: Any, prepare: Any, is_async: bool) -> object:
    """An adapter of an HTTP client; ``prepare`` is called with each request before it is sent."""
    return (AsyncAdapter if is_async else SyncAdapter)(http_client, prepare)


class _Adapter:
    def __init__(self, http_client: Any, prepare: Any) -> None:
        self.http: Any = http_client
        self.prepare: Any = prepare

    def build(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | None,
        timeout: float | None,
        connect: float | None,
    ) -> Any:
        limits = {"connect": connect, "read": timeout, "write": timeout, "pool": timeout}
        return self.http.build_request(
            method, url, headers=headers, content=body, extensions={"timeout": limits}
        )

    def classify(self, error: BaseException) -> str:
        """The kind of failure that an exception means, by the class names of httpx."""
        names = {cls.__name__ for cls in type(error).__mro__}
        if names & {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"}:
            return "not_sent"
        return "timeout" if "TimeoutException" in names else "connection_lost"

    @staticmethod
    def head(response: Any, body: object) -> Head:
        version = getattr(response, "http_version", "HTTP/1.1")
        pairs = response.headers.multi_items()
        try:
            # If redirects were followed, the method of the last request.
            method = str(response.request.method)
        except (AttributeError, RuntimeError):
            method = ""
        return response.status_code, pairs, str(response.url), method, version, body


class SyncAdapter(_Adapter):
    """An adapter of ``httpx.Client``, used on the thread that makes the call."""

    def send(self, *request_parts: Any) -> Head:
        request = self.build(*request_parts)
        if self.prepare is not None:
            self.prepare(request)
        response = self.http.send(request, stream=True)
        return self.head(response, SyncBody(response))


class SyncBody:
    """A response body, read in chunks."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.chunks = iter(response.iter_bytes())

    def read(self) -> bytes | None:
        chunk: bytes | None = next(self.chunks, None)
        if chunk is None:
            self.release()
        return chunk

    def release(self) -> None:
        self.response.close()


class AsyncAdapter(_Adapter):
    """An adapter of ``httpx.AsyncClient``, used on the event loop of the call."""

    async def send(self, *request_parts: Any) -> Head:
        request = self.build(*request_parts)
        if self.prepare is not None:
            await self.prepare(request)
        response = await self.http.send(request, stream=True)
        return self.head(response, AsyncBody(response))


class AsyncBody:
    """A response body, read in chunks."""

    def __init__(self, response: Any) -> None:
        import asyncio

        self.loop = asyncio.get_running_loop()
        self.response: Any = response
        self.chunks = response.aiter_bytes().__aiter__()

    async def read(self) -> bytes | None:
        try:
            chunk: bytes = await self.chunks.__anext__()
        except StopAsyncIteration:
            await self.close()
            return None
        return chunk

    async def close(self) -> None:
        response, self.response = self.response, None
        if response is not None:
            await response.aclose()

    def release(self) -> None:
        """Closes an abandoned response; may be called from any thread."""
        if self.response is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(lambda: self.loop.create_task(self.close()))
