"""Rosters of as many people as wanted, and the groups that hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import member
from vitable_groups import Roster, RosterGuardError
from vitable_groups.roster import ApplyResult
from vitable_groups.testing import Sandbox

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def person(number: int, reference_id: str | None = None) -> dict[str, object]:
    """A row of a person of their own."""
    name = "".join(LETTERS[number // power % 26] for power in (676, 26, 1))
    return member(reference_id=reference_id or f"E{number}", last_name=name)


def people(first: int, last: int) -> Roster:
    return Roster([person(number) for number in range(first, last)])


def seed(sandbox: Sandbox, roster: Roster) -> str:
    """A group that holds a roster and that no client of the test created."""
    group = {"name": "Tier 1", "external_reference_id": "tier-1", "members": roster.members}
    made: str = sandbox.seed(groups=[group])["groups"][0]["id"]
    sandbox.clear_requests()
    return made


def active(sandbox: Sandbox) -> int:
    return sum(member["active"] for member in sandbox.state()["members"])


def refused(apply: Callable[..., ApplyResult], group: str, **arguments: Any) -> dict[str, Any]:
    """The details of an apply that the guard blocks."""
    with pytest.raises(RosterGuardError, match="nothing was sent") as blocked:
        apply(group, **arguments)
    assert not blocked.value.outcome_unknown
    details: dict[str, Any] = blocked.value.details
    return details
