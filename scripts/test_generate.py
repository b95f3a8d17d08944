"""`make generate` writes what differs from the definition, and `--check` names it. Needs PyYAML."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent / "generate"
sys.path.insert(0, str(FOLDER))

VARIABLES: dict[str, Any] = runpy.run_path(str(FOLDER / "__main__.py"))
MARK = f"// {VARIABLES['MARK']}.\n"
Program = Callable[..., int]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program, on an empty repository, with one file to generate."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    main = VARIABLES["main"]
    files = {tmp_path / "src" / "a.rs": f"{MARK}wanted"}
    for name, value in {"ROOT": tmp_path, "wanted": lambda _: files, "load": lambda: None}.items():
        monkeypatch.setitem(main.__globals__, name, value)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["generate", *arguments])
        code: int = main()
        return code

    return run


def test_a_missing_file_is_written(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program("--check") == 1
    assert "src/a.rs: differs" in capsys.readouterr().out
    assert program() == 0
    assert (tmp_path / "src/a.rs").read_text() == f"{MARK}wanted"
    assert program("--check") == 0


def test_a_changed_file_is_a_difference(program: Program, tmp_path: Path) -> None:
    program()
    (tmp_path / "src/a.rs").write_text(f"{MARK}changed")
    assert program("--check") == 1


def test_a_generated_file_that_is_no_longer_wanted_is_a_difference(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program()
    (tmp_path / "old.rs").write_text(MARK)
    (tmp_path / "by_hand.rs").write_text("// By hand.\n")
    capsys.readouterr()
    assert program("--check") == 1
    assert capsys.readouterr().out.startswith("old.rs: differs")
    assert program() == 0
    assert not (tmp_path / "old.rs").exists()
    assert (tmp_path / "by_hand.rs").exists()
