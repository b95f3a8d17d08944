"""The pytest plugin; pytest loads it wherever this package is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from . import Sandbox


@pytest.fixture(scope="session")
def _vitable_groups_server() -> Iterator[Sandbox]:
    from . import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def vitable_groups_sandbox(_vitable_groups_server: Sandbox) -> Iterator[Sandbox]:
    """A sandbox server, reset before every test."""
    _vitable_groups_server.reset()
    yield _vitable_groups_server
    _vitable_groups_server.release()
