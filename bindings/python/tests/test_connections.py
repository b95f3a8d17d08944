"""Connections whose I/O the waiting thread or the event loop does itself."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from vitable_groups import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncVitableConnect,
    VitableConnect,
)

BODY = b'{"data":{"id":"grp_1","name":"A","external_reference_id":"a","organization_id":"org_1"}}'


def plain(body: bytes = BODY, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", *headers]
    if not any(line.startswith("transfer-encoding") for line in headers):
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """A server with a scripted response for each path; counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.ended = threading.Semaphore(0)
        self.responses: dict[str, Callable[[socket.socket], bool]] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def respond(self, name: str, *chunks: bytes, pause: float = 0, close: bool = False) -> None:
        def respond(peer: socket.socket) -> bool:
            for number, chunk in enumerate(chunks):
                if pause and number:
                    time.sleep(pause)
                peer.sendall(chunk)
            return not close

        self.responses[f"/v1/groups/{name}"] = respond

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as lines:
            is_open = True
            while is_open and (first := lines.readline()):
                while lines.readline().strip():
                    pass
                is_open = self.responses[first.split()[1].decode()](peer)
        self.ended.release()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.listener.close()


@pytest.fixture(params=["sync", "async"])
def retrieve(request: pytest.FixtureRequest, server: Server) -> Iterator[Callable[..., str]]:
    """Retrieves a group, on one client and one loop."""
    if request.param == "sync":
        with VitableConnect(api_key="k", base_url=server.url, max_retries=0) as client:
            yield lambda name, **options: client.groups.retrieve(name, **options).data.name
        return
    loop = asyncio.new_event_loop()
    aclient = AsyncVitableConnect(api_key="k", base_url=server.url, max_retries=0)

    async def one(name: str, **options: float) -> str:
        return (await aclient.groups.retrieve(name, **options)).data.name

    yield lambda name, **options: loop.run_until_complete(one(name, **options))
    loop.run_until_complete(aclient.close())
    loop.close()


def test_one_connection_serves_many_calls(server: Server, retrieve: Callable[..., str]) -> None:
    server.respond("a", plain())
    assert [retrieve("a") for _ in range(20)] == ["A"] * 20
    assert server.connections == 1


def test_a_response_may_be_slow_and_chunked(server: Server, retrieve: Callable[..., str]) -> None:
    response = plain()
    server.respond("a", response[:9], response[9:99], response[99:-5], response[-5:], pause=0.08)
    chunked = plain(b"", "transfer-encoding: chunked")
    size = f"{len(BODY):x}\r\n".encode()
    server.respond("b", chunked, size + BODY[:20], BODY[20:] + b"\r\n0\r\n\r\n", pause=0.08)
    assert [retrieve("a"), retrieve("b"), retrieve("a")] == ["A"] * 3
    assert server.connections == 1


def test_compressed_and_large_responses(server: Server, retrieve: Callable[..., str]) -> None:
    server.respond("a", plain(gzip.compress(BODY), "content-encoding: gzip"))
    large = BODY.replace(b'"A"', b'"' + b"A" * 3_000_000 + b'"')
    server.respond("b", plain(large))
    assert retrieve("a") == "A"
    assert len(retrieve("b")) == 3_000_000
    assert retrieve("a") == "A"
    assert server.connections == 1


def test_a_closed_connection_is_not_reused(server: Server, retrieve: Callable[..., str]) -> None:
    server.respond("announced", plain(BODY, "connection: close"))
    server.respond("unannounced", plain(), close=True)
    for name in ("announced", "unannounced", "announced"):
        assert retrieve(name) == "A"
        assert server.ended.acquire(timeout=30), "the client closed it"
    assert server.connections == 3


def test_redirects_stay_within_the_origin(server: Server, retrieve: Callable[..., str]) -> None:
    server.respond("moved", plain(b"", "location: /v1/groups/a", status="307 Temporary Redirect"))
    server.respond("away", plain(b"", "location: http://127.0.0.2:9/x", status="302 Found"))
    server.respond("a", plain())
    assert retrieve("moved") == "A"
    with pytest.raises(APIStatusError, match="302"):
        retrieve("away")


def test_a_truncated_or_late_response(server: Server, retrieve: Callable[..., str]) -> None:
    server.respond("truncated", plain()[:-5], close=True)
    with pytest.raises(APIConnectionError):
        retrieve("truncated")
    release = threading.Event()
    server.responses["/v1/groups/late"] = lambda _: release.wait(30)
    for timeout in (0.02, 0.2):
        with pytest.raises(APITimeoutError):
            retrieve("late", timeout=timeout)
    release.set()
    server.respond("a", plain())
    assert retrieve("a") == "A"


def test_a_client_outlives_its_loops(server: Server) -> None:
    server.respond("a", plain())
    client = AsyncVitableConnect(api_key="k", base_url=server.url)

    async def some() -> list[str]:
        calls = [client.groups.retrieve("a") for _ in range(5)]
        return [response.data.name for response in await asyncio.gather(*calls)]

    assert [asyncio.run(some()) for _ in range(3)] == [["A"] * 5] * 3
    assert server.connections == 5


def flood(head: bytes, more: bytes) -> Callable[[socket.socket], bool]:
    """A response that never ends."""

    def respond(peer: socket.socket) -> bool:
        try:
            peer.sendall(head)
            while True:
                peer.sendall(more)
        except OSError:
            return False

    return respond


CHUNKS = flood(plain(b"", "transfer-encoding: chunked"), b"1\r\n \r\n" * 10_000)


def test_a_server_that_never_stops_sending(server: Server, retrieve: Callable[..., str]) -> None:
    server.responses["/v1/groups/interim"] = flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
    server.responses["/v1/groups/chunks"] = CHUNKS
    with pytest.raises(APIConnectionError):
        retrieve("interim", timeout=30)
    with pytest.raises(APITimeoutError):
        retrieve("chunks", timeout=0.5)
    for _ in range(2):
        assert server.ended.acquire(timeout=30), "the client closed it"
    server.respond("a", plain())
    assert retrieve("a") == "A"


async def test_an_endless_response_does_not_block_the_loop(server: Server) -> None:
    server.responses["/v1/groups/chunks"] = CHUNKS
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async with AsyncVitableConnect(api_key="k", base_url=server.url, max_retries=0) as client:
        ticking = asyncio.create_task(tick())
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.groups.retrieve("chunks", timeout=60), 0.5)
        ticking.cancel()
    assert ticks > 20
