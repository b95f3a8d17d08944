"""Sending through an HTTP client that the caller brings, httpx or of its shape."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._base_client import BaseClient

Head = tuple[int, list[tuple[str, str]], str, str, str, object]


def check_kind(http_client: Any, is_async: bool) -> None:
    """Raises unless the HTTP client is of the kind that the client needs."""
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


def adapter_of(client: BaseClient) -> object:
    """The adapter of a client's HTTP client."""
    return (AsyncAdapter if client._is_async else SyncAdapter)(client)


class _Adapter:
    def __init__(self, client: BaseClient) -> None:
        self.http: Any = client._http_client
        self.prepare: Any = client._hook("_prepare_request")

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

    def judge(self, error: BaseException) -> str:
        """What an exception says about the request, by the names of httpx."""
        names = {cls.__name__ for cls in type(error).__mro__}
        if names & {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"}:
            return "not_sent"
        return "timeout" if "TimeoutException" in names else "broken"

    @staticmethod
    def head(response: Any, body: object) -> Head:
        version = getattr(response, "http_version", "HTTP/1.1")
        pairs = response.headers.multi_items()
        try:
            # That of the last request, where redirects were followed.
            method = str(response.request.method)
        except (AttributeError, RuntimeError):
            method = ""
        return response.status_code, pairs, str(response.url), method, version, body


class SyncAdapter(_Adapter):
    """Around ``httpx.Client``; used on the thread that made the call."""

    def send(self, *parts: Any) -> Head:
        request = self.build(*parts)
        if self.prepare is not None:
            self.prepare(request)
        response = self.http.send(request, stream=True)
        return self.head(response, SyncBody(response))


class SyncBody:
    """A body, piece by piece."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.pieces = iter(response.iter_bytes())

    def read(self) -> bytes | None:
        piece: bytes | None = next(self.pieces, None)
        if piece is None:
            self.release()
        return piece

    def release(self) -> None:
        self.response.close()


class AsyncAdapter(_Adapter):
    """Around ``httpx.AsyncClient``; used on the event loop of the call."""

    async def send(self, *parts: Any) -> Head:
        request = self.build(*parts)
        if self.prepare is not None:
            await self.prepare(request)
        response = await self.http.send(request, stream=True)
        return self.head(response, AsyncBody(response))


class AsyncBody:
    """A body, piece by piece."""

    def __init__(self, response: Any) -> None:
        import asyncio

        self.loop = asyncio.get_running_loop()
        self.response: Any = response
        self.pieces = response.aiter_bytes().__aiter__()

    async def read(self) -> bytes | None:
        try:
            piece: bytes = await self.pieces.__anext__()
        except StopAsyncIteration:
            await self.close()
            return None
        return piece

    async def close(self) -> None:
        response, self.response = self.response, None
        if response is not None:
            await response.aclose()

    def release(self) -> None:
        """Closes an answer that was given up; from any thread."""
        if self.response is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(lambda: self.loop.create_task(self.close()))
