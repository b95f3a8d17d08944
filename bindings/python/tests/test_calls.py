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
    VitableConnect,
    omit,
)
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, GroupResponse
from vitable_groups.types.groups.members import SyncRetrieveResponse, SyncSubmitResponse


def test_create_retrieve_update(client: VitableConnect) -> None:
    created = client.groups.create(external_reference_id="tier-1", name="Tier 1")
    assert isinstance(created, GroupResponse)
    assert isinstance(created.data, Group)
    assert isinstance(created.data.created_at, datetime.datetime)
    assert client.groups.retrieve(created.data.id) == created
    changed = client.groups.update(group_id=created.data.id, name="Gold")
    assert changed.data.name == "Gold"
    assert changed.data.external_reference_id == "tier-1"


def test_sync(client: VitableConnect, group: str) -> None:
    receipt = client.groups.members.sync.submit(group, members=(member(n) for n in range(3)))
    assert isinstance(receipt, SyncSubmitResponse)
    state = client.groups.members.sync.retrieve(receipt.data.request_id, group_id=group)
    assert isinstance(state, SyncRetrieveResponse)
    assert state.data.completed_at is not None
    assert state.data.results is not None
    assert len(state.data.results.added_group_member_ids) == 3
    assert state.data.results.failures == []


async def test_async_operations(aclient: AsyncVitableConnect) -> None:
    created = await aclient.groups.create(external_reference_id="tier-1", name="Tier 1")
    assert (await aclient.groups.retrieve(created.data.id)).data == created.data
    state = await aclient.groups.members.sync.submit_and_wait(created.data.id, members=[member()])
    assert state.data.results is not None
    assert len(state.data.results.added_group_member_ids) == 1
    page = await aclient.plans.list()
    assert [plan.name for plan in page.data] == ["Basic Care", "Premium Care"]


def test_keywords_only(client: VitableConnect) -> None:
    with pytest.raises(TypeError):
        client.groups.update("g", "name")  # type: ignore[misc]
    with pytest.raises(TypeError):
        client.groups.list(10)  # type: ignore[misc]
    with pytest.raises(TypeError):
        client.groups.create(name="n")  # type: ignore[call-arg]


@pytest.mark.parametrize("bad", ["", None])
def test_errors_for_empty_ids_name_the_parameter(client: VitableConnect, bad: str) -> None:
    with pytest.raises(ValueError, match="group_id"):
        client.groups.retrieve(bad)
    with pytest.raises(ValueError, match="group_id"):
        client.groups.members.sync.retrieve(bad, group_id=bad)
    with pytest.raises(ValueError, match="request_id"):
        client.groups.members.sync.retrieve(bad, group_id="g")


@pytest.mark.parametrize("bad", [".", "..", "%2e", "%2E%2e"])
def test_dot_segments_are_rejected(client: VitableConnect, bad: str) -> None:
    with pytest.raises(InvalidArgumentError, match="dot-segment"):
        client.groups.retrieve(bad)


def test_ids_are_encoded(client: VitableConnect, sandbox: Sandbox) -> None:
    for given in ["a/b?c#d é%20", ".hidden", "file.txt", "...", 5]:
        with pytest.raises(Exception, match="404"):
            client.groups.retrieve(given)  # type: ignore[arg-type]
    paths = [request["path"].rsplit("/", 1)[1] for request in sandbox.requests()]
    assert paths == ["a%2Fb%3Fc%23d%20%C3%A9%2520", ".hidden", "file.txt", "...", "5"]


def bodies(sandbox: Sandbox) -> list[str]:
    return [request["body"] for request in sandbox.requests()]


def test_absent_null_and_set_fields(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    client.groups.update(group)
    client.groups.update(group, name=None)
    client.groups.update(group, name=omit)
    client.groups.update(group, name=NOT_GIVEN)  # type: ignore[arg-type]
    client.groups.update(group, name="A", extra_body={"name": omit, "x": [1, None]})
    client.groups.list(extra_body={"ignored": 1})
    assert bodies(sandbox) == ["{}", '{"name":null}', "{}", "{}", '{"x":[1,null]}', ""]


def test_query_forms(client: VitableConnect, sandbox: Sandbox) -> None:
    other = client.with_options(default_query={"a": "default", "b": True})
    extra = {"a": [1, 2], "n": None, "o": {"k": "v", "l": {"m": 1}}, "flag": False}
    other.groups.list(limit=5, extra_query=extra)
    assert sandbox.requests()[0]["query"] == (
        "a=1%2C2&b=true&limit=5&o%5Bk%5D=v&o%5Bl%5D%5Bm%5D=1&flag=false"
    )
    other.groups.list(limit=5, extra_query={"limit": 7, "b": None})
    assert sandbox.requests()[1]["query"] == "a=default&limit=7"


def test_limit_zero_is_sent(client: VitableConnect, sandbox: Sandbox) -> None:
    with pytest.raises(Exception, match="400"):
        client.groups.list(limit=0)
    assert sandbox.requests()[0]["query"] == "limit=0"


def test_members_of_many_kinds(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
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
        client.groups.members.sync.submit(group, members=rows)
    assert bodies(sandbox) == [
        '{"members":[{"reference_id":"a","date_of_birth":"1990-01-02"},{"reference_id":"b"},'
        '{"reference_id":"c","phone":null,"unknown":1.5,"näme":"é\\n"}]}'
    ]


def test_members_as_text_or_mapping_pass_unchanged(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    for odd in ("text", {"a": 1}):
        with pytest.raises(Exception, match="400"):
            client.groups.members.sync.submit(group, members=odd)
    assert bodies(sandbox) == ['{"members":"text"}', '{"members":{"a":1}}']


def test_an_empty_roster_is_sent(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    client.groups.members.sync.submit(group, members=[])
    assert bodies(sandbox) == ['{"members":[]}']


def test_values_that_are_not_json_are_rejected_before_sending(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    with pytest.raises(ValueError, match="float"):
        client.groups.members.sync.submit(group, members=[{"x": float("nan")}])
    with pytest.raises(TypeError, match="not JSON serializable"):
        client.groups.members.sync.submit(group, members=[{"x": object()}])
    circle: dict[str, object] = {}
    circle["self"] = circle
    with pytest.raises(ValueError, match="contains itself"):
        client.groups.members.sync.submit(group, members=[circle])
    assert sandbox.requests() == []


def test_extra_headers(client: VitableConnect, sandbox: Sandbox) -> None:
    other = client.with_options(default_headers={"X-A": "1", "X-B": "1"})
    other.groups.list(extra_headers={"x-a": "2", "X-B": omit, "Accept": "text/plain"})
    headers = dict(sandbox.requests()[0]["headers"])
    assert headers["x-a"] == "2"
    assert "x-b" not in headers
    assert headers["accept"] == "text/plain"
    assert headers["authorization"] == "Bearer sandbox"


def test_find_and_get_or_create(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    found = client.groups.find_by_external_reference_id("tier-1")
    assert isinstance(found, Group)
    assert found.id == group
    assert client.groups.find_by_external_reference_id("none") is None
    same = client.groups.get_or_create(external_reference_id="tier-1", name="Other")
    assert same.id == group
    created = client.groups.get_or_create(external_reference_id="tier-2", name="Tier 2")
    assert created.name == "Tier 2"


async def test_async_find_and_get_or_create(aclient: AsyncVitableConnect) -> None:
    created = await aclient.groups.get_or_create(external_reference_id="a", name="A")
    found = await aclient.groups.find_by_external_reference_id("a")
    assert found == created


def test_submit_and_wait_reports_progress(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.settings(sync_delay_ms="never")
    seen = []

    def on_progress(progress: object) -> None:
        seen.append(progress)
        if len(seen) == 3:
            sandbox.complete_syncs()

    state = client.groups.members.sync.submit_and_wait(
        group, members=[member()], poll_interval=0.01, on_progress=on_progress
    )
    assert state.data.completed_at is not None
    assert [progress.polls for progress in seen] == [0, 1, 2, 3]
    assert seen[0].group_id == group
    assert seen[-1].state.results.failures == []


def test_a_callback_that_raises_ends_the_wait(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    sandbox.settings(sync_delay_ms="never")

    def on_progress(_: object) -> None:
        raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        client.groups.members.sync.submit_and_wait(
            group, members=[member()], on_progress=on_progress
        )


def test_a_wait_that_ends_early_can_be_resumed(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    from vitable_groups import DeadlineExceededError

    sandbox.settings(sync_delay_ms="never")
    with pytest.raises(DeadlineExceededError) as caught:
        client.groups.members.sync.submit_and_wait(
            group, members=[member()], poll_interval=0.01, deadline=0.1
        )
    assert caught.value.sync_handle is not None
    group_id, request_id = caught.value.sync_handle
    sandbox.complete_syncs()
    state = client.groups.members.sync.wait(request_id, group_id=group_id)
    assert state.data.request_id == request_id


def test_raw_methods(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    path = f"/v1/groups/{group}"
    assert client.get(path, cast_to=GroupResponse).data.id == group
    assert client.get(path, cast_to=object)["data"]["id"] == group  # type: ignore[index]
    assert json.loads(client.get(path, cast_to=str))["data"]["id"] == group
    assert json.loads(client.get(path, cast_to=bytes))["data"]["id"] == group
    changed = client.patch(path, cast_to=GroupResponse, body={"name": "B"})
    assert changed.data.name == "B"
    assert client.get(path, cast_to=type(None)) is None
    assert client.get(path, cast_to=dict[str, Group])["data"].name == "B"
    with pytest.raises(TypeError):
        client.post(path, cast_to=object, body={}, content=b"{}")
    with pytest.raises(TypeError):
        client.get(path, cast_to=pydantic.BaseModel)
    client.get(
        "/v1/groups", cast_to=object, options={"params": {"limit": 3}, "headers": {"a": "b"}}
    )
    last = sandbox.requests()[-1]
    assert last["query"] == "limit=3"
    assert ["a", "b"] in last["headers"]


def test_raw_lists(client: VitableConnect, group: str) -> None:
    from vitable_groups.pagination import SyncPageNumberPage

    page = client.get_api_list("/v1/groups", model=Group, page=SyncPageNumberPage)
    assert [item.id for item in page.data] == [group]


@pytest.mark.parametrize("empty", ["", " "])
def test_fault_10_empty_ids_are_rejected(
    client: VitableConnect, sandbox: Sandbox, empty: str
) -> None:
    with pytest.raises(ValueError, match="group_id"):
        client.groups.retrieve(empty)
    with pytest.raises(ValueError, match="request_id"):
        client.groups.members.sync.retrieve(empty, group_id="grp_1")
    assert not sandbox.requests()


def test_fault_11_a_datetime_of_birth_is_sent_as_its_date(
    client: VitableConnect, sandbox: Sandbox, group: str
) -> None:
    born = datetime.datetime(1990, 5, 15, 10, 30, tzinfo=datetime.timezone.utc)
    client.groups.members.sync.submit(group, members=[member(date_of_birth=born)])
    (request,) = sandbox.requests()
    assert json.loads(request["body"])["members"][0]["date_of_birth"] == "1990-05-15"
