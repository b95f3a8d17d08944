"""Parity of this package with the core's manifest."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
import vitable_groups
from vitable_groups import AsyncVitableConnect, VitableConnect, VitableConnectError
from vitable_groups._native import manifest
from vitable_groups._timeouts import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT

MANIFEST: dict[str, Any] = json.loads(manifest())


@pytest.mark.parametrize("operation", MANIFEST["operations"], ids=lambda each: each["name"])
@pytest.mark.parametrize("cls", [VitableConnect, AsyncVitableConnect])
def test_operations(operation: dict[str, Any], cls: type[VitableConnect]) -> None:
    target: Any = cls(api_key="k")
    for name in operation["name"].split("."):
        target = getattr(target, name)
    parameters = inspect.signature(target).parameters
    own = [*operation["path_params"], *operation["query_params"], *operation["body_params"]]
    assert set(own) <= set(parameters)
    common = {"extra_headers", "extra_query", "extra_body", "timeout", "deadline", "prefetch"}
    assert set(parameters) - set(own) <= common
    assert ("prefetch" in parameters) == operation["paginated"]


@pytest.mark.parametrize("kind", MANIFEST["error_kinds"], ids=lambda each: each["code"])
def test_error_kinds(kind: dict[str, Any]) -> None:
    cls = getattr(vitable_groups, kind["class"])
    assert issubclass(cls, VitableConnectError)


def test_defaults() -> None:
    defaults = MANIFEST["defaults"]
    assert defaults["max_retries"] == DEFAULT_MAX_RETRIES
    assert defaults["timeout_seconds"] == DEFAULT_TIMEOUT.read
    assert defaults["connect_timeout_seconds"] == DEFAULT_TIMEOUT.connect
    assert {each["name"]: each["base_url"] for each in MANIFEST["environments"]} == (
        vitable_groups.ENVIRONMENTS
    )
    assert MANIFEST["version"] == vitable_groups.__version__
