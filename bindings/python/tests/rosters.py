"""Rosters of any number of people, and groups that hold them."""

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
    """A row for the person with a number; each person has another name."""
    name = "".join(LETTERS[number // power % 26] for power in (676, 26, 1))
    return member(reference_id=reference_id or f"E{number}", last_name=name)


def people(first: int, last: int) -> Roster:
    return Roster([person(number) for number in range(first, last)])


def seed(sandbox: Sandbox, roster: Roster) -> str:
    """A group that holds a roster and was not created by a client of the test."""
    group = {"name": "Tier 1", "external_reference_id": "tier-1", "members": roster.members}
    created: str = sandbox.seed(groups=[group])["groups"][0]["id"]
    sandbox.clear_requests()
    return created


def active(sandbox: Sandbox) -> int:
    return sum(member["active"] for member in sandbox.state()["members"])


def blocked_details(
    apply: Callable[..., ApplyResult], group: str, **arguments: Any
) -> dict[str, Any]:
    """The error details of an apply that the guard blocks."""
    with pytest.raises(RosterGuardError, match="nothing was sent") as blocked:
        apply(group, **arguments)
    assert not blocked.value.outcome_unknown
    details: dict[str, Any] = blocked.value.details
    return details
