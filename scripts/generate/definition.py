"""The definition of the API as data: operations and models, read from the OpenAPI document.

What a client says about them differs from what the contract says, so it has keys of its own
(`x-client`): the name of an operation, its documentation, when it may be retried.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "crates" / "vitable-groups-sandbox" / "openapi.yaml"
SCALARS = {"string", "integer", "number", "boolean"}
FORMATS = {"date-time": "timestamp", "date": "date"}


class DefinitionError(Exception):
    """The document does not say what the generator needs; the text names the location."""


@dataclass(frozen=True)
class Type:
    """`string`, `integer`, `number`, `boolean`, `timestamp`, `date`, `enum`, `model` or `list`.

    `model` is the name of a model or of an enum.
    """

    kind: str
    model: str = ""
    item: Type | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """A field of a model, or a parameter."""

    name: str
    type: Type
    required: bool
    nullable: bool
    doc: str
    #: Without it, a response is an error.
    needed: bool = False
    #: Clients tell apart whether a response has it, although the contract requires it.
    absent: bool = False
    example: Any = None


@dataclass(frozen=True)
class Model:
    """An object that is sent or received."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    example: Any


@dataclass(frozen=True)
class Operation:
    """A call of the API."""

    name: str
    http_method: str
    path: str
    doc: str
    detail: str
    retry: str
    path_params: tuple[Field, ...]
    query_params: tuple[Field, ...]
    body: Model | None
    body_required: bool
    result: Model
    paginated: bool

    @property
    def resource(self) -> str:
        """`groups.members.sync` of `groups.members.sync.submit`."""
        return self.name.rpartition(".")[0]

    @property
    def method(self) -> str:
        """`submit` of `groups.members.sync.submit`."""
        return self.name.rpartition(".")[2]

    @property
    def constant(self) -> str:
        """`SYNC_SUBMIT` of `groups.members.sync.submit`."""
        return "_".join(self.name.split(".")[-2:]).upper()


@dataclass(frozen=True)
class Definition:
    """Everything that code is generated from."""

    operations: tuple[Operation, ...]
    models: dict[str, Model]
    resources: dict[str, str]

    def of(self, resource: str) -> tuple[Operation, ...]:
        """The operations of a resource, in the order of the document."""
        return tuple(each for each in self.operations if each.resource == resource)


class _Reader:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.models: dict[str, Model] = {}

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while reference := node.get("$ref"):
            target: Any = self.document
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def client(self, node: dict[str, Any], path: str) -> dict[str, Any]:
        if "x-client" not in node:
            raise DefinitionError(f"{path}: x-client is missing")
        found: dict[str, Any] = node["x-client"]
        return found

    def type(self, node: dict[str, Any], path: str) -> tuple[Type, bool]:
        """The type of a schema, and whether it may be null."""
        node = self.resolved(node)
        if "oneOf" in node:
            others = [each for each in node["oneOf"] if each.get("type") != "null"]
            if len(others) != 1:
                raise DefinitionError(f"{path}: only a schema or null can be one of several")
            return self.type(others[0], path)[0], len(others) != len(node["oneOf"])
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        nullable = "null" in kinds
        (kind,) = [each for each in kinds if each != "null"]
        if kind == "array":
            return Type("list", item=self.type(node["items"], f"{path}[]")[0]), nullable
        if kind == "object":
            return Type("model", model=self.model(node, path).name), nullable
        if kind not in SCALARS:
            raise DefinitionError(f"{path}: {kind} is not a type that is generated")
        if "enum" in node:
            name = self.client(node, path).get("enum", "")
            return Type("enum", name, values=tuple(node["enum"])), nullable
        return Type(FORMATS.get(node.get("format", ""), kind)), nullable

    def model(self, node: dict[str, Any], path: str) -> Model:
        node = self.resolved(node)
        client = self.client(node, path)
        name: str = client["name"]
        if name not in self.models:
            fields = tuple(
                self.field(key, schema, key in node.get("required", []), f"{path}.{key}")
                for key, schema in node["properties"].items()
            )
            self.models[name] = Model(name, client["doc"], fields, client.get("example"))
        return self.models[name]

    def field(self, name: str, schema: dict[str, Any], required: bool, path: str) -> Field:
        kind, nullable = self.type(schema, path)
        return self.described(name, kind, required, nullable, self.client(schema, path))

    def described(
        self, name: str, kind: Type, required: bool, nullable: bool, client: dict[str, Any]
    ) -> Field:
        keys = {key: client[key] for key in ("needed", "absent", "example") if key in client}
        return Field(name, kind, required, nullable, client["doc"], **keys)

    def parameters(self, nodes: list[dict[str, Any]], kind: str) -> tuple[Field, ...]:
        found = [each for each in map(self.resolved, nodes) if each["in"] == kind]
        return tuple(
            self.described(
                each["name"],
                self.type(each["schema"], each["name"])[0],
                each["required"],
                False,
                self.client(each, each["name"]),
            )
            for each in found
            if not each.get("x-client", {}).get("omitted")
        )

    def operation(self, path: str, shared: list[Any], method: str, node: Any) -> Operation:
        location = f"{method.upper()} {path}"
        client = self.client(node, location)
        nodes = [*shared, *node.get("parameters", [])]
        body = node.get("requestBody")
        success = next(each for code, each in node["responses"].items() if code.startswith("2"))
        envelope = self.resolved(success["content"]["application/json"]["schema"])
        data = envelope["properties"]["data"]
        paginated = "pagination" in envelope["properties"]
        return Operation(
            name=client["name"],
            http_method=method.upper(),
            path=path,
            doc=client["doc"],
            detail=client.get("detail", ""),
            retry=client["retry"],
            path_params=self.parameters(nodes, "path"),
            query_params=self.parameters(nodes, "query"),
            body=self.model(body["content"]["application/json"]["schema"], location)
            if body
            else None,
            body_required=bool(body and body["required"]),
            result=self.model(data["items"] if paginated else data, location),
            paginated=paginated,
        )


def read(document: dict[str, Any]) -> Definition:
    """The definition in a document."""
    reader = _Reader(document)
    operations = tuple(
        reader.operation(path, item.get("parameters", []), method, node)
        for path, item in document["paths"].items()
        for method, node in item.items()
        if method != "parameters"
    )
    return Definition(operations, reader.models, document["x-client-resources"])


def load(path: Path = DOCUMENT) -> Definition:
    """The definition in the OpenAPI document."""
    return read(yaml.safe_load(path.read_text(encoding="utf-8")))
