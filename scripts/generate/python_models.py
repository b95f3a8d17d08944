"""The Python models: classes of responses, typed dictionaries of parameters, and their modules."""

from __future__ import annotations

import json
import keyword
import re
import textwrap
from collections.abc import Container, Iterable, Iterator, Mapping

from definition import Definition, Field, Model, Operation, Type

#: Models that the official package declares inside the response of their operation.
INLINE = ("SyncReceipt", "SyncState")
#: Where names are that do not follow from the definition; a dot stands for this package.
NAMES = """
    typing: Protocol TypedDict
    ._lazy: cached_property lazily
    ._models: BaseModel
    ._request: RAW STREAMED given path_text query_pairs request_options
    ._types: NotGiven Omit not_given omit
    ._async.api_client: AsyncAPIClient
    ._async.pages: AsyncPageNumberPage
    ._async.resource: AsyncAPIResource
    ._async.response: AsyncAPIResponse AsyncResponseContextManager
    ._async.special: AsyncGroupsMethods AsyncSyncMethods
"""
#: The same for names that only annotations use.
TYPES = """
    typing: Any Literal
    collections.abc: Iterable Mapping
    datetime: date datetime
    ._timeouts: TimeoutLike
    ._request: RequestOptions
    ._types: Body Headers Query T
    ._async.paginator: AsyncPaginator
"""
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
PLAIN |= {"timestamp": "datetime", "date": "date"}
GIVEN = PLAIN | {"timestamp": "str | datetime", "date": "str | date | datetime"}


def origins_of(table: str) -> dict[str, str]:
    """The origin of each name."""
    rows = (line.partition(":") for line in table.split("\n"))
    return {name: origin.strip() for origin, _, names in rows for name in names.split()}


def snake(name: str) -> str:
    """`sync_submit` of `SyncSubmit`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def pascal(name: str) -> str:
    """`SyncSubmit` of `sync.submit`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", name))


def named(field: Field) -> str:
    """The name of a field in Python, where keywords end with an underscore."""
    return f"{field.name}_" if keyword.iskeyword(field.name) else field.name


def lines(items: Iterable[str], indent: int) -> str:
    """Lines with an indent, each with a comma."""
    return "".join(f"{' ' * indent}{item},\n" for item in items)


def text(doc: str, indent: str, *more: str) -> str:
    """A docstring, wrapped."""
    room = 100 - len(indent)
    parts = [f'"""{doc}', *more]
    wrapped = [each if "\n" in each else "\n".join(textwrap.wrap(each, room)) for each in parts]
    body = "\n\n".join(wrapped).replace("`", "``")
    fits = not more and len(body.rpartition("\n")[2]) + 3 <= room
    return textwrap.indent(f'{body}{"" if fits else chr(10)}"""\n', indent)


def type_of(kind: Type, plain: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A type; `plain` are those of responses, or of parameters, which take more."""
    if kind.item:
        return f"{'Iterable' if plain is GIVEN else 'list'}[{type_of(kind.item, plain, names)}]"
    if kind.kind == "enum":
        return f"Literal[{', '.join(map(json.dumps, kind.values))}] | str"
    return plain.get(kind.kind) or names.get(kind.model, kind.model)


def source(
    package: str, doc: str, code: str, origins: Mapping[str, str], lazy: Container[str] = ()
) -> str:
    """A module of a package: its imports, of which some are for type checkers only, and code."""
    bare = code if "__all__" in code else re.sub(r'"""[\s\S]*?"""', "", code)
    used: dict[tuple[bool, str], list[str]] = {}
    for name, origin in origins.items():
        if re.search(rf"(?<![.\w]){name}\b", bare) and not re.search(rf"class {name}\b", bare):
            below = origin[1:].removeprefix(f"{package}.")
            up = "." if below != origin[1:] else "." * (package.count(".") + 2)
            module = up + below if origin[0] == "." else origin
            used.setdefault((name in lazy, module), []).append(name)
    blocks: dict[bool, list[str]] = {False: [], True: []}
    # First the standard library, then this package, of which farther modules come first.
    far = {module: len(module.lstrip(".")) - len(module) or -9 for _, module in used}
    for late, module in sorted(used, key=lambda each: (far[each[1]], each[1])):
        kinds = {
            name: (len(name) == 1 or not name.isupper(), name[0].islower())
            for name in used[late, module]
        }
        names = sorted(kinds, key=lambda name: (kinds[name], name))
        line = f"from {module} import {', '.join(names)}"
        if len(line) + 4 * late > 100:
            line = f"from {module} import (\n{lines(names, 4)})"
        after_standard = blocks[late] and "from ." not in blocks[late][-1]
        gap = "\n" if module[0] == "." and after_standard else ""
        blocks[late].append(gap + line + "  # async only" * (module == ".paginator"))
    checked = textwrap.indent("\n".join(blocks[True]), "    ")
    block = f"TYPE_CHECKING = False\nif TYPE_CHECKING:\n{checked}\n\n" if checked else ""
    eager = "\n".join([*blocks[False], ""]) + "\n" if blocks[False] else ""
    gap = "\n" if code.startswith("class") else ""
    return f'"""{doc}"""\n\nfrom __future__ import annotations\n\n{eager}{block}{gap}{code}'


def base_name(operation: Operation) -> str:
    """`SyncSubmit` of `groups.members.sync.submit`, as the official package names its types."""
    last = operation.resource.rpartition(".")[2].removesuffix("s")
    return pascal(f"{last}.{operation.method}")


def folder(operation: Operation) -> str:
    """`.types.groups.members` of `groups.members.sync.submit`."""
    return ".".join([".types", *operation.resource.split(".")[:-1]])


def result_of(operation: Operation) -> tuple[str, str]:
    """The class of a result and its module: of an item if there are pages, else of an envelope."""
    name = operation.result.name
    if operation.paginated:
        return name, f".types.{snake(name)}"
    inline = name in INLINE
    name = f"{base_name(operation) if inline else name}Response"
    return name, f"{folder(operation) if inline else '.types'}.{snake(name)}"


def inner(fields: Iterable[Field], definition: Definition, prefix: str = "") -> dict[str, str]:
    """The models in fields, innermost first, and the names that inline ones have."""
    found: dict[str, str] = {}
    for field in sorted(fields, key=lambda each: each.name):
        kind = field.type.item or field.type
        if kind.kind == "model":
            own = prefix + pascal(field.name.removesuffix("s") if field.type.item else field.name)
            found |= inner(definition.models[kind.model].fields, definition, own) | {
                kind.model: own
            }
    return found


def model_class(name: str, model: Model, names: Mapping[str, str]) -> str:
    """The class of an object of a response: `id` first, as in the official package."""
    code = f"class {name}(BaseModel):\n{text(model.doc, '    ')}\n    __slots__ = ()\n\n"
    for field in sorted(model.fields, key=lambda each: (each.name != "id", each.name)):
        optional = " | None = None" if field.nullable or not field.required else ""
        code += f"    {named(field)}: {type_of(field.type, PLAIN, names)}{optional}\n"
        code += text(field.doc, "    ")
    return code


def dictionary(name: str, doc: str, fields: Iterable[Field]) -> str:
    """The typed dictionary of an object of a request; a second class holds optional keys."""
    keys = {
        each.name: type_of(each.type, GIVEN, {}) + " | None" * each.nullable
        for each in sorted(fields, key=lambda each: each.name)
    }
    odd = lines((f'"{key}": "{keys[key]}"' for key in keys if keyword.iskeyword(key)), 8)
    base, code = "TypedDict", ""
    if odd:
        # Only a call can declare keys that are keywords.
        base = f"_{name}Keywords"
        code = (
            f'{base} = TypedDict(\n    "{base}",\n    {{\n{odd}    }},\n    total=False,\n)\n\n\n'
        )
    for required in (True, False):
        own = [each for each in fields if each.required == required and each.name in keys]
        own = [each for each in own if not keyword.iskeyword(each.name)]
        more = required and any(not each.required for each in fields)
        if own or not more:
            header = (
                f"_{name}({base})"
                if more
                else f"{name}({base}{'' if required else ', total=False'})"
            )
            body = "".join(
                f"    {each.name}: {keys[each.name]}\n{text(each.doc, '    ')}"
                for each in sorted(own, key=lambda each: each.name)
            )
            code += (
                f"class {header}:\n{'' if more else text(doc, '    ') + chr(10) * bool(own)}{body}"
            )
            if not more:
                return code
            base, code = f"_{name}", code + "\n\n"
    return code


def models(definition: Definition) -> Iterator[tuple[str, str, str, list[str]]]:
    """Modules of models, the public name in each, its documentation and its classes."""
    every, alone = definition.models, {key: key for key in definition.models}
    envelope = "class {}(BaseModel):\n{}\n    __slots__ = ()\n\n    data: {}\n"
    for operation in definition.operations:
        body, (name, origin) = operation.body, result_of(operation)
        if fields := [*operation.query_params, *(body.fields if body else ())]:
            own = f"{base_name(operation)}Params"
            doc = f"Parameters of ``{operation.name}``."
            rows = [
                dictionary(key, every[key].doc, every[key].fields)
                for key in inner(fields, definition)
            ]
            rows.append(dictionary(own, body.doc if body else doc, fields))
            yield f"{folder(operation)}.{snake(own)}", own, doc, rows
        inline = operation.result.name in INLINE
        names = inner(operation.result.fields, definition, "Data") | {operation.result.name: "Data"}
        doc = text(
            f"The response to `{operation.name}`."
            if inline
            else f"A response with a `{operation.result.name}`.",
            "    ",
        )
        whole = envelope.format(name, doc, "Data" if inline else operation.result.name)
        if inline:
            classes = [model_class(names[key], every[key], names) for key in names]
            yield origin, name, f"The result of ``{operation.name}``.", [*classes, whole]
            continue
        for key in names:
            yield f".types.{snake(key)}", key, f"``{key}``.", [model_class(key, every[key], alone)]
        if not operation.paginated:
            yield origin, name, f"``{name}``.", [whole]
