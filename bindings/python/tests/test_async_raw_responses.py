"""Responses with their metadata, the body read or streamed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from vitable_groups import (
    AsyncAPIResponse,
    AsyncVitableConnect,
    NotFoundError,
    StreamAlreadyConsumed,
)
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, GroupResponse


async def test_raw(aclient: AsyncVitableConnect, sandbox: Sandbox, group: str) -> None:
    sandbox.fault(operation="groups.retrieve", status=503, headers={"retry-after-ms": "1"})
    response = await aclient.groups.with_raw_response.retrieve(group)
    assert isinstance(response, AsyncAPIResponse)
    assert response.status_code == 200
    assert response.retries_taken == 1
    assert [attempt.status for attempt in response.attempts] == [503, 200]
    assert response.headers["Content-Type"] == response.headers["content-type"]
    assert response.method == "GET"
    assert response.url.endswith(f"/v1/groups/{group}")
    assert response.http_version == "HTTP/1.1"
    assert response.elapsed > datetime.timedelta()
    assert response.is_closed
    parsed = await response.parse()
    assert isinstance(parsed, GroupResponse)
    assert parsed is await response.parse()
    assert (await response.parse(to=dict))["data"]["id"] == group
    assert (await response.json())["data"]["id"] == group  # type: ignore[index]
    chunks = [bytes(chunk) async for chunk in response.iter_bytes(7)]
    assert (await response.text()).encode() == await response.read() == b"".join(chunks)
    assert repr(response).startswith(f"<{AsyncAPIResponse.__name__} [200 OK] type=")
    assert response.http_response.json() == await response.json()


async def test_raw_everywhere(aclient: AsyncVitableConnect, group: str) -> None:
    raw = aclient.with_raw_response
    plans = await raw.plans.list()
    assert (await plans.parse()).data[0].name == "Basic Care"
    receipt = await (await raw.groups.members.sync.submit(group, members=[])).parse()
    state = await aclient.groups.members.with_raw_response.sync.retrieve(
        receipt.data.request_id, group_id=group
    )
    assert (await state.parse()).data.completed_at is not None
    again = await aclient.groups.members.sync.with_raw_response.submit(group, members=[])
    assert again.idempotency_key


async def test_pages_of_raw_responses(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 3, "prefix": "seed"})
    page = await (await aclient.groups.with_raw_response.list(limit=1)).parse()
    assert len([group.id async for group in page]) == 3
    assert isinstance((await page.get_next_page()).data[0], Group)


async def test_errors_are_raised_as_usual(aclient: AsyncVitableConnect) -> None:
    with pytest.raises(NotFoundError):
        await aclient.groups.with_raw_response.retrieve("none")
    with pytest.raises(NotFoundError):
        async with aclient.groups.with_streaming_response.retrieve("none"):
            pass


async def test_helpers_have_no_other_form(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    for form in (aclient.groups.with_raw_response, aclient.with_raw_response.groups):
        helpers: Any = form
        with pytest.raises(AttributeError, match="no raw response"):
            await helpers.find_by_external_reference_id("tier-1")
    assert sandbox.requests() == []


async def test_streaming(aclient: AsyncVitableConnect, sandbox: Sandbox, group: str) -> None:
    manager = aclient.groups.with_streaming_response.retrieve(group)
    assert sandbox.requests() == [], "nothing is sent before entry"
    async with manager as response:
        assert not response.is_closed
        assert (await response.parse()).data.id == group
    assert response.is_closed
    async with aclient.groups.with_streaming_response.retrieve(group) as response:
        text = "".join([str(part) async for part in response.iter_text()])
        assert group in text
        with pytest.raises(StreamAlreadyConsumed):
            await response.read()
    async with aclient.with_streaming_response.plans.list() as pages:
        lines = [line.strip() async for line in pages.iter_lines()]
        assert lines[0].startswith('{"data"')
    async with aclient.groups.with_streaming_response.list() as pages:
        assert [item.id async for item in await pages.parse()] == [group]


async def test_streamed_responses_have_metadata(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.fault(operation="groups.retrieve", status=503, headers={"retry-after-ms": "1"})
    async with aclient.groups.with_streaming_response.retrieve(group) as response:
        assert response.retries_taken == 1
        assert [attempt.status for attempt in response.attempts] == [503, 200]
        assert response.elapsed > datetime.timedelta()
        assert response.http_response.elapsed == response.elapsed
        assert response.method == "GET"
        assert response.url.endswith(f"/v1/groups/{group}")
        assert response.request_id == response.headers.get("x-request-id")
    create = aclient.groups.with_streaming_response.create
    async with create(external_reference_id="b", name="B") as response:
        assert response.idempotency_key
        assert not response.recovered
