"""The sandbox and the pytest fixture, for tests of programs that use the package."""

from __future__ import annotations

import pytest
from vitable_groups import InternalServerError
from vitable_groups.testing import Sandbox


def test_a_context_manager() -> None:
    with Sandbox(
        keys=["vit_apk_test"], seed={"groups": [{"name": "A", "external_reference_id": "a"}]}
    ) as sandbox:
        assert [group.name for group in sandbox.client().groups.list()] == ["A"]
        assert sandbox.requests()[0]["operation"] == "groups.list"
        sandbox.fault(operation="plans.list", status=500, times=None)
        with pytest.raises(InternalServerError):
            sandbox.client(max_retries=0).plans.list()
        sandbox.reset()
        assert sandbox.client().plans.list().data
        assert len(sandbox.state()["plans"]) == 2
        assert repr(sandbox) == f"<Sandbox {sandbox.base_url}>"


def test_the_clock() -> None:
    with Sandbox(sync_delay=60) as sandbox:
        sandbox.advance(0)
        client = sandbox.client()
        group = client.groups.get_or_create(external_reference_id="a", name="A")
        receipt = client.groups.members.sync.submit(group.id, members=[])
        ids = {"request_id": receipt.data.request_id, "group_id": group.id}
        assert client.groups.members.sync.retrieve(**ids).data.completed_at is None
        sandbox.advance(60)
        assert client.groups.members.sync.retrieve(**ids).data.completed_at is not None


def test_mistakes_are_reported() -> None:
    with Sandbox() as sandbox, pytest.raises(ValueError, match="nonsense"):
        sandbox.fault(nonsense=1)


def test_the_fixture_starts_fresh_one(vitable_groups_sandbox: Sandbox) -> None:
    assert vitable_groups_sandbox.requests() == []
    vitable_groups_sandbox.client().groups.create(external_reference_id="a", name="A")


def test_the_fixture_starts_fresh_two(vitable_groups_sandbox: Sandbox) -> None:
    assert vitable_groups_sandbox.requests() == []
    assert vitable_groups_sandbox.state()["groups"] == []
