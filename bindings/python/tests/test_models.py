"""Models: lenient decoding, validation, dumping, copying."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from typing import Dict, List, Optional, Union  # noqa: UP035

import pydantic
import pytest
from vitable_groups import APIResponseValidationError, BaseModel, VitableConnect
from vitable_groups._native import decode
from vitable_groups.pagination import SyncPageNumberPage
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, GroupResponse
from vitable_groups.types.groups.members.sync_retrieve_response import Data, DataResults

UTC = datetime.timezone.utc
FULL = {
    "id": "grp_1",
    "created_at": "2026-01-15T10:30:00Z",
    "external_reference_id": "tier-1",
    "name": "Tier 1",
    "organization_id": "org_1",
    "updated_at": None,
}


def group(**fields: object) -> Group:
    model: Group = decode(json.dumps(fields).encode(), Group)
    return model


def test_missing_null_wrong_and_extra() -> None:
    model = group(id=7, name=None, tier={"a": [1]}, created_at="soon")
    assert model.id == 7  # type: ignore[comparison-overlap]
    assert model.name is None
    assert model.organization_id is None
    assert model.created_at == "soon"  # type: ignore[comparison-overlap]
    assert model.tier == {"a": [1]}
    assert model.model_fields_set == {"id", "name", "created_at"}
    assert model.model_extra == {"tier": {"a": [1]}}
    with pytest.raises(AttributeError, match="'Group' object has no attribute 'other'"):
        model.other  # noqa: B018


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-01-15T10:30:00Z", datetime.datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-01-15 10:30", datetime.datetime(2026, 1, 15, 10, 30)),
        (
            "2026-01-15T10:30:00.123456789+02:00",
            datetime.datetime(
                2026, 1, 15, 10, 30, 0, 123456, datetime.timezone(datetime.timedelta(hours=2))
            ),
        ),
        ("2026-01-15T10:30:00.5-0030", datetime.datetime(2026, 1, 15, 11, 0, 0, 500000, UTC)),
        (1_768_473_000, datetime.datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        (1_768_473_000_000, datetime.datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("1768473000", datetime.datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z"),
        ("", ""),
        (None, None),
        ([1], [1]),
    ],
)
def test_times(sent: object, read: object) -> None:
    assert group(created_at=sent).created_at == read
    assert group(created_at=sent)._fields()["created_at"] == read


def test_nested_parts_are_kept() -> None:
    data = {"results": {"added_group_member_ids": ["a"], "failures": [{"reason": "r"}]}}
    model: Data = decode(json.dumps(data).encode(), Data)
    assert isinstance(model.results, DataResults)
    assert model.results is model.results
    assert model.results.failures[0].reason == "r"
    model.results.added_group_member_ids.append("b")
    assert model.to_dict()["results"]["added_group_member_ids"] == ["a", "b"]  # type: ignore[index]


def test_dumping_as_the_official_package_does() -> None:
    model = group(**FULL, tier=2)
    assert model.to_dict()["created_at"] == datetime.datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    assert json.loads(model.to_json()) == {**FULL, "tier": 2}
    assert model.to_json(indent=None) == json.dumps({**FULL, "tier": 2}, separators=(",", ":"))
    assert group(id="a").to_dict() == {"id": "a"}
    assert list(group(id="a").model_dump()) == list(FULL)
    assert model.to_dict(exclude_none=True, mode="json").get("updated_at", "gone") == "gone"
    assert model.model_dump(include={"id"}) == {"id": "grp_1"}
    assert group(created_at="2026-01-15T10:30:00.25Z").to_dict(mode="json") == {
        "created_at": "2026-01-15T10:30:00.250000Z"
    }


def test_models_built_by_hand_are_validated() -> None:
    model = Group(id="a", external_reference_id="b", name="n", organization_id="o")
    assert model.created_at is None
    assert model.model_fields_set == {"id", "external_reference_id", "name", "organization_id"}
    with pytest.raises(ValueError, match=r"id: expected str.*name: field required"):
        Group(id=1, external_reference_id="b", organization_id="o")  # type: ignore[arg-type,call-arg]
    with pytest.raises(TypeError):
        Group("a")  # type: ignore[misc]
    nested = GroupResponse(data=FULL)  # type: ignore[arg-type]
    assert isinstance(nested.data, Group)


def test_construct_does_not_validate() -> None:
    model = GroupResponse.construct(data={"id": 1, "created_at": "2026-01-15T10:30:00Z"})
    assert model.data.id == 1
    assert isinstance(model.data.created_at, datetime.datetime)
    assert GroupResponse.model_construct().data is None


def test_mutable_comparable_not_hashable() -> None:
    model, other = group(**FULL), group(**FULL)
    assert model == other
    model.name = "B"
    model.extra = 1
    assert model.name == "B"
    assert model.extra == 1
    assert model != other
    assert group(id="a") == group(id="a", name=None)
    assert model != FULL
    del model.extra
    with pytest.raises(AttributeError):
        model.extra  # noqa: B018
    with pytest.raises(TypeError):
        hash(model)


def test_copies_and_pickles() -> None:
    model = group(**FULL, tier=[1])
    for again in (
        pickle.loads(pickle.dumps(model)),
        copy.copy(model),
        copy.deepcopy(model),
        model.model_copy(),
        model.model_copy(deep=True),
    ):
        assert again == model
        assert type(again) is Group
    changed = model.model_copy(update={"name": "X"})
    assert (changed.name, model.name) == ("X", "Tier 1")
    assert copy.deepcopy(model).tier is not model.tier


def test_repr_masks_unknown_fields() -> None:
    text = repr(group(id="a", ssn="123-45-6789"))
    assert text.startswith("Group(id='a', created_at=None")
    assert "ssn=***" in text
    assert "6789" not in text


def test_matching() -> None:
    match group(**FULL):
        case Group(identifier, _, reference):
            assert (identifier, reference) == ("grp_1", "tier-1")
        case _:
            pytest.fail("models match by position")


def test_models_of_your_own(client: VitableConnect, sandbox: Sandbox) -> None:
    class Part(BaseModel):
        size: int

    class Whole(BaseModel):
        parts: List[Part]  # noqa: UP006
        by_name: Dict[str, Part]  # noqa: UP006
        when: Optional[datetime.date] = None  # noqa: UP045
        either: Union[Part, str, None] = None  # noqa: UP007

    body = {"parts": [{"size": 1}], "by_name": {"a": {"size": 2}}, "when": "2026-01-02"}
    sandbox.fault(status=200, body={**body, "either": {"size": 3}})
    model = client.get("/v1/x", cast_to=Whole)
    assert (model.parts[0].size, model.by_name["a"].size) == (1, 2)
    assert model.when == datetime.date(2026, 1, 2)
    assert isinstance(model.either, Part)


def test_in_pydantic_models() -> None:
    class Outer(pydantic.BaseModel):
        group: Group
        groups: list[Group] = []

    model = Outer(group=group(**FULL), groups=[FULL])  # type: ignore[list-item]
    assert model.group.name == "Tier 1"
    assert isinstance(model.groups[0], Group)
    assert json.loads(model.model_dump_json())["group"] == FULL
    with pytest.raises(pydantic.ValidationError):
        Outer(group={"id": 1})  # type: ignore[arg-type]
    with pytest.raises(pydantic.ValidationError):
        Outer(group=3)  # type: ignore[arg-type]
    assert Outer.model_json_schema()["properties"]["group"]["properties"]["id"] == {
        "type": "string"
    }


def test_in_fastapi_responses() -> None:
    fastapi = pytest.importorskip("fastapi")
    from fastapi.testclient import TestClient

    app = fastapi.FastAPI()

    @app.get("/group", response_model=Group)
    def get() -> Group:
        return group(**FULL)

    assert TestClient(app).get("/group").json() == FULL


def test_strict_validation(client: VitableConnect, sandbox: Sandbox) -> None:
    strict = VitableConnect(
        api_key="k", base_url=sandbox.base_url, _strict_response_validation=True
    )
    fine = {"data": {**FULL, "unknown": 1}}
    sandbox.fault(status=200, body=fine)
    assert strict.groups.retrieve("g").data.name == "Tier 1"
    for bad in ({"data": {"id": "a"}}, {"data": {**FULL, "name": 3}}, {}, [], "text"):
        sandbox.fault(status=200, body=bad, headers={"content-type": "application/json"})
        with pytest.raises(APIResponseValidationError) as caught:
            strict.groups.retrieve("g")
        assert caught.value.status_code == 200
        assert caught.value.__cause__ is not None
    sandbox.fault(status=200, body="<html>", headers={"content-type": "text/html"})
    with pytest.raises(APIResponseValidationError, match="Content-Type"):
        strict.groups.retrieve("g")


def test_fault_5_derived_clients_stay_strict(sandbox: Sandbox) -> None:
    strict = VitableConnect(
        api_key="k", base_url=sandbox.base_url, _strict_response_validation=True
    )
    sandbox.fault(status=200, body={})
    with pytest.raises(APIResponseValidationError):
        strict.with_options(max_retries=0).groups.retrieve("g")


def test_fault_13_cast_to_dict_and_list(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(status=200, body={"a": [1]}, times=2)
    assert client.get("/v1/x", cast_to=dict) == {"a": [1]}
    assert client.get("/v1/x", cast_to=dict[str, object]) == {"a": [1]}
    sandbox.fault(status=200, body=[1, 2])
    assert client.get("/v1/x", cast_to=list) == [1, 2]


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("body", ["null", "[1]", "{}", '{"data": null}', '{"data": []}', "", " "])
def test_a_success_without_data_is_an_error(
    client: VitableConnect, sandbox: Sandbox, body: str
) -> None:
    for call in (
        lambda: client.groups.retrieve("g"),
        lambda: client.groups.with_raw_response.retrieve("g"),
        lambda: client.groups.members.sync.submit("g", members=[]),
    ):
        sandbox.fault(status=200, body=body, headers=JSON)
        with pytest.raises(APIResponseValidationError) as caught:
            call()
        assert caught.value.status_code == 200
        assert caught.value.__cause__ is not None
    assert caught.value.outcome_unknown
    sandbox.fault(status=200, body=body, headers=JSON)
    with (
        client.groups.with_streaming_response.retrieve("g") as response,
        pytest.raises(APIResponseValidationError),
    ):
        response.parse()


NOT_LISTS = [
    '{"message": "maintenance"}',
    '{"data": null}',
    '{"data": {}}',
    "[]",
    "null",
    "",
    "<html>",
]


@pytest.mark.parametrize("body", NOT_LISTS)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_what_is_not_a_list_is_not_an_empty_one(
    client: VitableConnect, sandbox: Sandbox, body: str, content_type: str
) -> None:
    for call in (
        client.groups.list,
        lambda: list(client.groups.list()),
        client.plans.list,
        lambda: client.groups.find_by_external_reference_id("t1"),
        lambda: client.groups.get_or_create(external_reference_id="t1", name="A"),
    ):
        sandbox.fault(status=200, body=body, headers={"content-type": content_type})
        with pytest.raises(APIResponseValidationError):
            call()
    assert {request["method"] for request in sandbox.requests()} == {"GET"}


def test_a_later_page_that_is_not_a_list_is_not_the_end(
    client: VitableConnect, sandbox: Sandbox
) -> None:
    first = {"data": [{"id": "a"}], "pagination": {"page": 1, "total_pages": 3}}
    for body in ({"message": "maintenance"}, {"data": None}):
        sandbox.fault(status=200, body=first)
        sandbox.fault(status=200, body=body)
        with pytest.raises(APIResponseValidationError):
            list(client.groups.list())
        sandbox.fault(status=200, body=first)
        sandbox.fault(status=200, body=body)
        with pytest.raises(APIResponseValidationError):
            client.groups.list().get_next_page()
    sandbox.fault(status=200, body={"message": "maintenance"}, headers=JSON)
    with pytest.raises(APIResponseValidationError):
        client.get_api_list("/v1/groups", model=Group, page=SyncPageNumberPage)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ("<html>", {"content-type": "text/html"}, "<html>"),
        ('{"data": {"id": "a"}}', {"content-type": "text/plain"}, GroupResponse),
        (
            '{"data": {"id": "a"}}',
            {"content-type": "application/problem+json; charset=utf-8"},
            GroupResponse,
        ),
    ],
)
def test_results_by_content_type(
    client: VitableConnect, sandbox: Sandbox, body: str, headers: dict[str, str], expected: object
) -> None:
    sandbox.fault(status=200, body=body, headers=headers)
    result = client.groups.retrieve("g")
    if expected is GroupResponse:
        assert isinstance(result, GroupResponse)
        assert result.data.id == "a"
    else:
        assert result == expected


@pytest.mark.parametrize("body", ["", "{", '{"a": 1}x', "nul", '{"a": "\\ud8'])
def test_fault_15_a_body_that_cannot_be_decoded_is_our_error(
    client: VitableConnect, sandbox: Sandbox, body: str
) -> None:
    sandbox.fault(status=200, body=body, headers=JSON)
    with pytest.raises(APIResponseValidationError) as caught:
        client.groups.retrieve("g")
    assert caught.value.status_code == 200
    assert caught.value.response.headers["content-type"] == "application/json"
    assert caught.value.body == body
    assert caught.value.kind == "response_validation"
    assert caught.value.operation == "groups.retrieve"
    assert len(caught.value.attempts) == 1
    assert "the response body" in str(caught.value)
    sandbox.fault(status=200, body=body, headers=JSON)
    with (
        client.groups.with_streaming_response.retrieve("g") as response,
        pytest.raises(APIResponseValidationError) as streamed,
    ):
        response.parse()
    assert str(streamed.value) == str(caught.value)
    assert (streamed.value.operation, streamed.value.body) == ("groups.retrieve", body)


def test_any_json_is_decoded_as_by_the_standard_library() -> None:
    import random

    random.seed(7)

    def value(depth: int) -> object:
        kinds = ["null", "bool", "int", "float", "text", "list", "dict"]
        match random.choice(kinds if depth else kinds[:5]):
            case "null":
                return None
            case "bool":
                return random.random() < 0.5
            case "int":
                return random.choice([0, -1, 2**63, -(2**70), random.randrange(10**9)])
            case "float":
                return random.choice([0.5, -1e300, 1e-7, 3.0])
            case "text":
                return "".join(
                    random.choice('ab"\\/\n\t\x01é€😀 ') for _ in range(random.randrange(20))
                )
            case "list":
                return [value(depth - 1) for _ in range(random.randrange(4))]
            case _:
                return {str(value(0)): value(depth - 1) for _ in range(random.randrange(4))}

    for _ in range(500):
        expected = value(4)
        for ascii_only in (True, False):
            text = json.dumps(expected, ensure_ascii=ascii_only, indent=random.choice([None, 2]))
            assert decode(text.encode(), None) == expected
            truncated = text[: random.randrange(len(text))]
            try:
                json.loads(truncated)
            except ValueError:
                with pytest.raises(ValueError, match="invalid JSON"):
                    decode(truncated.encode(), None)
