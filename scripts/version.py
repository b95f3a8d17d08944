#!/usr/bin/env python3
"""scripts/version.py [VERSION]: prints the version, or writes a new one to every file that contains
it. `--check` compares all of them with Cargo.toml. .bumpversion.toml lists the files.
"""

import re
import subprocess
import sys

import tomllib
from dist_tools import EXE, run, venv, version
from python_tools import ROOT

LOCKS = ("Cargo.lock", "fuzz/Cargo.lock", "tests/neighbors/Cargo.lock")
# The newest entry of the changelog must have this version; its date is set on release.
ENTRY = re.compile(r"^## (\S+) \((?:unreleased|\d{4}-\d{2}-\d{2})\)$", re.M)


def bump(*options: str) -> list[str]:
    program = venv("version", "bump-my-version==1.8.*") / f"bump-my-version{EXE}"
    return [str(program), "bump", *options]


def differences() -> list[str]:
    """What does not have this version."""
    found = []
    done = subprocess.run(
        # Replacing the version fails where it is not found.
        bump("--new-version", "999.0.0", "--dry-run"),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        found.append(done.stdout + done.stderr)
    for lock in LOCKS:
        for package in tomllib.loads((ROOT / lock).read_text(encoding="utf-8"))["package"]:
            # Packages of other workspaces are never published and have no version.
            if "source" not in package and package["version"] not in (version(), "0.0.0"):
                found.append(f"{lock}: {package['name']} has {package['version']}")
    project = tomllib.loads((ROOT / "bindings/python/pyproject.toml").read_text(encoding="utf-8"))
    if project["project"].get("dynamic") != ["version"]:
        found.append("bindings/python/pyproject.toml: the version must be dynamic")
    newest = ENTRY.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if newest is None or newest[1] != version():
        found.append(f"CHANGELOG.md: the newest entry must be `## {version()} (DATE)`")
    return found


def main() -> None:
    match sys.argv[1:]:
        case []:
            print(version())
        case ["--check"]:
            if found := differences():
                sys.exit("\n".join([f"version: not {version()} everywhere:", *found]))
        case [new]:
            run(*bump("--new-version", new))
            for lock in LOCKS:
                manifest = lock.replace("Cargo.lock", "Cargo.toml")
                run("cargo", "update", "--quiet", "--workspace", "--manifest-path", manifest)
            print(f"version: set {new}; now add its entry to CHANGELOG.md")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
