"""Swift: the calls, and those with response metadata."""

# ruff: noqa: E501 (lines of what is generated)
from __future__ import annotations

import mobile
from definition import Definition, Field, Operation
from mobile import camel, class_name, comment

FOLDER = "bindings/swift/Sources/VitableGroups"
TESTS = "bindings/swift/Tests/VitableGroupsTests"
TYPES = {"string": "String", "integer": "Int64", "number": "Double", "boolean": "Bool",
         "date": "String", "timestamp": "Date"}  # fmt: skip
KEYWORDS = {"as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
            "else", "enum", "extension", "false", "for", "func", "guard", "if", "import", "in",
            "init", "inout", "is", "let", "nil", "operator", "protocol", "repeat", "return", "self",
            "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
            "typealias", "var", "where", "while"}  # fmt: skip
OPTIONS = "options: RequestOptions = RequestOptions()"
PAGE = ["limit: Int64? = nil", "page: Int64? = nil", "prefetch: Int32 = 0"]


def name(key: str) -> str:
    return f"`{camel(key)}`" if key in KEYWORDS else camel(key)


def kind(field: Field) -> str:
    if field.type.item:
        return f"[{mobile.RECORDS.get(field.type.item.model) or field.type.item.model or TYPES[field.type.item.kind]}]"
    return TYPES.get(field.type.kind) or field.type.model


def declared(field: Field) -> str:
    return f"{camel(field.name)}: {kind(field)}" + ("" if field.required else "? = nil")


def call(head: str, arguments: list[str], tail: str, indent: int, closing: str = "") -> str:
    """A call or a signature: on one line, with the arguments on a line, or with a line for each."""
    pad, joined = " " * indent, ", ".join(arguments)
    if len(f"{pad}{head}({joined}){tail}") <= 100:
        return f"{pad}{head}({joined}){tail}"
    rows = (
        [joined]
        if len(f"{pad}    {joined}") <= 100
        else [f"{each}," for each in arguments[:-1]] + arguments[-1:]
    )
    end = f"\n{pad})" if tail else ")"
    return f"{pad}{head}(\n" + "\n".join(f"{pad}    {each}" for each in rows) + end + tail


class Shape:
    """The parameters of a call; the first has no label."""

    def __init__(self, operation: Operation) -> None:
        path, queries = mobile.path_arguments(operation), mobile.queries(operation)
        self.lead = [("_ " if not at else "") + declared(each) for at, each in enumerate(path)]
        self.lead += [declared(each) for each in queries]
        self.given = [
            ("" if not at else f"{camel(each.name)}: ") + name(each.name)
            for at, each in enumerate(path)
        ]
        self.given += [f"{camel(each.name)}: {name(each.name)}" for each in queries]
        self.native = [f"{camel(each.name)}: {name(each.name)}" for each in [*path, *queries]]
        self.fields = operation.body.fields if operation.body else ()
        self.whole = any(not each.required for each in self.fields)
        self.body = operation.body.name if operation.body else ""
        self.fields_apart = [*self.lead, *map(declared, self.fields)]
        self.compact = [*self.lead, f"_ params: {self.body}"] if self.whole else self.fields_apart
        self.made = [
            f"{camel(each.name)}: "
            + (
                f"Field({name(each.name)})"
                if not each.required and kind(each) == "String"
                else name(each.name)
            )
            for each in self.fields
        ]

    def link(self) -> str:
        labels = [each.partition(":")[0].partition(" ")[0] for each in [*self.compact, OPTIONS]]
        return "".join(f"{each}:" for each in labels)


def single(operation: Operation, metadata: bool) -> str:
    """A call that returns one object."""
    shape, result, method = Shape(operation), operation.result.name, camel(operation.method)
    if metadata:
        text = f"    /// See ``{class_name(operation.resource)}/{method}({shape.link()})``.\n"
        text += (
            call(
                f"public func {method}",
                [*shape.compact, OPTIONS],
                f" async throws -> Response<{result}> {{",
                4,
            )
            + "\n"
        )
        if operation.body and not shape.whole:
            text += call(f"let params = {shape.body}", shape.made, "", 8) + "\n"
        given = [
            *shape.native,
            *(["params: params"] if operation.body else []),
            "options: options",
            "cancel: token",
        ]
        text += "        let response = try await cancellable { [native] token in\n"
        text += call(f"try await native.{camel(mobile.native(operation))}", given, "", 12)
        return (
            text
            + "\n        }\n        return Response(data: response.data, metadata: response.metadata)\n    }\n"
        )
    text = comment(" ".join(filter(None, [operation.doc, operation.detail])), "/// ", 4)
    text += (
        call(
            f"public func {method}",
            [*shape.fields_apart, OPTIONS],
            f" async throws -> {result} {{",
            4,
        )
        + "\n"
    )
    if shape.whole:
        text += call(f"let params = {shape.body}", shape.made, "", 8) + "\n"
        text += (
            call(f"return try await {method}", [*shape.given, "params", "options: options"], "", 8)
            + "\n    }\n\n"
        )
        text += comment(f"{operation.doc} Fields can be absent, null or a value.", "/// ", 4)
        text += (
            call(
                f"public func {method}",
                [*shape.compact, OPTIONS],
                f" async throws -> {result} {{",
                4,
            )
            + "\n"
        )
        given = [*shape.given, "params"]
    else:
        given = [*shape.given, *(f"{camel(each.name)}: {name(each.name)}" for each in shape.fields)]
    return (
        text
        + call(f"try await withResponse.{method}", [*given, "options: options"], ".data", 8)
        + "\n    }\n"
    )


def listed(operation: Operation) -> str:
    """A call that returns a list."""
    shape, item = Shape(operation), operation.result.name
    given = "".join(f"{each}, " for each in shape.native)
    head = call(
        f"public func {camel(operation.method)}",
        [*shape.lead, *PAGE, OPTIONS],
        f" -> PagedList<{item}> {{",
        4,
    )
    return f"""{comment(operation.doc, "/// ", 4)}    ///
    /// - Parameters:
    ///   - limit: items per page, 1 to 100; the server's default is 20.
    ///   - page: the page to start at, from 1.
    ///   - prefetch: how many pages to fetch concurrently once the total is known.
    ///   - options: options of each request.
{head}
        let params = ListParams(limit: limit, page: page, prefetch: prefetch)
        return PagedList {{ [native] in
            try Page(
                await cancellable {{
                    try await native.{camel(mobile.native(operation))}({given}params: params, options: options, cancel: $0)
                }})
        }} newPager: {{ [native] distinct in
            let pager = try mapErrors {{
                try native.{camel(mobile.pager(operation))}({given}params: params, distinct: distinct, options: options)
            }}
            return {{ try await cancellable {{ try await pager.next(cancel: $0) }}.map(Page.init) }}
        }}
    }}
"""


def created(definition: Definition, path: str) -> str:
    title = class_name(path)
    if any(not each.paginated for each in definition.of(path)):
        return f"{title}(withResponse: {title}WithResponse(native: native))"
    return f"{title}(native: native)"


def resource(definition: Definition, path: str) -> str:
    """A structure of calls, and the same with metadata."""
    title = class_name(path)
    operations = [each for each in definition.of(path) if not mobile.has_roster(each)]
    plain = [each for each in operations if not each.paginated]
    text = comment(definition.resources[path], "/// ") + f"public struct {title}: Sendable {{\n"
    if plain:
        text += "    /// The same calls, returning the response metadata as well.\n"
        text += f"    public let withResponse: {title}WithResponse\n\n    var native: NativeClient {{ withResponse.native }}\n"
    else:
        text += "    let native: NativeClient\n"
    for each in definition.resources:
        if each.rpartition(".")[0] == path:
            text += "\n" + comment(definition.resources[each], "/// ", 4)
            text += f"    public var {camel(each.rpartition('.')[2])}: {class_name(each)} {{ {created(definition, each)} }}\n"
    for operation in operations:
        text += "\n" + (
            listed(operation) if operation.paginated else single(operation, metadata=False)
        )
    text += "}\n"
    if plain:
        text += f"\n/// ``{title}`` with response metadata.\npublic struct {title}WithResponse: Sendable {{\n    let native: NativeClient\n"
        text += "".join("\n" + single(each, metadata=True) for each in plain) + "}\n"
    return text


def conversion(item: str) -> str:
    return f"""
extension Page<{item}> {{
    init(_ native: Native{item}Page) throws {{
        let contents = try mapErrors {{ try native.contents() }}
        self.init(
            items: contents.items, number: contents.number, nextNumber: contents.nextNumber,
            pagination: contents.pagination, metadata: contents.metadata
        ) {{
            try await cancellable {{ try await native.nextPage(cancel: $0) }}.map(Page.init)
        }}
    }}
}}
"""


def scenario(operation: Operation) -> str:
    """How the runner of the shared scenarios calls an operation."""

    def value(field: Field, body: bool = True) -> str:
        got = f'params["{field.name}"]'
        if field.type.item:
            return (
                f"({got}?.items ?? [])" if field.required else f"({got}?.items)?"
            ) + ".compactMap(\\.text)"
        if field.type.kind == "boolean":
            return (
                f"{got} == .bool(true)" if field.required else f"{got}.map {{ $0 == .bool(true) }}"
            )
        getter = {"integer": "int", "number": "double"}.get(field.type.kind, "text")
        if body and not field.required and kind(field) == "String":
            return f'field(params, "{field.name}")'
        text = f"{got}?.{getter}"
        if field.type.kind == "enum":
            return (
                f'.unknown(value: {text} ?? "")'
                if field.required
                else f"({text}).map {{ .unknown(value: $0) }}"
            )
        default = '""' if getter == "text" else "0"
        return f"{text} ?? {default}" if field.required else text

    shape = Shape(operation)
    lead = [*mobile.path_arguments(operation), *mobile.queries(operation)]
    given = [each.partition(": ")[0] + ": " if ": " in each else "" for each in shape.given]
    given = [label + value(each, body=False) for label, each in zip(given, lead, strict=True)]
    owner = "client." + ".".join(camel(each) for each in operation.resource.split("."))
    if operation.paginated:
        kinds = [operation.method] + [
            operation.method.replace("list", each) for each in ("iterate", "iterate_pages")
        ]
        names = ", ".join(f'"{operation.resource}.{each}"' for each in kinds)
        given += [
            'limit: params["limit"]?.int',
            'page: params["page"]?.int',
            'prefetch: Int32(params["prefetch"]?.int ?? 0)',
        ]
        made = call(
            f"let list = {owner}.{camel(operation.method)}", [*given, "options: options"], "", 8
        )
        return f"    case {names}:\n{made}\n        return try await observed.list(call, list, params)\n"
    body = [f"{camel(each.name)}: {value(each)}" for each in shape.fields]
    given += [f"{shape.body}({', '.join(body)})"] if shape.whole else body
    made = call(
        f"let response = try await {owner}.withResponse.{camel(operation.method)}",
        [*given, "options: options"],
        "",
        8,
    )
    return f'    case "{operation.name}":\n{made}\n        return observed.data(response)\n'


def errors() -> str:
    """A case for each kind of error."""
    kinds = [(mobile.snake(kind), doc) for kind, doc in mobile.error_kinds()]
    cases = {key: "internalError" if key == "internal" else camel(key) for key, _ in kinds}
    text = "/// An error of this library, except cancellation: one case per ``ErrorKind``, each with its details.\n"
    text += "public enum VitableConnectError: Error, Equatable, Sendable {\n"
    text += "\n".join(
        f"{comment(doc, '/// ', 4)}    case {cases[key]}(ErrorDetails)\n" for key, doc in kinds
    )
    text += (
        "\n    init(_ details: ErrorDetails) {\n        self =\n            switch details.kind {\n"
    )
    text += "".join(
        f"            case .{camel(key)}: .{case}(details)\n" for key, case in cases.items()
    )
    text += "            }\n    }\n\n    /// The details of the error.\n    public var details: ErrorDetails {\n        switch self {\n"
    rows = ",\n            ".join(f".{case}(let details)" for case in cases.values())
    return text + f"        case {rows}:\n            details\n        }}\n    }}\n}}\n"


def files(definition: Definition) -> dict[str, str]:
    """The calls, and their runner in the shared scenarios."""
    text = f"// {mobile.MARK}\n"
    text += "".join("\n" + resource(definition, each) for each in definition.resources)
    text += "\n// The pages of the facade have no type in common.\n"
    text += "".join(conversion(each.name) for each in mobile.results(definition, paginated=True))
    head = call(
        "func run",
        [
            "_ call: String",
            "_ client: VitableConnect",
            "_ params: JSON",
            "_ options: RequestOptions",
            "_ observed: Observed",
        ],
        " async throws -> Any? {",
        0,
    )
    runner = f"// {mobile.MARK}\n\n@testable import VitableGroups\n\n/// Runs the call of a name; its result.\n{head}\n    switch call {{\n"
    runner += "".join(
        scenario(each) for each in definition.operations if not mobile.has_roster(each)
    )
    runner += (
        "    default: return try await special(call, client, params, options, observed)\n    }\n}\n"
    )
    errors_text = f"// {mobile.MARK}\n\n{errors()}"
    return {
        f"{FOLDER}/Calls.swift": text,
        f"{FOLDER}/VitableConnectErrorKinds.swift": errors_text,
        f"{TESTS}/Conformance/Calls.swift": runner,
    }
