"""Rosters: read, check, diff, guard, apply, report."""

from __future__ import annotations

import copy
import io
import json
import pickle
from dataclasses import dataclass, field
from pathlib import Path

import pydantic
import pytest
from conftest import PLAN, member
from vitable_groups import (
    InvalidRosterError,
    Roster,
    RosterGuardError,
    VitableConnect,
)
from vitable_groups.testing import Sandbox

HEADER = "Employee ID,First Name,Last Name,DOB,Plan,Street,City,State,Zip\n"


def line(number: int, zip_code: str = "62701") -> str:
    name = "Example-" + "ABCDEFGH"[number]  # another person under each reference ID
    return f"E{number},Ann,{name},1990-01-01,{PLAN},1 Main St,Springfield,IL,{zip_code}\n"


def csv(*numbers: int) -> bytes:
    return (HEADER + "".join(line(number) for number in numbers)).encode()


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(csv(1, 2))
    for source in (
        str(path),
        path,
        csv(1, 2),
        io.BytesIO(csv(1, 2)),
        io.StringIO(csv(1, 2).decode()),
    ):
        roster = Roster.read(source)
        assert len(roster) == 2
        assert [row["reference_id"] for row in roster] == ["E1", "E2"]
    assert roster.report is not None
    assert roster.report.format == "csv"
    assert roster.report.columns[0]["column"] == "Employee ID"
    assert Roster.from_csv(roster.to_csv().encode()) == roster
    assert Roster.from_json(roster.to_json().encode()) == roster
    assert pickle.loads(pickle.dumps(roster)) == roster
    assert repr(roster) == "<Roster of 2 rows>"
    with pytest.raises(ValueError, match=r"column|header|field"):
        Roster.read(b"nothing,known\n1,2\n", format="csv")


def test_line_breaks_in_cells(tmp_path: Path) -> None:
    text = csv(1).replace(b"1 Main St", b'"1 Main St\nFlat 2"')
    path = tmp_path / "roster.csv"
    path.write_bytes(text)
    for source in (lambda: text, lambda: path, lambda: io.BytesIO(text)):
        assert not Roster.read(source()).check().is_ok
        for read in (Roster.read, Roster.from_csv):
            roster = read(source(), multi_line_cells=True)
            assert roster.check().is_ok
            assert roster.members[0]["address"]["address_line_1"] == "1 Main St\nFlat 2"


def test_copies_keep_the_permission_for_line_breaks() -> None:
    text = csv(1, 2).replace(b"1 Main St", b'"1 Main St\nFlat 2"')
    allowed, not_allowed = Roster.read(text, multi_line_cells=True), Roster.read(text)
    copied = pickle.loads(pickle.dumps(allowed))
    for each in (copied, pickle.loads(pickle.dumps(copied)), copy.deepcopy(allowed)):
        assert each == allowed
        assert each.check().is_ok
    with pytest.raises(ValueError, match="2 rows have errors"):
        pickle.dumps(not_allowed)
    built = Roster(not_allowed.members)
    assert not pickle.loads(pickle.dumps(built)).check().is_ok


def test_a_stray_quotation_mark_is_found_by_line_and_column() -> None:
    with pytest.raises(InvalidRosterError) as invalid:
        Roster.read(csv(1, 2).replace(b"E2,Ann", b'E2,An"n'))
    assert (invalid.value.details["line"], invalid.value.details["column"]) == (3, 6)


def test_copies_keep_read_errors() -> None:
    row = json.dumps(member())
    broken = Roster.read(f'[{row[:-1]}, "first_name": "Bea"}}]'.encode())
    assert not broken.check().is_ok
    with pytest.raises(ValueError, match="1 rows have errors"):
        pickle.dumps(broken)
    for copied in (copy.copy(broken), copy.deepcopy(broken)):
        assert not copied.check().is_ok


def test_rows_of_many_kinds() -> None:
    @dataclass
    class Record:
        reference_id: str = "EMP-001"
        first_name: str = "Ann"
        last_name: str = "Example"
        date_of_birth: str = "1990-05-15"
        plan_id: str = PLAN
        address: dict[str, str] = field(default_factory=lambda: member()["address"])  # type: ignore[assignment,return-value]

    class Model(pydantic.BaseModel):
        reference_id: str
        first_name: str
        last_name: str
        date_of_birth: str
        plan_id: str
        address: dict[str, str]

    plain = Roster([member()])
    assert Roster([Record()]) == plain
    assert Roster([Model(**member())]) == plain  # type: ignore[arg-type]
    assert plain.check().is_ok


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames(library: str) -> None:
    module = pytest.importorskip(library)
    rows = [{**member(), "email": None}, {**member(2), "email": "a@example.com"}]
    roster = Roster(module.DataFrame(rows))
    assert [row["reference_id"] for row in roster] == ["EMP-001", "EMP-002"]
    assert roster.check().is_ok


def test_a_check_reports_all_findings_masked() -> None:
    rows = [
        member(1, date_of_birth="1990-02-30", email="zebulon at example"),
        member(1),
        member(3, plan_id="pln_unknown"),
    ]
    report = Roster(rows).check(plan_ids=[PLAN])
    assert not report.is_ok
    assert {finding.field for finding in report.findings} >= {"date_of_birth", "email", "plan_id"}
    assert all(finding.fix and finding.message for finding in report.findings)
    assert "zebulon" not in repr(report) + report.to_json()


def test_differences() -> None:
    diff = Roster.read(csv(1, 2, 4)).diff(Roster.read(csv(1, 2, 3)))
    assert [entry.reference_id for entry in diff.adds] == ["E4"]
    assert [entry.reference_id for entry in diff.removals] == ["E3"]
    assert (diff.unchanged, diff.updates, diff.plan_changes, diff.rekeyed) == (2, [], [], [])
    assert (diff.previous_members, diff.repeated_references) == (3, 0)
    assert diff.removal_share == pytest.approx(100 / 3)


def test_normalizing() -> None:
    rows = [member(1, phone="(415) 555-0100", date_of_birth="05/04/1990")]
    roster, report = Roster(rows).normalize(dates=["MM/DD/YYYY"])
    assert roster.members[0]["phone"] == "4155550100"
    assert roster.members[0]["date_of_birth"] == "1990-05-04"
    assert report.total == 2
    assert "0100" not in repr(report)


def test_the_guard() -> None:
    last, now = Roster.read(csv(1, 2, 3, 4)), Roster.read(csv(1, 2))
    now.guard(last, max_removals="50%")
    now.guard(last)  # 3 may go, however small the group
    for limit in ("5%", 1, "0"):
        with pytest.raises(RosterGuardError):
            now.guard(last, max_removals=limit)
    for limit in ("-5%", -1, "many", "101%"):
        with pytest.raises(ValueError, match="max_removals must be"):
            now.guard(last, max_removals=limit)
    with pytest.raises(RosterGuardError):
        Roster().guard(first_sync=True)
    Roster().guard(first_sync=True, allow_empty=True)


def test_applying(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    sandbox.settings(
        forced_failures=[{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]
    )
    roster = Roster.read(csv(1, 2, 3))
    sync = client.groups.members.sync
    done = sync.apply(group, roster=roster)
    outcome = done.outcome
    assert (outcome.submitted, outcome.added, outcome.failed) == (3, 2, 1)
    assert (outcome.status, outcome.is_ok) == ("rows_failed", False)
    failure = outcome.failures[0]
    assert (failure.row, failure.line, failure.reference_id) == (2, 3, "E2")
    assert failure.fix
    assert done.state.completed_at is not None

    state = sync.retrieve(done.state.request_id, group_id=group)
    assert roster.outcome(state, first_sync=True) == outcome
    corrected = roster.corrected(state, {"E2": {**roster.members[1], "plan_id": PLAN}})
    assert (len(corrected.roster), corrected.replaced, corrected.still_failing) == (3, 1, [])
    sandbox.settings(forced_failures=[])
    held = done.group_after
    assert held is not None
    assert [row["reference_id"] for row in held] == ["E1", "E3"]
    again = sync.apply(group, roster=corrected.roster, previous=held, max_removals=0)
    assert again.outcome.is_ok
    assert (again.outcome.added, again.outcome.kept, again.outcome.removed) == (1, 2, 0)


def test_blocked_rosters_are_not_sent(client: VitableConnect, sandbox: Sandbox, group: str) -> None:
    sync = client.groups.members.sync
    with pytest.raises(InvalidRosterError) as invalid:
        sync.apply(group, roster=Roster([member(date_of_birth="soon")]))
    assert invalid.value.details["errors"] == 1
    json.dumps(invalid.value.details)
    with pytest.raises(RosterGuardError):
        sync.apply(group, roster=Roster())
    with pytest.raises(RosterGuardError):
        sync.apply(
            group, roster=Roster.read(csv(1)), previous=Roster.read(csv(1, 2)), max_removals=0
        )
    assert sandbox.requests() == []
    assert sync.apply(group, roster=Roster(), allow_empty=True).outcome.submitted == 0
