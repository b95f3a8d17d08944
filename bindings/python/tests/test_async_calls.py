"""The operations, with the signatures of the official package."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass

import pydantic
import pytest
from conftest import member
from vitable_groups import (
    NOT_GIVEN,
    AsyncVitableConnect,
    InvalidArgumentError,
    omit,
)
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, GroupResponse
from vitable_groups.types.groups.members import SyncRetrieveResponse, SyncSubmitResponse


async def test_create_retrieve_update(aclient: AsyncVitableConnect) -> None:
    created = await aclient.groups.create(external_reference_id="tier-1", name="Tier 1")
    assert isinstance(created, GroupResponse)
    assert isinstance(created.data, Group)
    assert isinstance(created.data.created_at, datetime.datetime)
    assert await aclient.groups.retrieve(created.data.id) == created
    changed = await aclient.groups.update(group_id=created.data.id, name="Gold")
    assert changed.data.name == "Gold"
    assert changed.data.external_reference_id == "tier-1"


async def test_sync(aclient: AsyncVitableConnect, group: str) -> None:
    receipt = await aclient.groups.members.sync.submit(group, members=(member(n) for n in range(3)))
    assert isinstance(receipt, SyncSubmitResponse)
    state = await aclient.groups.members.sync.retrieve(receipt.data.request_id, group_id=group)
    assert isinstance(state, SyncRetrieveResponse)
    assert state.data.completed_at is not None
    assert state.data.results is not None
    assert len(state.data.results.added_group_member_ids) == 3
    assert state.data.results.failures == []


async def test_keywords_only(aclient: AsyncVitableConnect) -> None:
    with pytest.raises(TypeError):
        await aclient.groups.update("g", "name")  # type: ignore[misc]
    with pytest.raises(TypeError):
        await aclient.groups.list(10)  # type: ignore[misc]
    with pytest.raises(TypeError):
        await aclient.groups.create(name="n")  # type: ignore[call-arg]


@pytest.mark.parametrize("bad", ["", None])
async def test_errors_for_empty_ids_name_the_parameter(
    aclient: AsyncVitableConnect, bad: str
) -> None:
    with pytest.raises(ValueError, match="group_id"):
        await aclient.groups.retrieve(bad)
    with pytest.raises(ValueError, match="group_id"):
        await aclient.groups.members.sync.retrieve(bad, group_id=bad)
    with pytest.raises(ValueError, match="request_id"):
        await aclient.groups.members.sync.retrieve(bad, group_id="g")


@pytest.mark.parametrize("bad", [".", "..", "%2e", "%2E%2e"])
async def test_dot_segments_are_rejected(aclient: AsyncVitableConnect, bad: str) -> None:
    with pytest.raises(InvalidArgumentError, match="dot-segment"):
        await aclient.groups.retrieve(bad)


async def test_ids_are_encoded(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    for given in ["a/b?c#d é%20", ".hidden", "file.txt", "...", 5]:
        with pytest.raises(Exception, match="404"):
            await aclient.groups.retrieve(given)  # type: ignore[arg-type]
    paths = [request["path"].rsplit("/", 1)[1] for request in sandbox.requests()]
    assert paths == ["a%2Fb%3Fc%23d%20%C3%A9%2520", ".hidden", "file.txt", "...", "5"]


def bodies(sandbox: Sandbox) -> list[str]:
    return [request["body"] for request in sandbox.requests()]


async def test_absent_null_and_set_fields(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    await aclient.groups.update(group)
    await aclient.groups.update(group, name=None)
    await aclient.groups.update(group, name=omit)
    await aclient.groups.update(group, name=NOT_GIVEN)  # type: ignore[arg-type]
    await aclient.groups.update(group, name="A", extra_body={"name": omit, "x": [1, None]})
    await aclient.groups.list(extra_body={"ignored": 1})
    assert bodies(sandbox) == ["{}", '{"name":null}', "{}", "{}", '{"x":[1,null]}', ""]


async def test_query_forms(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    other = aclient.with_options(default_query={"a": "default", "b": True})
    extra = {"a": [1, 2], "n": None, "o": {"k": "v", "l": {"m": 1}}, "flag": False}
    await other.groups.list(limit=5, extra_query=extra)
    assert sandbox.requests()[0]["query"] == (
        "a=1%2C2&b=true&limit=5&o%5Bk%5D=v&o%5Bl%5D%5Bm%5D=1&flag=false"
    )
    await other.groups.list(limit=5, extra_query={"limit": 7, "b": None})
    assert sandbox.requests()[1]["query"] == "a=default&limit=7"


async def test_members_of_many_kinds(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    class Row(pydantic.BaseModel):
        reference_id: str
        date_of_birth: datetime.date
        email: str | None = None

    @dataclass
    class DataclassRow:
        reference_id: str

    rows = [
        Row(reference_id="a", date_of_birth=datetime.date(1990, 1, 2)),
        DataclassRow("b"),
        {"reference_id": "c", "phone": None, "unknown": 1.5, "näme": "é\n"},
    ]
    with pytest.raises(Exception, match="400"):
        await aclient.groups.members.sync.submit(group, members=rows)
    assert bodies(sandbox) == [
        '{"members":[{"reference_id":"a","date_of_birth":"1990-01-02"},{"reference_id":"b"},'
        '{"reference_id":"c","phone":null,"unknown":1.5,"näme":"é\\n"}]}'
    ]


async def test_members_as_text_or_mapping_pass_unchanged(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    for odd in ("text", {"a": 1}):
        with pytest.raises(Exception, match="400"):
            await aclient.groups.members.sync.submit(group, members=odd)
    assert bodies(sandbox) == ['{"members":"text"}', '{"members":{"a":1}}']


async def test_values_that_are_not_json_are_rejected_before_sending(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    with pytest.raises(ValueError, match="float"):
        await aclient.groups.members.sync.submit(group, members=[{"x": float("nan")}])
    with pytest.raises(TypeError, match="not JSON serializable"):
        await aclient.groups.members.sync.submit(group, members=[{"x": object()}])
    circle: dict[str, object] = {}
    circle["self"] = circle
    with pytest.raises(ValueError, match="contains itself"):
        await aclient.groups.members.sync.submit(group, members=[circle])
    assert sandbox.requests() == []


async def test_extra_headers(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    other = aclient.with_options(default_headers={"X-A": "1", "X-B": "1"})
    await other.groups.list(extra_headers={"x-a": "2", "X-B": omit, "Accept": "text/plain"})
    headers = dict(sandbox.requests()[0]["headers"])
    assert headers["x-a"] == "2"
    assert "x-b" not in headers
    assert headers["accept"] == "text/plain"
    assert headers["authorization"] == "Bearer sandbox"


async def test_find_and_get_or_create(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    found = await aclient.groups.find_by_external_reference_id("tier-1")
    assert isinstance(found, Group)
    assert found.id == group
    assert await aclient.groups.find_by_external_reference_id("none") is None
    same = await aclient.groups.get_or_create(external_reference_id="tier-1", name="Other")
    assert same.id == group
    created = await aclient.groups.get_or_create(external_reference_id="tier-2", name="Tier 2")
    assert created.name == "Tier 2"


async def test_submit_and_wait_reports_progress(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.settings(sync_delay_ms="never")
    seen = []

    def on_progress(progress: object) -> None:
        seen.append(progress)
        if len(seen) == 3:
            sandbox.complete_syncs()

    state = await aclient.groups.members.sync.submit_and_wait(
        group, members=[member()], poll_interval=0.01, on_progress=on_progress
    )
    assert state.data.completed_at is not None
    assert [progress.polls for progress in seen] == [0, 1, 2, 3]
    assert seen[0].group_id == group
    assert seen[-1].state.results.failures == []


async def test_a_callback_that_raises_ends_the_wait(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.settings(sync_delay_ms="never")

    def on_progress(_: object) -> None:
        raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        await aclient.groups.members.sync.submit_and_wait(
            group, members=[member()], on_progress=on_progress
        )


async def test_raw_methods(aclient: AsyncVitableConnect, sandbox: Sandbox, group: str) -> None:
    path = f"/v1/groups/{group}"
    assert (await aclient.get(path, cast_to=GroupResponse)).data.id == group
    assert (await aclient.get(path, cast_to=object))["data"]["id"] == group  # type: ignore[index]
    assert json.loads(await aclient.get(path, cast_to=str))["data"]["id"] == group
    assert json.loads(await aclient.get(path, cast_to=bytes))["data"]["id"] == group
    changed = await aclient.patch(path, cast_to=GroupResponse, body={"name": "B"})
    assert changed.data.name == "B"
    assert await aclient.get(path, cast_to=type(None)) is None
    assert (await aclient.get(path, cast_to=dict[str, Group]))["data"].name == "B"
    with pytest.raises(TypeError):
        await aclient.post(path, cast_to=object, body={}, content=b"{}")
    with pytest.raises(TypeError):
        await aclient.get(path, cast_to=pydantic.BaseModel)
    await aclient.get(
        "/v1/groups", cast_to=object, options={"params": {"limit": 3}, "headers": {"a": "b"}}
    )
    last = sandbox.requests()[-1]
    assert last["query"] == "limit=3"
    assert ["a", "b"] in last["headers"]


async def test_raw_lists(aclient: AsyncVitableConnect, group: str) -> None:
    from vitable_groups.pagination import AsyncPageNumberPage

    page = await aclient.get_api_list("/v1/groups", model=Group, page=AsyncPageNumberPage)
    assert [item.id for item in page.data] == [group]


@pytest.mark.parametrize("empty", ["", " "])
async def test_fault_10_empty_ids_are_rejected(
    aclient: AsyncVitableConnect, sandbox: Sandbox, empty: str
) -> None:
    with pytest.raises(ValueError, match="group_id"):
        await aclient.groups.retrieve(empty)
    with pytest.raises(ValueError, match="request_id"):
        await aclient.groups.members.sync.retrieve(empty, group_id="grp_1")
    assert not sandbox.requests()


async def test_fault_11_a_datetime_of_birth_is_sent_as_its_date(
    aclient: AsyncVitableConnect, sandbox: Sandbox, group: str
) -> None:
    born = datetime.datetime(1990, 5, 15, 10, 30, tzinfo=datetime.timezone.utc)
    await aclient.groups.members.sync.submit(group, members=[member(date_of_birth=born)])
    (request,) = sandbox.requests()
    assert json.loads(request["body"])["members"][0]["date_of_birth"] == "1990-05-15"
