"""The modules of the package import each other without cycles.

Every import counts: at the top of a file, inside a function, and under ``TYPE_CHECKING``. An import
that runs late or never still ties a module to another one, and neither can be read, tested or moved
alone. No cycle is exempt.

A module does not count as importing the packages that contain it, although Python imports these
first: otherwise a package could not import its own modules. ``_native`` is not a Python module; it
imports a few modules by name when it calls Python.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import vitable_groups
from vitable_groups import AsyncVitableConnect, VitableConnect
from vitable_groups.resources.groups.groups import AsyncGroupsResource, GroupsResource
from vitable_groups.resources.groups.members.sync import AsyncSyncResource, SyncResource

PACKAGE = Path(vitable_groups.__file__).parent

Graph = Mapping[str, set[str]]


def module_graph(sources: Mapping[str, str]) -> Graph:
    """The imports among modules, from their sources by path, such as ``package/module.py``."""
    paths = {module_name(path): path for path in sources}
    return {
        name: {target for target in imports(sources[path], path, set(paths)) if target != name}
        for name, path in paths.items()
    }


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(source: str, path: str, modules: set[str]) -> Iterator[str]:
    """The modules that a source imports, wherever the import statement is."""
    package = path.rpartition("/")[0].split("/")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from modules.intersection(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else []
            target = ".".join([*parents, *filter(None, [node.module])])
            for alias in node.names:
                submodule = f"{target}.{alias.name}"
                if submodule in modules:
                    yield submodule
                elif target in modules:
                    yield target


def find_cycles(graph: Graph) -> list[list[str]]:
    """A shortest cycle through each module that is part of one, each cycle once."""
    found: dict[frozenset[str], list[str]] = {}
    for start in sorted(graph):
        cycle = shortest_cycle(graph, start)
        if cycle is not None:
            found.setdefault(frozenset(cycle), cycle)
    return list(found.values())


def shortest_cycle(graph: Graph, start: str) -> list[str] | None:
    paths = [[start]]
    visited = {start}
    for path in paths:
        for target in sorted(graph[path[-1]]):
            if target == start:
                return path
            if target not in visited:
                visited.add(target)
                paths.append([*path, target])
    return None


def test_there_are_no_cycles() -> None:
    root = PACKAGE.parent
    files = {file.relative_to(root).as_posix(): file for file in PACKAGE.rglob("*.py")}
    graph = module_graph({path: file.read_text("utf-8") for path, file in files.items()})
    assert len(graph) > 40
    assert "vitable_groups._sync.client" in graph["vitable_groups"], "imports are recognized"
    assert [" -> ".join([*cycle, cycle[0]]) for cycle in find_cycles(graph)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "from .b import name",
        "from . import b",
        "from p.b import name",
        "from p import b",
        "import p.b",
        "def function():\n    from .b import name",
        "if TYPE_CHECKING:\n    from .b import name",
        "class Class:\n    def method(self):\n        import p.b as other",
    ],
)
def test_cycles_are_found_wherever_the_import_is(statement: str) -> None:
    sources = {
        "p/__init__.py": "from .a import name",
        "p/a.py": statement,
        "p/b.py": "import json\nfrom .c import d",
        "p/c/__init__.py": "",
        "p/c/d.py": "from ..a import name\nfrom . import nothing",
    }
    graph = module_graph(sources)
    assert graph["p"] == {"p.a"}
    assert find_cycles(graph) == [["p.a", "p.b", "p.c.d"]]
    assert find_cycles({**graph, "p.c.d": set()}) == []


def test_every_cycle_is_found_once() -> None:
    graph = {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}, "f": {"a"}}
    assert find_cycles(graph) == [["a", "b"], ["c", "d", "e"]]


HALVES = [
    (AsyncVitableConnect, VitableConnect),
    (AsyncGroupsResource, GroupsResource),
    (AsyncSyncResource, SyncResource),
]


@pytest.mark.parametrize("half", HALVES, ids=lambda half: half[1].__name__)
def test_both_halves_have_the_same_methods(half: tuple[type, type]) -> None:
    pairs = [[name for name in dir(cls) if name[0] != "_"] for cls in half]
    assert pairs[0] == pairs[1]
    for name in pairs[0]:
        asynchronous, sync = (getattr(cls, name) for cls in half)
        assert inspect.getdoc(sync) == inspect.getdoc(asynchronous)
        if inspect.isfunction(sync):
            assert inspect.getdoc(sync), name
            assert list(inspect.signature(sync).parameters.values()) == list(
                inspect.signature(asynchronous).parameters.values()
            )


def test_what_ends_coverage_says_so() -> None:
    assert "loses the" in (inspect.getdoc(SyncResource.submit_and_wait) or "")
    assert "lose their coverage" in (inspect.getdoc(SyncResource.submit) or "")
    assert "lose their coverage" in (inspect.getdoc(SyncResource) or "")
