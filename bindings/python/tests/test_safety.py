"""No member loses coverage by accident: a roster without a baseline, or with too many removals,
is not sent."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from conformance.calls import done
from rosters import active, blocked_details, people, person, seed
from vitable_groups import Roster, RosterGuardError, VitableConnectError
from vitable_groups.roster import ApplyResult
from vitable_groups.testing import Sandbox


def test_half_a_roster_ends_no_subscription(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    everyone, half = people(0, 1000), people(0, 500)
    group = seed(sandbox, everyone)
    details = blocked_details(apply, group, roster=half, previous=everyone)
    assert (details["kind"], details["removals"]) == ("too_many_removals", 500)
    assert (details["previous"], details["share"]) == (1000, 50)
    assert blocked_details(apply, group, roster=half) == {"kind": "no_baseline"}
    assert sandbox.requests() == []
    assert active(sandbox) == 1000


def test_no_other_argument_replaces_a_baseline(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    everyone = people(0, 4)
    group = seed(sandbox, everyone)
    lifted = {"max_removals": "100%", "allow_empty": True, "allow_new_reference_ids": True}
    for roster in (people(0, 1), everyone, Roster()):
        assert blocked_details(apply, group, roster=roster, **lifted) == {"kind": "no_baseline"}
    assert blocked_details(apply, group, roster=everyone, previous=Roster(), **lifted) == {
        "kind": "empty_previous_roster"
    }
    assert blocked_details(apply, group, roster=everyone, previous=everyone, first_sync=True) == {
        "kind": "contradicting_baseline"
    }
    broken = Roster([person(0), person(1, " ")])
    assert blocked_details(apply, group, roster=everyone, previous=broken) == {
        "kind": "previous_roster_has_errors",
        "rows": 1,
    }
    assert blocked_details(apply, group, roster=Roster(), previous=everyone) == {
        "kind": "empty_roster"
    }
    assert sandbox.requests() == []
    assert active(sandbox) == 4


def test_the_limit(apply: Callable[..., ApplyResult], sandbox: Sandbox) -> None:
    everyone = people(0, 100)
    group = seed(sandbox, everyone)
    details = blocked_details(apply, group, roster=people(11, 100), previous=everyone)
    assert details["limit"] == "10% or 3 members, whichever is more"
    outcome = apply(group, roster=people(10, 100), previous=everyone).outcome
    assert (outcome.status, outcome.removed, active(sandbox)) == ("succeeded", 10, 90)
    outcome = apply(
        group, roster=people(99, 100), previous=people(10, 100), max_removals="100%"
    ).outcome
    assert (outcome.is_ok, outcome.removed, active(sandbox)) == (True, 89, 1)
    assert blocked_details(apply, group, roster=Roster(), previous=people(99, 100)) == {
        "kind": "empty_roster"
    }


def test_a_first_sync(apply: Callable[..., ApplyResult], sandbox: Sandbox) -> None:
    outcome = apply(seed(sandbox, Roster()), roster=people(0, 20), first_sync=True).outcome
    assert (outcome.status, outcome.is_ok, outcome.repeated) == ("succeeded", True, False)
    assert (outcome.submitted, outcome.added, outcome.removed, outcome.kept) == (20, 20, 0, 0)
    expected = outcome.expected
    assert expected is not None
    assert (expected.adds, expected.adds_at_most) == (20, 20)
    assert (expected.removals, expected.removals_at_least) == (0, 0)


def test_a_first_sync_of_a_group_with_members(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    outcome = apply(seed(sandbox, people(0, 2)), roster=people(0, 1), first_sync=True).outcome
    assert (outcome.status, outcome.is_ok) == ("not_as_planned", False)
    assert (outcome.added, outcome.removed) == (0, 1)
    assert any("1 add was planned" in note for note in outcome.notes)


@pytest.mark.parametrize("kind", ["client", "async_client"])
async def test_a_created_group_is_known_to_be_empty_once(sandbox: Sandbox, kind: str) -> None:
    client = getattr(sandbox, kind)()
    created = (await done(client.groups.create(external_reference_id="a", name="A"))).data.id
    found = await done(client.groups.get_or_create(external_reference_id="b", name="B"))
    for group in (created, found.id):
        sync = client.with_options(timeout=10).groups.members.sync
        assert (await done(sync.apply(group, roster=people(0, 2)))).outcome.added == 2
        with pytest.raises(RosterGuardError) as blocked:
            await done(sync.apply(group, roster=people(0, 2)))
        assert blocked.value.details == {"kind": "no_baseline"}
    assert active(sandbox) == 4
    await done(client.close())


@pytest.mark.parametrize("kind", ["client", "async_client"])
async def test_what_another_client_created_is_not_known(sandbox: Sandbox, kind: str) -> None:
    client = getattr(sandbox, kind)()
    other = pickle.loads(pickle.dumps(client.including_key()))
    group = (await done(client.groups.create(external_reference_id="a", name="A"))).data.id
    await done(client.groups.members.sync.submit(group, members=people(0, 2)))
    for each in (client, other):
        with pytest.raises(RosterGuardError) as blocked:
            await done(each.groups.members.sync.apply(group, roster=people(0, 1)))
        assert blocked.value.details == {"kind": "no_baseline"}
        await done(each.close())
    assert active(sandbox) == 2


def test_a_forked_child_does_not_know_what_its_parent_created(
    run_python: Callable[..., CompletedProcess[str]], sandbox: Sandbox
) -> None:
    done = run_python(
        f"""
import os, warnings
from vitable_groups import Roster, RosterGuardError, VitableConnect
warnings.simplefilter("ignore")
client = VitableConnect()
group = client.groups.create(external_reference_id="a", name="A").data.id
pid = os.fork()
if pid:
    assert os.waitpid(pid, 0)[1] == 0
else:
    try:
        client.groups.members.sync.apply(group, roster=Roster({people(0, 1).members!r}))
    except RosterGuardError as error:
        print(error.details["kind"], flush=True)
        os._exit(0)
    os._exit(1)
"""
    )
    assert done.stdout == "no_baseline\n"
    assert active(sandbox) == 0


def test_after_a_lost_response_the_outcome_is_not_known(
    apply: Callable[..., ApplyResult], sandbox: Sandbox
) -> None:
    group = seed(sandbox, people(0, 2))
    sandbox.fault(operation="groups.members.sync.submit", drop="after")
    outcome = apply(group, roster=people(1, 3), previous=people(0, 2)).outcome
    assert (outcome.status, outcome.is_ok, outcome.repeated) == ("unknown", False, True)
    assert (outcome.added, outcome.removed, outcome.kept) == (None, None, None)
    assert "repeated" in outcome.notes[0]
    posts = [each for each in sandbox.requests() if each["method"] == "POST"]
    assert len(posts) == 2


@pytest.mark.parametrize("kind", ["client", "async_client"])
async def test_a_submission_that_may_have_been_applied(sandbox: Sandbox, kind: str) -> None:
    client = getattr(sandbox, kind)(max_retries=0)
    group = (await done(client.groups.create(external_reference_id="a", name="A"))).data.id
    sandbox.fault(operation="groups.members.sync.submit", drop="after")
    sync = client.groups.members.sync
    with pytest.raises(VitableConnectError) as lost:
        await done(sync.apply(group, roster=people(0, 2)))
    assert lost.value.outcome_unknown
    with pytest.raises(RosterGuardError) as blocked:
        await done(sync.apply(group, roster=people(0, 1)))
    assert blocked.value.details == {"kind": "no_baseline"}
    assert active(sandbox) == 2
    await done(client.close())


@pytest.mark.parametrize("kind", ["client", "async_client"])
async def test_the_raw_response_reports_a_repeated_submission(sandbox: Sandbox, kind: str) -> None:
    group = seed(sandbox, people(0, 1))
    client = getattr(sandbox, kind)()
    sync = client.groups.members.sync
    first = await done(sync.with_raw_response.submit(group, members=people(0, 1)))
    assert (first.repeated, first.recovered) == (False, False)
    sandbox.fault(operation="groups.members.sync.submit", drop="after")
    second = await done(sync.with_raw_response.submit(group, members=people(0, 1)))
    assert (second.repeated, second.retries_taken) == (True, 1)
    sandbox.fault(operation="groups.members.sync.submit", drop="after")
    streamed = sync.with_streaming_response.submit(group, members=people(0, 1))
    if kind == "client":
        with streamed as third:
            assert third.repeated
    else:
        async with streamed as third:
            assert third.repeated
    await done(client.close())


def test_other_reference_ids(apply: Callable[..., ApplyResult], sandbox: Sandbox) -> None:
    before, now = Roster([person(0, "000123")]), Roster([person(0, "123")])
    group = seed(sandbox, before)
    assert blocked_details(apply, group, roster=now, previous=before, max_removals="100%") == {
        "kind": "new_reference_ids",
        "people": 1,
    }
    assert active(sandbox) == 1
    pair = now.diff(before).rekeyed[0]
    assert (pair.reference_id, pair.row, pair.previous_reference_id) == ("123", 1, "000123")
    outcome = apply(
        group, roster=now, previous=before, max_removals=0, allow_new_reference_ids=True
    ).outcome
    assert (outcome.status, outcome.added, outcome.removed) == ("succeeded", 1, 1)


def test_the_guard_alone() -> None:
    before, now = Roster([person(0, "000123")]), Roster([person(0, "123")])
    now.guard(first_sync=True)
    now.guard(before, allow_new_reference_ids=True)
    for arguments, kind in (
        ({}, "no_baseline"),
        ({"max_removals": "100%"}, "no_baseline"),
        ({"previous": Roster()}, "empty_previous_roster"),
        ({"previous": before}, "new_reference_ids"),
        ({"previous": before, "first_sync": True}, "contradicting_baseline"),
    ):
        with pytest.raises(RosterGuardError) as blocked:
            now.guard(**arguments)  # type: ignore[arg-type]
        assert blocked.value.details["kind"] == kind


def test_an_outcome_without_results(sandbox: Sandbox) -> None:
    roster = people(0, 2)
    outcome = roster.outcome(None, first_sync=True)
    assert (outcome.status, outcome.is_ok, outcome.submitted) == ("unknown", False, 2)
    assert (outcome.added, outcome.removed, outcome.failed, outcome.failed_removals) == (None,) * 4
    with pytest.raises(RosterGuardError) as contradicting:
        roster.outcome(None, roster, first_sync=True)
    assert contradicting.value.details == {"kind": "contradicting_baseline"}

    sandbox.settings(sync_delay_ms="never")
    group = seed(sandbox, roster)
    with sandbox.client() as client:
        sync = client.groups.members.sync
        receipt = sync.submit(group, members=roster).data
        state = sync.retrieve(receipt.request_id, group_id=group)
        with pytest.raises(ValueError, match="not completed"):
            roster.outcome(state, roster)
        sandbox.complete_syncs()
        state = sync.retrieve(receipt.request_id, group_id=group)
        assert roster.outcome(state, roster).is_ok
        assert not roster.outcome(state, repeated=True).is_ok
        state.data.results = None
        assert roster.outcome(state, roster).status == "unknown"
        with pytest.raises(ValueError, match="which rows failed"):
            roster.corrected(state, {})
