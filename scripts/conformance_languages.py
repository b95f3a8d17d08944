"""The languages that run the shared scenarios, and their commands.

A language has the columns that its runner writes to `target/conformance/`, the command that runs
all scenarios, and the arguments that select one group: `GROUP` stands for its name.
"""

from typing import NamedTuple


class Language(NamedTuple):
    columns: list[str]
    everything: list[str]
    one_group: list[str]


LANGUAGES = {
    "rust": Language(
        ["rust"],
        ["cargo", "test", "--quiet", "-p", "vitable-groups", "--test", "conformance", "--"],
        ["GROUP"],
    ),
    "python": Language(
        ["python", "python-async"],
        ["scripts/test-python", "tests/test_conformance.py"],
        ["-k", "GROUP"],
    ),
    "node": Language(
        ["node"],
        ["scripts/test-node", "conformance"],
        ["--test-name-pattern=^GROUP: "],
    ),
    "kotlin": Language(
        ["kotlin"],
        ["scripts/test-kotlin", "ConformanceTest"],
        ["GROUP"],
    ),
    "swift": Language(
        ["swift"],
        ["scripts/test-swift", "Conformance"],
        ["GROUP"],
    ),
}

COLUMNS = [column for language in LANGUAGES.values() for column in language.columns]
