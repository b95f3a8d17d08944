"""Client options, the environment, derived clients, life cycle."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import httpx
import pytest
import vitable_groups
from vitable_groups import (
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    ENVIRONMENTS,
    AsyncVitableConnect,
    ClientClosedError,
    Timeout,
    VitableConnect,
    VitableConnectError,
    omit,
)
from vitable_groups.testing import Sandbox

PRODUCTION = "https://api.vitablehealth.com"
UAT = "https://api.uat.vitablehealth.com"


def test_names() -> None:
    assert vitable_groups.Client is VitableConnect
    assert vitable_groups.AsyncClient is AsyncVitableConnect
    assert Timeout(timeout=60, connect=5.0) == DEFAULT_TIMEOUT == httpx.Timeout(60, connect=5.0)
    assert DEFAULT_MAX_RETRIES == 2
    assert not omit
    assert not vitable_groups.NOT_GIVEN
    assert vitable_groups.NOT_GIVEN is not vitable_groups.not_given
    assert VitableConnect.__module__ == "vitable_groups"
    for name in ("APIResponse", "AsyncAPIResponse", "DefaultHttpxClient", "Roster"):
        assert getattr(vitable_groups, name).__name__ == name
    with pytest.raises(AttributeError):
        vitable_groups.nothing  # noqa: B018
    assert Path(vitable_groups.__file__).with_name("py.typed").exists()


def test_fault_1_blank_keys_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (None, "", "  "):
        with pytest.raises(VitableConnectError, match="VITABLE_CONNECT_API_KEY"):
            VitableConnect(api_key=given)
    monkeypatch.setenv("VITABLE_CONNECT_API_KEY", " ")
    with pytest.raises(VitableConnectError):
        VitableConnect()
    monkeypatch.setenv("VITABLE_CONNECT_API_KEY", "from-environment")
    assert VitableConnect().api_key == "from-environment"


@pytest.mark.parametrize("key", ["a\nb", "a\x00", "schlüssel"])
def test_fault_1_keys_that_cannot_be_sent(key: str) -> None:
    with pytest.raises(VitableConnectError) as caught:
        VitableConnect(api_key=key)
    assert key not in str(caught.value)


def test_the_wrong_kind_is_rejected() -> None:
    with pytest.raises(TypeError, match=r"httpx\.Client"):
        VitableConnect(api_key="k", http_client=httpx.AsyncClient())
    with pytest.raises(TypeError, match=r"httpx\.AsyncClient"):
        AsyncVitableConnect(api_key="k", http_client=httpx.Client())
    with pytest.raises(TypeError):
        VitableConnect(api_key="k", http_client=object())


def test_fault_2_max_retries() -> None:
    with pytest.raises(TypeError, match="max_retries cannot be None"):
        VitableConnect(api_key="k", max_retries=None)  # type: ignore[arg-type]
    for bad in (-1, math.nan):
        with pytest.raises(ValueError, match="negative"):
            VitableConnect(api_key="k", max_retries=bad)
    assert VitableConnect(api_key="k", max_retries=math.inf).max_retries == math.inf


def test_fault_3_unknown_environments() -> None:
    with pytest.raises(ValueError, match="Unknown environment: staging"):
        VitableConnect(api_key="k", environment="staging")  # type: ignore[arg-type]


def test_base_url_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    def url(**options: object) -> str:
        return str(VitableConnect(api_key="k", **options).base_url)  # type: ignore[arg-type]

    assert url() == PRODUCTION
    assert url(environment="environment_1") == UAT
    assert url(base_url="https://x.example/p", environment="environment_1") == (
        "https://x.example/p/"
    )
    assert url(base_url=httpx.URL("https://x.example")) == "https://x.example"
    monkeypatch.setenv("VITABLE_CONNECT_BASE_URL", "https://v.example")
    assert url() == "https://v.example"
    assert url(base_url=None) == "https://v.example"
    assert url(base_url=None, environment="environment_1") == UAT
    with pytest.raises(ValueError, match="Ambiguous URL"):
        url(environment="environment_1")
    assert ENVIRONMENTS == {"production": PRODUCTION, "environment_1": UAT}


def test_attributes_may_be_assigned(client: VitableConnect, sandbox: Sandbox) -> None:
    client.api_key = "rotated"
    client.groups.list()
    assert ["authorization", "Bearer rotated"] in sandbox.requests()[0]["headers"]
    client.base_url = sandbox.base_url + "/prefix"  # type: ignore[assignment]
    assert client.base_url == sandbox.base_url + "/prefix/"
    with pytest.raises(vitable_groups.NotFoundError):
        client.groups.list()
    assert sandbox.requests()[1]["path"] == "/prefix/v1/groups"


def test_fault_8_header_names_meet_in_any_case(client: VitableConnect, sandbox: Sandbox) -> None:
    other = client.with_options(default_headers={"X-D": "1", "USER-AGENT": "me"})
    other.groups.list(extra_headers={"x-d": "2"})
    headers = sandbox.requests()[0]["headers"]
    assert [value for name, value in headers if name == "x-d"] == ["2"]
    assert [value for name, value in headers if name == "user-agent"] == ["me"]


def test_copies(client: VitableConnect, sandbox: Sandbox) -> None:
    first = client.copy(default_headers={"A": "1"}, default_query={"q": "1"}, timeout=None)
    assert first.timeout is None
    assert first.max_retries == client.max_retries
    second = first.with_options(default_headers={"B": "2"})
    second.groups.list()
    headers = dict(sandbox.requests()[0]["headers"])
    assert (headers["a"], headers["b"]) == ("1", "2")
    assert sandbox.requests()[0]["query"] == "q=1"
    third = second.copy(set_default_headers={}, set_default_query={})
    third.groups.list()
    assert "a" not in dict(sandbox.requests()[1]["headers"])
    assert not sandbox.requests()[1]["query"]
    with pytest.raises(ValueError, match="mutually exclusive"):
        client.copy(default_headers={}, set_default_headers={})
    with pytest.raises(ValueError, match="mutually exclusive"):
        client.copy(default_query={}, set_default_query={})


def test_fault_5_derived_clients_honor_the_environment() -> None:
    client = VitableConnect(api_key="k")
    assert client.copy(environment="environment_1").base_url == UAT
    assert client.copy(environment="environment_1").copy().base_url == UAT
    assert client.copy(base_url="https://x.example/p").base_url == "https://x.example/p/"


def test_fault_4_the_key_stays_with_its_origin(client: VitableConnect, sandbox: Sandbox) -> None:
    with Sandbox() as other:
        with pytest.raises(ValueError, match="another origin"):
            client.get(other.base_url + "/v1/groups", cast_to=object)
        assert other.requests() == []
        with pytest.raises(vitable_groups.AuthenticationError):
            client.get(
                other.base_url + "/v1/groups",
                cast_to=object,
                options={"allow_other_origin": True},
            )
        assert all(name != "authorization" for name, _ in other.requests()[0]["headers"])
    client.get(sandbox.base_url + "/v1/groups", cast_to=object)


def test_the_key_is_not_sent_in_the_clear() -> None:
    with pytest.raises(VitableConnectError, match=r"(?i)plain http"):
        VitableConnect(api_key="k", base_url="http://api.example")
    VitableConnect(api_key="k", base_url="http://api.example", allow_plain_http=True)


def test_fault_6_use_after_close(client: VitableConnect, sandbox: Sandbox) -> None:
    derived = client.with_options(timeout=3)
    assert not client.is_closed()
    derived.close()
    assert client.is_closed()
    with pytest.raises(ClientClosedError):
        client.groups.list()
    assert sandbox.requests() == []


async def test_async_close(sandbox: Sandbox) -> None:
    async with sandbox.async_client() as client:
        await client.groups.list()
    with pytest.raises(ClientClosedError):
        await client.groups.list()


def test_resources_are_cached(client: VitableConnect) -> None:
    assert client.groups is client.groups


@pytest.mark.parametrize(
    "timeout",
    [3, 3.5, None, Timeout(3), httpx.Timeout(3, connect=1), Timeout(1, read=None)],
)
def test_timeouts_of_many_kinds(client: VitableConnect, timeout: object) -> None:
    client.groups.list(timeout=timeout)  # type: ignore[arg-type]
    client.with_options(timeout=timeout).groups.list()  # type: ignore[arg-type]


def test_invalid_timeouts(client: VitableConnect) -> None:
    with pytest.raises(TypeError, match="timeout"):
        client.groups.list(timeout="3")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        client.groups.list(timeout=-1)
    with pytest.raises(ValueError, match="all four"):
        Timeout(connect=1)


def test_pickles_do_not_hold_the_key(
    client: VitableConnect, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.groups.list()
    text = pickle.dumps(client)
    assert b"Bearer" not in text
    assert client.api_key.encode() not in text.replace(sandbox.base_url.encode(), b"")
    monkeypatch.setenv("VITABLE_CONNECT_API_KEY", "there")
    again = pickle.loads(text)
    assert again.api_key == "there"
    assert again.base_url == client.base_url
    again.groups.list()
    with_key = pickle.loads(pickle.dumps(client.including_key()))
    assert with_key.api_key == client.api_key


def test_token_providers(sandbox: Sandbox) -> None:
    calls: list[int] = []

    def provide() -> tuple[str, float]:
        calls.append(1)
        return f"token-{len(calls)}", 900.0

    client = VitableConnect(token_provider=provide, base_url=sandbox.base_url)
    client.groups.list()
    client.groups.list()
    assert len(calls) == 1
    sandbox.fault(status=401)
    client.groups.list()
    sent = [dict(request["headers"])["authorization"] for request in sandbox.requests()]
    assert sent == ["Bearer token-1"] * 3 + ["Bearer token-2"]


async def test_async_token_providers(sandbox: Sandbox) -> None:
    import asyncio

    async def provide() -> str:
        await asyncio.sleep(0)
        return "async-token"

    async with AsyncVitableConnect(token_provider=provide, base_url=sandbox.base_url) as client:
        await asyncio.gather(*(client.groups.list() for _ in range(5)))
    async with AsyncVitableConnect(
        token_provider=lambda: "plain", base_url=sandbox.base_url
    ) as other:
        await other.groups.list()
    sent = {dict(request["headers"])["authorization"] for request in sandbox.requests()}
    assert sent == {"Bearer async-token", "Bearer plain"}


def test_a_token_provider_that_fails(sandbox: Sandbox) -> None:
    def provide() -> str:
        raise LookupError("no vault")

    client = VitableConnect(token_provider=provide, base_url=sandbox.base_url)
    with pytest.raises(vitable_groups.CredentialsError) as caught:
        client.groups.list()
    assert isinstance(caught.value.__cause__, LookupError)
