"""The packages that are compiled into a package of the workspace."""

import json
from functools import cache

from python_tools import ROOT, output


@cache
def metadata() -> dict:
    return json.loads(output(["cargo", "metadata", "--format-version", "1", "--locked"]))


def tree(package: str) -> dict[str, list[str]]:
    """The ids of the packages that are compiled into this one, on any platform, each with its
    dependencies. Build tools and test dependencies are excluded."""
    shown = output(
        [
            *("cargo", "tree", "--locked", "-p", package, "-e", "normal,no-proc-macro"),
            *("--target", "all", "--prefix", "none", "--format", "{p}"),
        ]
    )
    # A line is `name vVERSION`, a path for packages of the workspace, and markers.
    names = {tuple(line.split()[:2]) for line in shown.splitlines() if line}
    ids = {
        found["id"]: found
        for found in metadata()["packages"]
        if (found["name"], f"v{found['version']}") in names
    }
    nodes = {node["id"]: node for node in metadata()["resolve"]["nodes"]}
    return {
        id: sorted(
            dependency["pkg"]
            for dependency in nodes[id]["deps"]
            if dependency["pkg"] in ids
            and any(kind["kind"] is None for kind in dependency["dep_kinds"])
        )
        for id in sorted(ids)
    }


def packages() -> dict[str, dict]:
    """Cargo's metadata of each package, by id."""
    return {package["id"]: package for package in metadata()["packages"]}


def is_own(package: dict) -> bool:
    return package["source"] is None


def root(package: str) -> dict:
    """A package of the workspace, by name."""
    return next(p for p in packages().values() if is_own(p) and p["name"] == package)


__all__ = ["ROOT", "is_own", "packages", "root", "tree"]
