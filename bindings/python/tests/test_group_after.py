"""The roster that a group holds after a sync: the previous roster of the next one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from rosters import active, blocked_details, people, person, seed
from vitable_groups import Roster, RosterGuardError
from vitable_groups.roster import ApplyResult
from vitable_groups.testing import Sandbox

FAILED_REMOVAL = {"reference_id": "E1", "operation": "remove", "reason": "Try again later"}


def held(applied: ApplyResult) -> Roster:
    assert applied.group_after is not None
    return applied.group_after


def references(roster: Roster) -> list[str]:
    return [row["reference_id"] for row in roster]


def test_a_row_that_fails_twice_and_is_fixed(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    group = seed(sandbox, Roster())
    broken = Roster([person(0), person(1), {**person(2), "plan_id": "pln_x"}])
    first = apply(group, roster=broken, first_sync=True)
    again = apply(group, roster=broken, previous=held(first))
    fixed = apply(group, roster=people(0, 3), previous=held(again))
    statuses = [each.outcome.status for each in (first, again, fixed)]
    assert statuses == ["rows_failed", "rows_failed", "succeeded"]
    assert [len(held(each)) for each in (first, again, fixed)] == [2, 2, 3]
    assert active(sandbox) == 3


def test_a_failed_removal_is_counted_the_next_day(
    apply: Callable[..., ApplyResult], sandbox: Sandbox, tmp_path: Path
) -> None:
    group, now = seed(sandbox, people(0, 2)), people(0, 1)
    sandbox.settings(forced_failures=[FAILED_REMOVAL])
    first = apply(group, roster=now, previous=people(0, 2))
    assert (first.outcome.status, first.outcome.failed_removals) == ("rows_failed", 1)
    assert references(held(first)) == ["E0", "E1"]
    sandbox.settings(forced_failures=[])
    for name, text in (("held.csv", held(first).to_csv()), ("held.json", held(first).to_json())):
        (tmp_path / name).write_text(text)
        kept = Roster.read(tmp_path / name)
        details = blocked_details(apply, group, roster=now, previous=kept, max_removals=0)
        assert (details["kind"], details["removals"]) == ("too_many_removals", 1)
    second = apply(group, roster=now, previous=held(first), max_removals=1)
    assert (second.outcome.status, second.outcome.removed) == ("succeeded", 1)
    assert (references(held(second)), active(sandbox)) == (["E0"], 1)


def test_it_can_be_copied_and_pickled_but_is_never_printed(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    done = apply(seed(sandbox, Roster()), roster=people(0, 2), first_sync=True)
    for again in (pickle.loads(pickle.dumps(done)), copy.copy(done), copy.deepcopy(done)):
        assert again == done
        assert held(again) == people(0, 2)
    assert "group_after=<Roster of 2 rows>" in repr(done)
    written = TypeAdapter(ApplyResult).dump_json(done).decode()
    TypeAdapter(ApplyResult).json_schema()
    for text in (repr(done), str(done), done.to_json(), done.model_dump_json(), written):
        assert people(0, 1).members[0]["date_of_birth"] not in text
    assert set(done.to_dict()) == set(done.model_dump()) == {"state", "outcome", "report"}
    built = ApplyResult(state=done.state, outcome=done.outcome, report=done.report)
    assert built.group_after is None
    assert built != done


def test_after_a_resumed_wait(sandbox: Sandbox) -> None:
    sandbox.settings(forced_failures=[FAILED_REMOVAL])
    group = seed(sandbox, people(0, 2))
    roster = Roster([person(0), {**person(2), "plan_id": "pln_x"}])
    with sandbox.client() as client:
        sync = client.groups.members.sync
        state = sync.submit_and_wait(group, members=roster)
    for results in (state, state.data, state.data.results):
        after = roster.after(results, people(0, 2))
        assert after is not None
        assert references(after) == ["E0", "E1"]
        assert after == people(0, 2)
    # Of a member who is in neither roster, only the reference ID is known.
    stranger = roster.after(state, repeated=True)
    assert stranger is not None
    for text in (stranger.to_csv(), stranger.to_json()):
        kept = Roster.read(text.encode())
        assert references(kept) == ["E0", "E1"]
        with pytest.raises(RosterGuardError) as blocked:
            people(0, 1).guard(kept, max_removals=0)
        assert blocked.value.details["kind"] == "too_many_removals"

    with pytest.raises(RosterGuardError) as contradicting:
        roster.after(state, roster, first_sync=True)
    assert contradicting.value.details == {"kind": "contradicting_baseline"}
    state.data.completed_at = state.data.results = None
    with pytest.raises(ValueError, match="not completed"):
        roster.after(state, roster)
    assert roster.after(None, roster) is None


def test_a_group_may_hold_no_members(apply: Callable[..., ApplyResult], sandbox: Sandbox) -> None:
    group, broken = seed(sandbox, Roster()), Roster([{**person(0), "plan_id": "pln_x"}])
    first = apply(group, roster=broken, first_sync=True)
    assert len(held(first)) == 0
    details = blocked_details(apply, group, roster=people(0, 1), previous=held(first))
    assert details == {"kind": "empty_previous_roster"}
