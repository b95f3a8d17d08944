"""The list of retired words finds them in text and in names, spares ordinary English, and agrees
with the glossary.
"""

from __future__ import annotations

import re

import lint_words

PATH = "crates/some/src/lib.rs"


def found(text: str, path: str = PATH) -> list[str]:
    return [each.found for each in lint_words.check(path, text)]


def test_a_finding_names_the_line_and_the_replacement() -> None:
    [finding] = lint_words.check(PATH, "//! Fine.\n\n/// The answer.\n")
    assert str(finding).startswith(f'{PATH}:3: "answer": write "response" (HTTP)'), finding


def test_identifiers_are_split_into_words() -> None:
    assert found("let last_answer = 1;") == ["answer"]
    assert found("let lastAnswer = 1;") == ["answer"]
    assert found("struct HTTPAnswer;") == ["answer"]
    assert found("ANSWER_2") == ["answer"]
    assert found("answer2") == ["answer"]
    assert found("RetryBudget") == ["budget"]
    assert found("fn a_request_is_sent_again() {}") == ["sent again"]


def test_longer_words_are_other_words() -> None:
    fine = "placeholder, replaced, displays, tasks, masked, bold, hold, lookups, troubleshooting"
    assert found(fine) == []


def test_phrases_continue_on_the_next_line() -> None:
    assert found("/// a call that is tried\n    /// again\n") == ["tried again"]
    assert found("# what became\n# of it\n") == ["became of"]
    assert found("The response is sent\n\nAgain, later.\n") == []


def test_ordinary_english_is_spared() -> None:
    for text in [
        "It is looked up, and look it up; looks like a header",
        "there is no baseline, and there are no groups; it is no longer open",
        "replaced in place; takes place; two decimal places",
        "the command cannot tell; they are told apart",
        "connection refused; the connection was refused; ErrorKind::GuardRefused",
        "an event-driven program, and a data-driven test",
        "what went wrong in the real world; it went as planned",
        "for people who lose coverage",
        "asyncio.CancelledError, Task.isCancelled, task.cancelled()",
        "the environment is staging; java.util.concurrent.CompletionStage",
    ]:
        assert found(text) == [], (text, found(text))


def test_the_retired_sense_of_a_word_is_found() -> None:
    for text, words in {
        "the request is refused": ["is refused"],
        "This is no number.": ["is no"],
        "bytes that are no JSON": ["are no"],
        "a look after half a second": ["look"],
        "it tells the caller": ["tells"],
        "turns the clock forward": ["turns the clock"],
        "the text, for people": ["for people"],
        "the sync is done": ["sync is done"],
        "a world of its own": ["world"],
    }.items():
        assert found(text) == words, (text, found(text))


def test_file_names_are_checked() -> None:
    [finding] = lint_words.check_name("benches/contestants.py")
    assert str(finding) == 'benches/contestants.py: its name: "contestants": write "bench client"'
    assert list(lint_words.check_name("scripts/test-place-holder.py")) != []
    assert list(lint_words.check_name("crates/inline-http/src/pool.rs")) == []


def test_the_names_in_a_changelog_are_exempt() -> None:
    text = "## 0.2.0\n\n- `Answer` is `Response` now.\n"
    assert found(text, "CHANGELOG.md") == []
    assert found("## 0.2.0\n\n- An answer.\n", "CHANGELOG.md") == ["answer"]


def test_an_exemption_keeps_the_lines_and_words_after_it() -> None:
    exemption = lint_words.Exemption("*", r"(?s)<.*?>", "a test")
    assert exemption.remove("a <b\nc\n> d\n").count("\n") == 3
    assert "is no" not in exemption.remove("is <b>no")


def test_data_and_licenses_are_skipped() -> None:
    for path in ["Cargo.lock", "crates/x/LICENSE", "examples/rosters/a.csv", "docs/glossary.md"]:
        assert lint_words.is_skipped(path), path
    for path in ["docs/index.md", "crates/x/src/lib.rs", "scripts/lint", "CHANGELOG.md"]:
        assert not lint_words.is_skipped(path), path


def test_every_word_that_the_glossary_retires_is_found() -> None:
    text = (lint_words.ROOT / "docs/glossary.md").read_text()
    _, table = text.split("## Words to avoid\n")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", table, re.M)[2:]
    assert len(rows) > 30, rows
    for retired in (word for row in rows for word in row.split(", ")):
        assert found(retired), f"the glossary retires {retired!r}, and no rule finds it"


def test_the_glossary_defines_its_terms_without_retired_words() -> None:
    text = (lint_words.ROOT / "docs/glossary.md").read_text()
    defined, _ = text.split("## Words to avoid\n")
    assert found(defined) == []


def test_exemptions_give_a_reason_and_replacements_are_not_empty() -> None:
    assert all(each.reason and each.pattern for each in lint_words.EXEMPTIONS)
    assert all(rule.instead for rule in lint_words.RULES)
