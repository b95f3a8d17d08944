"""The Python blocks of all pages, and the examples, run."""

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
        [sys.executable, str(ROOT / "scripts/doc-blocks"), "--json", "python"],
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


def run(source: str | None, *arguments: str) -> str:
    command = [sys.executable, *(["-c", source] if source is not None else []), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["place"])
def test_a_block_of_a_page(home: Path, block: dict[str, Any]) -> None:
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


def test_the_daily_job(home: Path) -> None:
    job = str(ROOT / "examples/python/daily_job.py")
    assert "2 added, 0 removed, 0 failed" in run(None, job, "members.csv")
    assert "0 to add, 0 to remove" in run(None, job, "members.csv", "last-month.csv")


def test_many_groups(home: Path, sandbox: Sandbox) -> None:
    sandbox.seed(many_groups={"count": 250, "prefix": "seed"})
    assert run(None, str(ROOT / "examples/python/many_groups.py")) == "250 groups\n"


def test_a_fleet_on_dask(home: Path) -> None:
    pytest.importorskip("distributed")
    (home / "rosters/tier-2.csv").write_text(Roster([member(3)]).to_csv())
    printed = run(None, str(ROOT / "examples/python/fleet.py"), "rosters")
    assert sorted(printed.splitlines()) == [
        "tier-1: 2 added, 0 failed",
        "tier-2: 1 added, 0 failed",
    ]
