#!/usr/bin/env python3
"""scripts/audit.py: checks licenses, sources and known vulnerabilities of the dependencies.

Fails on findings. Vulnerability databases are read over the network; those that cannot be reached
are listed at the end as not checked.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import dist_tools as tools
import sbom
from dist_tools import cargo_tool
from python_tools import ROOT

OSV = "https://api.osv.dev/v1/querybatch"


class UnreachableError(Exception):
    """A vulnerability database cannot be reached."""


def report(*command: str | Path, cwd: Path = ROOT) -> dict[str, Any]:
    """The report that a command prints as JSON; without one, it has not reached its database."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, text=True)
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        raise UnreachableError(f"{Path(words[0]).name} got no response") from None


def deny(*checks: str) -> list[str]:
    done = subprocess.run([cargo_tool("cargo-deny"), "--workspace", "check", *checks], cwd=ROOT)
    return [f"cargo-deny: {', '.join(checks)}, listed above"] if done.returncode else []


def rules() -> list[str]:
    """Checks the crates against deny.toml; needs no network."""
    return deny("licenses", "bans", "sources")


def contents() -> list[str]:
    """Checks that the bills of materials of all packages are complete."""
    sbom.write(tools.staging_folder("audit"))
    return []


def crates() -> list[str]:
    """Checks the crates against RustSec's advisories, and for yanked ones."""
    if subprocess.run([cargo_tool("cargo-deny"), "fetch", "db"], cwd=ROOT).returncode:
        raise UnreachableError("the RustSec database cannot be fetched")
    return deny("advisories")


def python() -> list[str]:
    """Checks what builds the wheel; the Python package itself has no dependencies."""
    path = next(tools.folder().parent.glob("[Ll]ib/**/site-packages"))
    checked = report(tools.folder() / "pip-audit", "--path", path, "--format=json")["dependencies"]
    # Without data from the registry, pip-audit skips every package.
    if all("skip_reason" in package for package in checked):
        raise UnreachableError("pip-audit found no vulnerability data")
    return [f"{p['name']}: {found['id']}" for p in checked for found in p.get("vulns", ())]


def node() -> list[str]:
    """Checks what builds and tests the Node package; it has no dependencies itself."""
    found = []
    for folder in ("bindings/node", "bindings/node/test-projects/runtimes"):
        read = report("npm", "audit", "--json", "--package-lock-only", cwd=ROOT / folder)
        if "vulnerabilities" not in read:
            raise UnreachableError("npm audit got no response")
        found += [f"{folder}: {name}" for name in read["vulnerabilities"]]
    return found


def jvm() -> list[str]:
    """Checks the dependencies of the jar, also those of its dependencies."""
    bill = sbom.jar()
    names = [part["purl"].split("?")[0] for part in bill["components"]]
    body = json.dumps({"queries": [{"package": {"purl": name}} for name in names]}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(OSV, body), timeout=30) as response:
            results = json.load(response)["results"]
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        raise UnreachableError("the OSV database does not respond") from None
    pairs = zip(names, results, strict=True)
    return [f"{name}: {found['id']}" for name, one in pairs for found in one.get("vulns", ())]


def main() -> None:
    found: list[str] = []
    unchecked: list[str] = []
    for check in (rules, contents, crates, python, node, jvm):
        print(f"== {check.__name__}", flush=True)
        try:
            found += check()
        except UnreachableError as reason:
            unchecked.append(f"{check.__name__}: {reason}")
    for line in unchecked:
        print(f"NOT CHECKED for known vulnerabilities, as the database cannot be reached: {line}")
    for line in found:
        print(f"FOUND {line}")
    print(f"audit: {len(found)} findings, {len(unchecked)} of 4 not reached")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
