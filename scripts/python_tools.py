"""Shared code of the test scripts: temporary environments in `.cache/`, and the sandbox program."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


def environment(requirement: str) -> pathlib.Path:
    """The program folder of an environment with this requirement installed."""
    name = requirement.replace("==", "-")
    return pathlib.Path(output([sys.executable, "scripts/venv", name, requirement]).strip()) / "bin"


def sandbox_program() -> str:
    """Builds the sandbox and returns its path."""
    output(["cargo", "build", "--quiet", "--package", "vitable-groups-sandbox"])
    described = output(["cargo", "metadata", "--format-version", "1", "--no-deps"])
    target = pathlib.Path(json.loads(described)["target_directory"])
    return str(target / "debug" / "vitable-groups-sandbox")


def output(command: list[str]) -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return done.stdout
