"""Fixtures: a sandbox and clients for it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import vitable_groups
from vitable_groups import AsyncVitableConnect, VitableConnect
from vitable_groups.roster import ApplyResult
from vitable_groups.testing import Sandbox

PLAN = "pln_Wgx_PobRSymT_ki30sYaBQ"


def member(number: int = 1, **fields: object) -> dict[str, object]:
    """A valid row."""
    return {
        "reference_id": f"EMP-{number:03}",
        "first_name": "Ann",
        "last_name": "Example",
        "date_of_birth": "1990-05-15",
        "plan_id": PLAN,
        "address": {
            "address_line_1": "1 Main St",
            "city": "Springfield",
            "state": "IL",
            "zipcode": "62701",
        },
        **fields,
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Windows has neither forks nor signals, nor a list of a process's open files."""
    posix = re.compile("fork|gunicorn|ctrl_c|test_chaos")
    for item in items:
        if sys.platform == "win32" and posix.search(item.nodeid):
            item.add_marker(pytest.mark.skip(reason="needs POSIX"))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VITABLE_CONNECT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def sandbox(vitable_groups_sandbox: Sandbox) -> Sandbox:
    return vitable_groups_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[VitableConnect]:
    with sandbox.client() as client:
        yield client


@pytest.fixture
async def aclient(sandbox: Sandbox) -> AsyncIterator[AsyncVitableConnect]:
    async with sandbox.async_client() as client:
        yield client


@pytest.fixture
def group(client: VitableConnect, sandbox: Sandbox) -> str:
    created = client.groups.create(external_reference_id="tier-1", name="Tier 1")
    sandbox.clear_requests()
    return created.data.id


@pytest.fixture
def run_python(sandbox: Sandbox) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in a separate process, with this package and the sandbox."""

    def run(source: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "VITABLE_CONNECT_API_KEY": "test",
            "VITABLE_CONNECT_BASE_URL": sandbox.base_url,
            "PYTHONPATH": str(Path(vitable_groups.__file__).parent.parent),
        }
        done = subprocess.run(
            [sys.executable, "-c", source],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(params=["sync", "async"])
def apply(request: pytest.FixtureRequest, sandbox: Sandbox) -> Callable[..., ApplyResult]:
    """``apply`` of a new client of either kind."""

    def call(group: str, **arguments: Any) -> ApplyResult:
        if request.param == "sync":
            with sandbox.client() as client:
                return client.groups.members.sync.apply(group, **arguments)

        async def run() -> ApplyResult:
            async with sandbox.async_client() as client:
                return await client.groups.members.sync.apply(group, **arguments)

        return asyncio.run(run())

    return call
