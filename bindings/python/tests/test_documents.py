"""Runs the Python blocks of all pages, and the examples."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import member
from vitable_groups import Roster
from vitable_groups.testing import Sandbox

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = json.loads(
    subprocess.run(
        [sys.executable, str(ROOT / "scripts/docs_blocks.py"), "--json", "python"],
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
)


@pytest.fixture
def home(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VITABLE_CONNECT_API_KEY", "test")
    monkeypatch.setenv("VITABLE_CONNECT_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    rosters = tmp_path / "rosters"
    rosters.mkdir()
    for name in (
        "members.csv",
        "roster.csv",
        "last-month.csv",
        "2026-10-members-fixed.csv",
        "2026-11-members.csv",
        "rosters/tier-1.csv",
        "rosters/tier-2.csv",
    ):
        (tmp_path / name).write_text(Roster([member(1), member(2)]).to_csv())
    return tmp_path


def synced(sandbox: Sandbox, reference: str) -> None:
    """A group that holds the members of the rosters in ``home``."""
    held = [member(1), member(2)]
    sandbox.seed(groups=[{"name": "One", "external_reference_id": reference, "members": held}])


def run(source: str | None, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, *(["-c", source] if source is not None else []), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["location"])
def test_a_block_of_a_page(home: Path, sandbox: Sandbox, block: dict[str, Any]) -> None:
    if "previous=last" in block["code"]:
        synced(sandbox, "tier-1")
    for name, content in block["files"].items():
        (home / name).write_text(content)
    if "def test_" in block["code"]:
        (home / "test_block.py").write_text(block["code"])
        assert "1 passed" in run(None, "-m", "pytest", "-p", "no:cacheprovider", "test_block.py")
        return
    printed = run(block["code"])
    if block["prints"] is not None:
        assert printed == block["prints"]


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 16


def test_the_daily_job(home: Path, sandbox: Sandbox) -> None:
    job = str(ROOT / "examples/python/daily_job.py")
    rows = [member(1), member(2), member(3, last_name="Other", plan_id="pln_x")]
    (home / "broken.csv").write_text(Roster(rows).to_csv())
    printed = run(None, job, "broken.csv", "--keep", "1.json", code=1)  # a new group is empty
    assert "2 added, 0 removed, 1 failed" in printed
    assert [row["reference_id"] for row in Roster.read("1.json")] == ["EMP-001", "EMP-002"]
    assert (home / "1.json").stat().st_mode & 0o777 == 0o600
    for keep in ("1.json", "nowhere/2.json"):
        stopped = run(None, job, "members.csv", "--previous", "1.json", "--keep", keep, code=1)
        assert "nothing was sent" in stopped
    blocked = run(None, job, "members.csv", "--keep", "2.json", code=1)
    assert "nothing was sent" in blocked
    assert not (home / "2.json").exists()
    printed = run(None, job, "broken.csv", "--previous", "1.json", "--keep", "2.json", code=1)
    assert "1 to add, 0 to remove" in printed
    assert "outcome: rows_failed" in printed
    run(None, job, "members.csv", "--previous", "2.json", "--keep", "3.json")
    printed = run(None, job, "members.csv", "--first-sync", "--keep", "4.json", code=1)
    assert "outcome: not_as_planned" in printed
    assert sum(each["active"] for each in sandbox.state()["members"]) == 2


def test_the_daily_job_of_a_group_that_was_never_synced(home: Path, sandbox: Sandbox) -> None:
    sandbox.seed(groups=[{"name": "One", "external_reference_id": "tier-1"}])
    job = str(ROOT / "examples/python/daily_job.py")
    assert "2 added" in run(None, job, "members.csv", "--first-sync", "--keep", "1.json")


def test_many_groups(home: Path, sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 250, "prefix": "seed"})
    assert run(None, str(ROOT / "examples/python/many_groups.py")) == "250 groups\n"


FLEET = str(ROOT / "examples/python/fleet.py")


def test_a_fleet_on_dask(home: Path, sandbox: Sandbox) -> None:
    pytest.importorskip("distributed")
    synced(sandbox, "tier-2")
    first = run(None, FLEET, "rosters", "held", code=1)
    assert "tier-1: succeeded, 2 added, 0 removed" in first.splitlines()
    assert "tier-2: " in first
    assert "nothing was sent" in first
    assert [path.name for path in (home / "held").iterdir()] == ["tier-1.json"]
    assert (home / "held/tier-1.json").stat().st_mode & 0o777 == 0o600

    rows = [member(number, last_name="Other" + "ABCDEFG"[number]) for number in range(7)]
    rows[6]["plan_id"] = "pln_x"
    (home / "held/tier-2.json").write_text(Roster([member(1), member(2)]).to_json())
    (home / "rosters/tier-2.csv").write_text(Roster([member(1), member(2), *rows[3:]]).to_csv())
    (home / "held/tier-1.sending").write_text("")
    second = run(None, FLEET, "rosters", "held", code=1)
    assert sorted(second.splitlines()) == [
        "tier-1: not sent: the outcome of an earlier sync is unknown",
        "tier-2: rows_failed, 3 added, 0 removed",
    ]

    (home / "held/tier-1.sending").unlink()
    (home / "rosters/tier-2.csv").write_text(Roster(rows[5:6]).to_csv())
    third = run(None, FLEET, "rosters", "held", code=1)
    assert "tier-1: succeeded, 0 added, 0 removed" in third.splitlines()
    assert "leaves out 4 of the 5 members" in third
    assert len(Roster.from_json(home / "held/tier-2.json")) == 5  # without the row that failed
    assert not (home / "held/tier-2.sending").exists()
    assert sum(each["active"] for each in sandbox.state()["members"]) == 7


def test_the_first_syncs_of_a_fleet_are_named(home: Path, sandbox: Sandbox) -> None:
    pytest.importorskip("distributed")
    for reference in ("tier-1", "tier-2"):
        sandbox.seed(groups=[{"name": reference, "external_reference_id": reference}])
    (home / "rosters/tier-2.csv").write_text(Roster([member(3)]).to_csv())
    printed = run(None, FLEET, "rosters", "held", "--first-sync", "tier-1", "tier-2")
    assert sorted(printed.splitlines()) == [
        "tier-1: succeeded, 2 added, 0 removed",
        "tier-2: succeeded, 1 added, 0 removed",
    ]
