"""Programs for the official package 0.9.0, run with it and with this one: the same output, the same
exceptions, the same requests on the wire. Only the import line differs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from vitable_groups.testing import Sandbox

ROOT = Path(__file__).resolve().parents[3]
#: Output that may differ; the migration pages are generated from the same file.
DIFFERENCES = json.loads((ROOT / "docs/data/differences.json").read_text())
PROGRAMS = sorted((Path(__file__).parent / "dropin").glob("*.py"))
#: Headers that identify the client and the connection; they do not depend on the program.
TELEMETRY = (
    "user-agent",
    "x-stainless",
    "idempotency-key",
    "accept-encoding",
    "connection",
    "host",
)
SEED = {
    "groups": [
        {"name": f"Group {n}", "external_reference_id": f"ref-{n}", "id": f"grp_{n:022}"}
        for n in range(5)
    ],
}


def run(program: Path, package: str) -> tuple[str, list[object]]:
    with Sandbox(random_seed=7) as sandbox:
        return run_on(sandbox, program, package)


def run_on(sandbox: Sandbox, program: Path, package: str) -> tuple[str, list[object]]:
    sandbox.control("POST", "/clock", {"mode": "manual", "now": "2026-01-15T10:30:00Z"})
    sandbox.seed(**SEED)
    sandbox.clear_requests()
    source = program.read_text().replace("vitable_connect", package)
    environment = {
        **os.environ,
        "VITABLE_CONNECT_API_KEY": "test",
        "VITABLE_CONNECT_BASE_URL": sandbox.base_url,
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{package}: {done.stderr}"
    requests = [
        (
            request["method"],
            request["path"],
            request["query"],
            request["body"],
            sorted(
                (name, value)
                for name, value in request["headers"]
                if not name.startswith(TELEMETRY)
            ),
        )
        for request in sandbox.requests()
    ]
    return done.stdout, list(requests)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_program_moves_over(program: Path) -> None:
    official = run(program, "vitable_connect")
    ours = run(program, "vitable_groups")
    printed = ours[0].replace("vitable_groups", "vitable_connect")
    expected = official[0]
    for difference in DIFFERENCES["dropin"]:
        expected = expected.replace(difference["official"], difference["ours"])
    assert printed == expected
    assert ours[1] == official[1]
    assert official[0]
    assert official[1]
