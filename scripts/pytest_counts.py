"""A plugin of pytest that prints `N passed, N failed`, which `scripts/test` reads."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    count = {name: len(reports) for name, reports in terminalreporter.stats.items()}
    failed = count.get("failed", 0) + count.get("error", 0)
    passed = count.get("passed", 0) + count.get("subtests passed", 0)
    print(f"\n{passed} passed, {failed} failed")
