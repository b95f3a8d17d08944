"""What the test scripts share: throw-away environments in `.cache/`, and the sandbox program."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


def environment(requirement):
    """The bin folder of an environment with this requirement installed."""
    folder = CACHE / requirement.replace("==", "-")
    ready = folder / "ready"
    if not ready.exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
        run([str(folder / "bin" / "python"), *install])
        ready.touch()
    return folder / "bin"


def sandbox_program():
    """Builds the sandbox and gives its path."""
    run(["cargo", "build", "--quiet", "--package", "vitable-groups-sandbox"], cwd=ROOT)
    described = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    target = json.loads(described.stdout)["target_directory"]
    return str(pathlib.Path(target) / "debug" / "vitable-groups-sandbox")


def run(command, **options):
    """Runs a command that must succeed."""
    if subprocess.run(command, **options).returncode != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
