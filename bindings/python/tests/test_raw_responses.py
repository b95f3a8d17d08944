"""Responses with their metadata, the body read or streamed."""

from __future__ import annotations

import datetime

import pytest
from vitable_groups import (
    APIResponse,
    AsyncAPIResponse,
    AsyncVitableConnect,
    NotFoundError,
    StreamAlreadyConsumed,
    VitableConnect,
)
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, GroupResponse


def test_raw(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    sandbox.fault(operation="groups.retrieve", status=503, headers={"retry-after-ms": "1"})
    response = client.groups.with_raw_response.retrieve(group)
    assert isinstance(response, APIResponse)
    assert response.status_code == 200
    assert response.retries_taken == 1
    assert [attempt.status for attempt in response.attempts] == [503, 200]
    assert response.headers["Content-Type"] == response.headers["content-type"]
    assert response.method == "GET"
    assert response.url.endswith(f"/v1/groups/{group}")
    assert response.http_version == "HTTP/1.1"
    assert response.elapsed > datetime.timedelta()
    assert response.is_closed
    parsed = response.parse()
    assert isinstance(parsed, GroupResponse)
    assert parsed is response.parse()
    assert response.parse(to=dict)["data"]["id"] == group
    assert response.json()["data"]["id"] == group  # type: ignore[index]
    assert response.text().encode() == response.read() == b"".join(response.iter_bytes(7))
    assert repr(response).startswith("<APIResponse [200 OK] type=")
    assert response.http_response.json() == response.json()


def test_raw_everywhere(client: VitableConnect, group: str) -> None:
    raw = client.with_raw_response
    assert raw.plans.list().parse().data[0].name == "Basic Care"
    receipt = raw.groups.members.sync.submit(group, members=[]).parse()
    state = client.groups.members.with_raw_response.sync.retrieve(
        receipt.data.request_id, group_id=group
    )
    assert state.parse().data.completed_at is not None
    assert client.groups.members.sync.with_raw_response.submit(group, members=[]).idempotency_key


def test_pages_of_raw_responses(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 3, "prefix": "seed"})
    page = client.groups.with_raw_response.list(limit=1).parse()
    assert len(list(page)) == 3
    assert isinstance(page.get_next_page().data[0], Group)


def test_errors_are_raised_as_usual(client: VitableConnect) -> None:
    with pytest.raises(NotFoundError):
        client.groups.with_raw_response.retrieve("none")
    with pytest.raises(NotFoundError), client.groups.with_streaming_response.retrieve("none"):
        pass


def test_streaming(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    manager = client.groups.with_streaming_response.retrieve(group)
    assert sandbox.requests() == [], "nothing is sent before entry"
    with manager as response:
        assert not response.is_closed
        assert response.parse().data.id == group
    assert response.is_closed
    with client.groups.with_streaming_response.retrieve(group) as response:
        text = "".join(response.iter_text())
        assert group in text
        with pytest.raises(StreamAlreadyConsumed):
            response.read()
    with client.with_streaming_response.plans.list() as pages:
        assert next(pages.iter_lines()).startswith('{"data"')
    with client.groups.with_streaming_response.list() as pages:
        assert [item.id for item in pages.parse()] == [group]


def test_streamed_responses_have_metadata(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.fault(operation="groups.retrieve", status=503, headers={"retry-after-ms": "1"})
    with client.groups.with_streaming_response.retrieve(group) as response:
        assert response.retries_taken == 1
        assert [attempt.status for attempt in response.attempts] == [503, 200]
        assert response.elapsed > datetime.timedelta()
        assert response.http_response.elapsed == response.elapsed
        assert response.method == "GET"
        assert response.url.endswith(f"/v1/groups/{group}")
        assert response.request_id == response.headers.get("x-request-id")
    create = client.groups.with_streaming_response.create
    with create(external_reference_id="b", name="B") as response:
        assert response.idempotency_key
        assert not response.recovered


async def test_async_streamed_responses_have_metadata(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="plans.list", status=503, headers={"retry-after-ms": "1"})
    async with aclient.plans.with_streaming_response.list() as response:
        assert response.retries_taken == 1
        assert [attempt.status for attempt in response.attempts] == [503, 200]
        assert response.elapsed > datetime.timedelta()


async def test_async(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    created = await aclient.groups.with_raw_response.create(external_reference_id="a", name="A")
    assert isinstance(created, AsyncAPIResponse)
    group = (await created.parse()).data
    page = await (await aclient.groups.with_raw_response.list()).parse()
    assert [item.id async for item in page] == [group.id]
    async with aclient.groups.with_streaming_response.retrieve(group.id) as response:
        assert (await response.parse()).data == group
    async with aclient.plans.with_streaming_response.list() as response:
        chunks = [chunk async for chunk in response.iter_bytes(5)]
        assert b"".join(chunks).startswith(b'{"data"')
    async with aclient.with_streaming_response.plans.list() as response:
        assert len((await response.parse()).data) == 2
    assert (await aclient.get("/v1/plans", cast_to=object)) is not None
