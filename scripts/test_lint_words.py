"""Tests of typos.toml and lint_phrases.py: they find retired words in text and in names, spare
ordinary English, and agree with the glossary.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lint_phrases import ROOT, check

GLOSSARY = (ROOT / "docs/glossary.md").read_text()
# scripts/lint-words installs the same.
VENV = [sys.executable, "scripts/venv", "words", "typos==1.52.*"]
TYPOS = subprocess.check_output(VENV, cwd=ROOT, text=True).strip() + "/bin/typos"
DEFINED, RETIRED = GLOSSARY.split("## Words to avoid\n")


def found(text: str, path: str = "text.rs") -> list[str]:
    """The retired words and phrases in a text."""
    done = subprocess.run(
        [TYPOS, "--format", "json", "-"], input=text, cwd=ROOT, capture_output=True, text=True
    )
    words = [json.loads(line) for line in done.stdout.splitlines()]
    phrases = [re.search(r'"([^"]*)": write', each) for each in check(path, text)]
    return [each["typo"] for each in words] + [each[1] for each in phrases if each]


@pytest.mark.parametrize(
    ("text", "word"),
    {
        "let last_answer = 1;": "answer",
        "let lastAnswer = 1;": "Answer",
        "struct HTTPAnswer;": "Answer",
        "ANSWER_2": "ANSWER",
        "answer2": "answer",
        "RetryBudget": "Budget",
        "fn a_request_is_sent_again() {}": "sent again",
        "/// a call that is tried\n    /// again\n": "tried again",
        "# what became\n# of it\n": "became of",
        "the request is refused": "is refused",
        "This is no number.": "is no",
        "bytes that are no JSON": "are no",
        "a look after half a second": "look",
        "it tells the caller": "tells",
        "turns the clock forward": "turns the clock",
        "the text, for people": "for people",
        "the sync is done": "sync is done",
        "a world of its own": "world",
        "the colour that is_cancelling": "colour",
    }.items(),
)
def test_the_retired_sense_is_found(text: str, word: str) -> None:
    assert word in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "placeholder, replaced, displays, tasks, masked, bold, hold, lookups, troubleshooting",
        "The response is sent\n\nAgain, later.\n",
        "It is looked up, and look it up; looks like a header; looks\n//! up the result",
        "there is no baseline, and there are no groups; it is no longer open",
        "replaced in place; takes place; two decimal places",
        "the command cannot tell; they are told apart",
        "connection refused; the connection was refused; ErrorKind::GuardRefused",
        "an event-driven program, and a data-driven test",
        "what went wrong in the real world; it went as planned",
        "for people who lose coverage",
        "asyncio.CancelledError, Task.isCancelled, task.cancelled()",
        "the environment is staging; java.util.concurrent.CompletionStage",
    ],
)
def test_ordinary_english_is_spared(text: str) -> None:
    assert found(text) == []


def retired() -> list[str]:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", RETIRED, re.M)[2:]
    return [word for row in rows for word in row.split(", ")]


def test_the_glossary_retires_words() -> None:
    assert len(retired()) > 50


@pytest.mark.parametrize("word", retired())
def test_every_word_that_the_glossary_retires_is_found(word: str) -> None:
    assert found(word)


def test_the_glossary_defines_its_terms_without_retired_words() -> None:
    assert found(DEFINED) == []


def test_a_changelog_keeps_old_names() -> None:
    text = "- `it_was_sent_again` is new. It is sent again.\n"
    assert found(text, "CHANGELOG.md") == ["sent again"]


@pytest.mark.parametrize("name", ["contestant.rs", "CHANGELOG.md", "a.csv", "Cargo.lock"])
def test_names_of_files_are_checked_and_data_is_skipped(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("an answer, once `answered`\n")
    done = subprocess.run(
        [TYPOS, "--force-exclude", "--format=brief", "--config", ROOT / "typos.toml", name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    expected = {"contestant.rs": ["contestant", "answer", "answered"], "CHANGELOG.md": ["answer"]}
    assert re.findall(r"error: `(\w+)`", done.stdout) == expected.get(name, [])
