"""The caller's own HTTP client, which sends every attempt."""

from __future__ import annotations

import httpx
import pytest
from vitable_groups import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncVitableConnect,
    ConfigurationError,
    DefaultAsyncHttpxClient,
    NotFoundError,
    RequestOptions,
    Timeout,
)
from vitable_groups.testing import Sandbox

BASE = "https://api.example"
GROUP = {"data": {"id": "grp_1", "name": "A"}}


def client_of(handler: object, **options: object) -> AsyncVitableConnect:
    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))  # type: ignore[arg-type]
    return AsyncVitableConnect(api_key="k", base_url=BASE, http_client=http, **options)  # type: ignore[arg-type]


async def test_every_attempt_goes_through_it() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) < 3:
            return httpx.Response(503, headers={"retry-after-ms": "1"})
        return httpx.Response(200, json=GROUP)

    assert (await client_of(handler).groups.retrieve("grp_1")).data.name == "A"
    assert [request.headers["x-stainless-retry-count"] for request in seen] == ["0", "1", "2"]
    assert {request.headers["authorization"] for request in seen} == {"Bearer k"}
    assert seen[0].extensions["timeout"]["connect"] == 5.0


async def test_pages_go_through_it() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", 1))
        body = {"data": [{"id": f"g{page}"}], "pagination": {"page": page, "total_pages": 3}}
        return httpx.Response(200, json=body)

    assert [group.id async for group in client_of(handler).groups.list()] == ["g1", "g2", "g3"]


async def test_event_hooks_and_bodies() -> None:
    events: list[str] = []
    bodies: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(404, json={"message": "none"})

    async def hook(_: httpx.Request) -> None:
        events.append("request")

    transport = httpx.MockTransport(handler)
    http = httpx.AsyncClient(transport=transport, event_hooks={"request": [hook]})
    client = AsyncVitableConnect(api_key="k", base_url=BASE, http_client=http)
    with pytest.raises(NotFoundError):
        await client.groups.update("g", name="B")
    assert events == ["request"]
    assert bodies == [b'{"name":"B"}']


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (httpx.ConnectError("x"), APIConnectionError),
        (httpx.ReadTimeout("x"), APITimeoutError),
        (RuntimeError("own"), APIConnectionError),
    ],
)
async def test_its_exceptions_are_the_cause(
    raised: Exception, error: type[APIConnectionError]
) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(error) as caught:
        await client_of(handler, max_retries=0).groups.retrieve("g")
    assert caught.value.__cause__ is raised
    assert type(caught.value) is error


def test_its_timeout_is_adopted() -> None:
    def timeout(**given: object) -> object:
        http = httpx.AsyncClient(**given)  # type: ignore[arg-type]
        return AsyncVitableConnect(api_key="k", http_client=http).timeout

    assert timeout() == Timeout(60, connect=5.0)
    assert timeout(timeout=7) == Timeout(7)


async def test_real_httpx_clients(sandbox: Sandbox) -> None:
    async with DefaultAsyncHttpxClient() as http:
        client = sandbox.async_client(http_client=http)
        created = await client.groups.create(external_reference_id="a", name="A")
        assert [group.name async for group in client.groups.list()] == ["A"]
        sandbox.fault(operation="groups.retrieve", status=503, headers={"retry-after-ms": "1"})
        assert (await client.groups.retrieve(created.data.id)).data.name == "A"
        async with client.groups.with_streaming_response.list() as response:
            chunks = [bytes(chunk) async for chunk in response.iter_bytes(3)]
            assert b"".join(chunks).startswith(b'{"data"')
        await client.close()
        assert http.is_closed


async def test_respx() -> None:
    respx = pytest.importorskip("respx")
    with respx.mock(base_url=BASE) as router:
        router.get("/v1/groups/grp_1").respond(json=GROUP)
        client = AsyncVitableConnect(api_key="k", base_url=BASE, http_client=httpx.AsyncClient())
        assert (await client.groups.retrieve("grp_1")).data.name == "A"


async def test_prepare_request_is_awaited() -> None:
    class Mine(AsyncVitableConnect):
        async def _prepare_request(self, request: httpx.Request) -> None:
            await super()._prepare_request(request)
            request.headers["x-signed"] = request.url.path

    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-signed"])
        return httpx.Response(200, json=GROUP)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    await Mine(api_key="k", base_url=BASE, http_client=http).groups.retrieve("g")
    assert seen == ["/v1/groups/g"]


def test_prepare_request_needs_an_http_client() -> None:
    class Mine(AsyncVitableConnect):
        def _prepare_request(self, request: httpx.Request) -> None:
            request.headers["x-signed"] = "yes"

    with pytest.raises(ConfigurationError, match="pass `http_client="):
        Mine(api_key="k")


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_write_that_is_redirected_to_a_read_proves_nothing(status: int) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        if request.method == "GET":
            return httpx.Response(200, json=GROUP)
        return httpx.Response(status, headers={"location": "/v1/groups/grp_1"})

    seen: list[str] = []
    http = DefaultAsyncHttpxClient(transport=httpx.MockTransport(handler))
    client = AsyncVitableConnect(api_key="k", base_url=BASE, http_client=http)
    with pytest.raises(APIResponseValidationError, match="would not prove") as raised:
        await client.groups.create(external_reference_id="b", name="B")
    assert raised.value.outcome_unknown
    assert seen == ["POST", "GET"]


async def test_redirects_are_left_to_the_http_client() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        if request.url.path == "/v1/new":
            return httpx.Response(200, json=GROUP)
        return httpx.Response(307, headers={"location": "/v1/new"})

    seen: list[str] = []

    def client(**given: object) -> AsyncVitableConnect:
        http = DefaultAsyncHttpxClient(transport=httpx.MockTransport(handler), **given)  # type: ignore[arg-type]
        return AsyncVitableConnect(api_key="k", base_url=BASE, http_client=http, max_retries=0)

    options: RequestOptions = {"follow_redirects": True}
    assert await client().get("/v1/old", cast_to=object, options=options) == GROUP
    assert seen == ["/v1/old", "/v1/new"]
    with pytest.raises(APIStatusError) as raised:
        await client(follow_redirects=False).get("/v1/old", cast_to=object)
    assert raised.value.status_code == 307
    assert seen == ["/v1/old", "/v1/new", "/v1/old"]
    with pytest.raises(TypeError, match="follow_redirects=False is not supported per call"):
        await client().get("/v1/old", cast_to=object, options={"follow_redirects": False})
    assert len(seen) == 3, "nothing was sent"


async def test_cast_to_an_httpx_response(aclient: AsyncVitableConnect) -> None:
    response = await aclient.get("/v1/plans", cast_to=httpx.Response)
    assert isinstance(response, httpx.Response)
    assert len(response.json()["data"]) == 2
