"""Errors: classes, messages, attributes, pickles, retries."""

from __future__ import annotations

import json
import pickle
import sys

import pytest
import vitable_groups
from conftest import member
from vitable_groups import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    ClientClosedError,
    ConflictError,
    DeadlineExceededError,
    InternalServerError,
    NotFoundError,
    VitableConnect,
    VitableConnectError,
)
from vitable_groups.testing import Sandbox

CLASSES = {
    304: "APIStatusError",
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "APIStatusError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    405: "APIStatusError",
    408: "APIStatusError",
    409: "ConflictError",
    418: "APIStatusError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    503: "InternalServerError",
    599: "InternalServerError",
}


@pytest.fixture
def once(client: VitableConnect) -> VitableConnect:
    return client.with_options(max_retries=0)


@pytest.mark.parametrize("status", CLASSES)
def test_each_status_has_a_class(once: VitableConnect, sandbox: Sandbox, status: int) -> None:
    sandbox.fault(status=status, body={"error": "e"}, headers={"x-request-id": "r1"})
    with pytest.raises(APIStatusError) as caught:
        once.groups.retrieve("g")
    error = caught.value
    assert type(error) is getattr(vitable_groups, CLASSES[status])
    assert type(error).__module__ == "vitable_groups"
    assert error.status_code == error.response.status_code == status
    if status != 304:
        assert str(error) == error.message == f"Error code: {status} - {{'error': 'e'}}"
        assert error.body == {"error": "e"}
    assert error.request.method == "GET"
    assert str(error.request.url).endswith("/v1/groups/g")
    assert error.request_id == "r1"
    assert error.operation == "groups.retrieve"


@pytest.mark.parametrize(
    ("status", "sent", "message", "body"),
    [
        (400, '{"message":"mm"}', "Error code: 400 - {'message': 'mm'}", {"message": "mm"}),
        (500, '"oops"', "Error code: 500 - oops", "oops"),
        (502, " <html>bad</html> ", "<html>bad</html>", "<html>bad</html>"),
        (500, "", "Error code: 500", ""),
        (500, '{"cut', '{"cut', '{"cut'),
        (500, "[1]", "Error code: 500 - [1]", [1]),
    ],
)
def test_messages(
    once: VitableConnect, sandbox: Sandbox, status: int, sent: str, message: str, body: object
) -> None:
    sandbox.fault(status=status, body=sent)
    with pytest.raises(APIStatusError) as caught:
        once.groups.retrieve("g")
    assert str(caught.value) == message
    assert caught.value.body == body


def test_both_shapes_of_error_bodies(client: VitableConnect, sandbox: Sandbox) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.groups.retrieve("grp_none")
    assert caught.value.code
    assert caught.value.trace_id
    nested = {"error": {"code": "invalid", "message": "m"}}
    sandbox.fault(status=400, body=nested)
    with pytest.raises(APIStatusError) as other:
        client.groups.retrieve("g")
    assert other.value.code == "invalid"


def test_no_response() -> None:
    client = VitableConnect(api_key="k", base_url="http://127.0.0.1:9", max_retries=0)
    with pytest.raises(APIConnectionError) as caught:
        client.groups.list()
    assert str(caught.value) == caught.value.message == "Connection error."
    assert caught.value.body is None
    assert caught.value.__cause__ is not None
    assert "connect" in caught.value.detail
    assert caught.value.request.method == "GET"


def test_a_timeout(once: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(hang="before")
    with pytest.raises(APITimeoutError) as caught:
        once.groups.retrieve("g", timeout=0.05)
    assert str(caught.value) == "Request timed out."
    assert isinstance(caught.value, APIConnectionError)
    assert caught.value.__cause__ is not None


def test_the_hierarchy() -> None:
    assert issubclass(APIError, VitableConnectError)
    assert issubclass(APIStatusError, APIError)
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(DeadlineExceededError, APITimeoutError)
    assert issubclass(ClientClosedError, APIConnectionError)


def test_fault_7_the_timeout_bounds_a_body_that_trickles(
    once: VitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(operation="groups.list", drip_ms=40, times=None)
    with pytest.raises(APITimeoutError):
        once.groups.list(timeout=0.2)


def test_fault_7_a_deadline_bounds_all_attempts(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(hang="before", times=None)
    with pytest.raises(DeadlineExceededError) as caught:
        client.with_options(max_retries=100, timeout=0.05).groups.list(deadline=0.3)
    assert "deadline of 300 ms" in str(caught.value)


def test_fault_17_a_long_server_delay_fails_at_once(
    client: VitableConnect, sandbox: Sandbox
) -> None:
    sandbox.fault(status=503, headers={"retry-after": "3600"}, times=None)
    with pytest.raises(InternalServerError) as caught:
        client.groups.list()
    assert len(caught.value.attempts) == 1
    assert caught.value.retry_after == 3600


def test_fault_18_create_is_not_repeated_blindly(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(operation="groups.create", drop="after")
    created = client.groups.with_raw_response.create(external_reference_id="a", name="A")
    assert created.recovered
    assert created.parse().data.name == "A"
    operations = [request["operation"] for request in sandbox.requests()]
    assert operations == ["groups.create", "groups.list"]


def test_fault_18_an_unknown_outcome_is_reported(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(operation="groups.create", drop="after")
    sandbox.fault(operation="groups.list", status=400)
    with pytest.raises(APIError) as caught:
        client.groups.create(external_reference_id="a", name="A")
    assert caught.value.outcome_unknown
    assert caught.value.idempotency_key


def test_a_conflict_is_not_retried(client: VitableConnect, sandbox: Sandbox) -> None:
    client.groups.create(external_reference_id="a", name="A")
    with pytest.raises(ConflictError):
        client.groups.create(external_reference_id="a", name="A")
    assert len(sandbox.requests()) == 2


def test_fault_19_exceptions_can_be_pickled(once: VitableConnect, sandbox: Sandbox) -> None:
    errors: list[VitableConnectError] = []
    sandbox.fault(status=409, body={"app_error_code": "c", "trace_id": "t"})
    sandbox.fault(hang="before", times=None)
    for timeout in (None, 0.05):
        with pytest.raises(VitableConnectError) as caught:
            once.groups.retrieve("g", timeout=timeout)
        errors.append(caught.value)
    with pytest.raises(VitableConnectError) as argument:
        once.groups.retrieve("")
    for error in [*errors, argument.value]:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert again.attempts == error.attempts
        assert (again.code, again.trace_id) == (error.code, error.trace_id)
        assert str(again.__cause__) == str(error.__cause__)
    assert pickle.loads(pickle.dumps(errors[0])).response.json()["trace_id"] == "t"


def test_fault_20_retries_draw_from_a_quota(client: VitableConnect, sandbox: Sandbox) -> None:
    sandbox.fault(status=503, headers={"retry-after-ms": "1"}, times=None)
    persistent = client.with_options(max_retries=1000)
    with pytest.raises(InternalServerError) as caught:
        persistent.groups.list()
    assert len(caught.value.attempts) == 101
    assert "retry quota" in caught.value.detail
    with pytest.raises(InternalServerError) as other:
        client.groups.list()
    assert len(other.value.attempts) == 1, "derived clients share the quota"


def test_fault_9_nothing_private_is_printed(
    client: VitableConnect,
    sandbox: Sandbox,
    group: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import logging

    logging.getLogger("vitable_groups").setLevel(logging.DEBUG)
    secret = sandbox.client(api_key="vit_apk_secret")
    sandbox.fault(status=503, headers={"retry-after-ms": "1"})
    secret.groups.members.sync.submit(
        group,
        members=[member(first_name="Zebulon", email="zeb@example.com")],
        extra_headers={"X-Private": "hush"},
    )
    with pytest.raises(APIError) as caught:
        secret.groups.retrieve("g")
    printed = caplog.text + repr(caught.value) + repr(secret) + str(vars(caught.value))
    printed += repr(caught.value.response.headers)
    assert "groups.members.sync.submit" in caplog.text
    assert "retry=1" in caplog.text
    for private in ("vit_apk_secret", "Zebulon", "zeb@example.com", "hush", "1990-05-15"):
        assert private not in printed
    logging.getLogger("vitable_groups").setLevel(logging.NOTSET)


def test_a_status_error_of_a_subclass(sandbox: Sandbox) -> None:
    class OwnError(APIStatusError):
        pass

    class Mine(VitableConnect):
        def _make_status_error(
            self, err_msg: str, *, body: object, response: object
        ) -> APIStatusError:
            return OwnError(err_msg, response=response, body=body)  # type: ignore[arg-type]

    with pytest.raises(OwnError) as caught:
        Mine(api_key="k", base_url=sandbox.base_url).groups.retrieve("none")
    assert caught.value.code == "not_found"


DEEP = '{"data": {"id": "a", "deep": ' + "[" * 990 + "]" * 990 + "}}"
LONG = '{"data": {"id": "a", "count": ' + "9" * 4301 + "}}"


@pytest.mark.parametrize("body", [DEEP, LONG])
def test_a_success_that_cannot_be_decoded_is_our_error(
    client: VitableConnect, sandbox: Sandbox, body: str
) -> None:
    json_type = {"content-type": "application/json"}
    sandbox.fault(status=201, body=body, headers=json_type, effect=True)
    with pytest.raises(APIResponseValidationError) as caught:
        client.groups.create(external_reference_id="a", name="A")
    assert caught.value.outcome_unknown
    assert caught.value.status_code == 201
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.outcome_unknown, str(again)) == (True, str(caught.value))
    sandbox.fault(status=200, body=body, headers=json_type)
    with pytest.raises(APIResponseValidationError) as caught:
        client.groups.retrieve("a")
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("body", [DEEP, LONG])
def test_an_error_body_that_cannot_be_decoded_is_text(
    client: VitableConnect, sandbox: Sandbox, body: str
) -> None:
    sandbox.fault(status=400, body=body, headers={"content-type": "application/json"})
    with pytest.raises(BadRequestError) as caught:
        client.groups.list()
    assert caught.value.body == body
    assert pickle.loads(pickle.dumps(caught.value)).body == body
    try:
        decoded = json.loads(body)
    except (RecursionError, ValueError):
        with pytest.raises(ValueError, match=r"nested too deeply|Exceeds the limit"):
            caught.value.response.json()
    else:
        # Python 3.12 and later nest more deeply.
        assert sys.version_info >= (3, 12)
        assert caught.value.response.json() == decoded


def test_numbers_of_a_page_that_are_out_of_range(client: VitableConnect, sandbox: Sandbox) -> None:
    huge = 10**30
    for items in ('[{"id": "a"}]', "[]"):
        body = f'{{"data": {items}, "pagination": {{"page": {huge}, "total_pages": {huge}}}}}'
        sandbox.fault(status=200, body=body, headers={"content-type": "application/json"})
    page = client.groups.list()
    assert page.pagination is not None
    assert page.pagination.page == huge
    assert [group.id for group in page] == ["a"]
