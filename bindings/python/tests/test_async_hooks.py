"""Hooks of subclasses."""

from __future__ import annotations

from typing import Any

import pytest
from vitable_groups import (
    AsyncVitableConnect,
    Timeout,
    VitableConnectError,
    omit,
)
from vitable_groups.testing import Sandbox


class Signing(AsyncVitableConnect):
    seen: list[tuple[Any, ...]]

    async def _prepare_options(self, options: Any) -> Any:
        self.seen.append((options.method, options.url, dict(options.headers), options.timeout))
        options.headers["x-signed"] = f"{options.method} {options.url}"
        options.params["by"] = "hook"
        options.max_retries = 0
        options.timeout = 7
        return await super()._prepare_options(options)


def headers(request: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in dict(request["headers"]).items()}


async def test_prepare_options(sandbox: Sandbox) -> None:
    client = Signing(api_key="k", base_url=sandbox.base_url)
    client.seen = []
    created = await client.groups.create(external_reference_id="a", name="A")
    await client.groups.with_raw_response.retrieve(
        created.data.id,
        extra_headers={"x-own": "1", "user-agent": omit},
        timeout=Timeout(9, connect=2),
    )
    await client.get("/v1/plans", cast_to=object, options={"headers": {"x-own": "2"}})
    path = f"/v1/groups/{created.data.id}"
    assert [each[:2] for each in client.seen] == [
        ("post", "/v1/groups"),
        ("get", path),
        ("get", "/v1/plans"),
    ]
    assert client.seen[1][2:] == ({"x-own": "1", "user-agent": omit}, Timeout(9, connect=2))
    sent = sandbox.requests()
    assert [headers(each)["x-signed"] for each in sent] == [
        "post /v1/groups",
        f"get {path}",
        "get /v1/plans",
    ]
    assert headers(sent[1])["x-own"] == "1"
    assert "user-agent" not in headers(sent[1])
    sandbox.clear_requests()
    sandbox.fault(operation="groups.retrieve", status=503)
    with pytest.raises(VitableConnectError) as raised:
        await client.groups.retrieve(created.data.id)
    assert len(raised.value.attempts) == 1, "the hook disables retries"


async def test_prepare_options_applies_to_every_page(sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 3, "prefix": "seed"})
    client = Signing(api_key="k", base_url=sandbox.base_url)
    client.seen = []
    assert len([group.id async for group in client.groups.list(limit=1)]) == 3
    assert len(client.seen) == 1
    assert {headers(each)["x-signed"] for each in sandbox.requests()} == {"get /v1/groups"}
