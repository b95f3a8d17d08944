"""What editors show of the Python package, as pyright's language server reports it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCES = Path(__file__).resolve().parent.parent / "bindings/python/python"
PROGRAM = """\
from vitable_groups import AsyncVitableConnect, VitableConnect
def sync(client: VitableConnect, other: AsyncVitableConnect) -> None:
    client.groups.create()
    other.groups.create()
    client.groups.with_raw_response.create()
    other.groups.with_streaming_response.create()
    client.groups.members.sync.apply()
    client.groups.
"""
METHODS = {
    "client.groups.create(": "GroupResponse",
    "other.groups.create(": "CoroutineType[Any, Any, GroupResponse]",
    "with_raw_response.create(": "APIResponse[GroupResponse]",
    "with_streaming_response.create(": "AsyncResponseContextManager[GroupResponse]",
}
OPTIONS = ["extra_headers", "extra_query", "extra_body", "timeout", "deadline"]


class Editor:
    """A client of a language server, with one open file."""

    def __init__(self, folder: Path) -> None:
        server = Path(sys.executable).with_name("pyright-langserver")
        pipe = subprocess.PIPE
        self.server = subprocess.Popen([server, "--stdio"], stdin=pipe, stdout=pipe)
        self.number = 0
        self.uri = (folder / "program.py").as_uri()
        root = folder.as_uri()
        markdown = {"contentFormat": ["markdown"], "documentationFormat": ["markdown"]}
        item = {"completionItem": {"documentationFormat": ["markdown"]}}
        document = {"hover": markdown, "signatureHelp": {"signatureInformation": markdown}}
        document["completion"] = item  # type: ignore[assignment]
        folders = [{"uri": root, "name": "home"}]
        self.request(
            "initialize",
            processId=None,
            rootUri=root,
            workspaceFolders=folders,
            capabilities={"textDocument": document},
        )
        self.send({"method": "initialized", "params": {}})
        opened = {"uri": self.uri, "languageId": "python", "version": 1, "text": PROGRAM}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def request(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        assert self.server.stdout is not None
        while True:
            size = 0
            while line := self.server.stdout.readline().strip():
                name, _, value = line.partition(b":")
                size = int(value) if name == b"Content-Length" else size
            assert size, "the language server ended"
            message = json.loads(self.server.stdout.read(size))
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            if "method" in message and "id" in message:
                items = message.get("params", {}).get("items", [])
                self.send({"id": message["id"], "result": [{} for _ in items]})

    def at(self, method: str, before: str, back: int = 0) -> Any:
        """The reply about the position after a text."""
        end = PROGRAM.index(before) + len(before) - back
        line = PROGRAM.count("\n", 0, end)
        position = {"line": line, "character": end - PROGRAM.rfind("\n", 0, end) - 1}
        uri = {"uri": self.uri}
        return self.request(f"textDocument/{method}", textDocument=uri, position=position)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("editor")
    settings = {"extraPaths": [str(SOURCES)], "include": ["."], "pythonPath": sys.executable}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    (folder / "program.py").write_text(PROGRAM)
    editor = Editor(folder)
    yield editor
    editor.server.kill()
    editor.server.communicate()


@pytest.mark.parametrize("method", METHODS)
def test_a_call_shows_every_keyword_with_its_type(editor: Editor, method: str) -> None:
    (signature,) = editor.at("signatureHelp", method)["signatures"]
    labels = [each["label"] for each in signature["parameters"]]
    shown = [
        signature["label"][label[0] : label[1]] if isinstance(label, list) else label
        for label in labels
    ]
    assert shown[:3] == ["*", "external_reference_id: str", "name: str"]
    assert [each.partition(":")[0] for each in shown[3:]] == OPTIONS
    assert all(": " in each and " = " in each for each in shown[3:])
    assert signature["label"].endswith(f"-> {METHODS[method]}")
    documentation = signature["documentation"]["value"]
    assert "Creates a group." in documentation
    assert "Your own identifier of the group" in documentation


def test_hovering_shows_the_documentation(editor: Editor) -> None:
    shown = editor.at("hover", "client.groups.create(", 3)["contents"]["value"]
    assert "external_reference_id: str" in shown
    assert "-> GroupResponse" in shown
    assert "a retry never creates a duplicate" in shown
    shown = editor.at("hover", "sync.apply(", 3)["contents"]["value"]
    assert "max_removals: int | str | None" in shown
    assert "checks every row" in shown


def test_every_method_is_completed(editor: Editor) -> None:
    items = editor.at("completion", "    client.groups.\n", 1)["items"]
    found = {each["label"] for each in items if each["label"][0] != "_"}
    special = {"find_by_external_reference_id", "get_or_create"}
    views = {"members", "with_raw_response", "with_streaming_response"}
    assert found == {"list", "create", "retrieve", "update", *special, *views}


def test_a_keyword_is_completed_in_a_call(editor: Editor) -> None:
    items = editor.at("completion", "client.groups.create(")["items"]
    names = {each["label"] for each in items}
    assert {"external_reference_id=", "name=", *(f"{name}=" for name in OPTIONS)} <= names
