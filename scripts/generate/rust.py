"""The core's table of operations and simple methods, and the sandbox's routes."""

from __future__ import annotations

from definition import Definition, DefinitionError, Field, Operation
from rust_text import (
    WIDTH,
    argument,
    camel,
    doc,
    head,
    into,
    listed,
    literal,
    name,
    path_arguments,
    quoted,
    rust,
    snake,
    together,
)

CORE = "crates/vitable-groups/src"
#: The module and the type of each resource in the core, and the module of its handlers in the
#: sandbox.
RESOURCES = {
    "groups": ("groups", "Groups", "groups"),
    "groups.members.sync": ("member_sync", "MemberSyncs", "syncs"),
    "plans": ("plans", "Plans", "plans"),
}
#: `submit` takes anything that yields members, and serializes it without a copy.
BY_HAND = {"groups.members.sync.submit"}


def table(definition: Definition) -> str:
    """Every operation, as a static."""
    parts = [head("The table of operations."), "use http::Method;\n\n"]
    parts.append("use super::{Operation, RetrySafety};\n")
    for each in definition.operations:
        body = sorted(field.name for field in each.body.fields) if each.body else []
        strings = {
            "path_params": [field.name for field in each.path_params],
            "query_params": sorted(field.name for field in each.query_params),
            "body_params": body,
        }
        parts.append(f"\n{doc(each.doc)}pub static {each.constant}: Operation = Operation {{\n")
        parts.append(f"    name: {quoted(each.name)},\n    method: Method::{each.http_method},\n")
        parts.append(f"    path: {quoted(each.path)},\n")
        for key, values in strings.items():
            parts.append(listed(f"{key}: &[", map(quoted, values), "],", 4))
        parts.append(f"    result: {quoted(each.result.name)},\n")
        parts.append(f"    paginated: {str(each.paginated).lower()},\n")
        parts.append(f"    retry_safety: RetrySafety::{camel(each.retry)},\n")
        parts.append(f"    summary: {quoted(each.doc)},\n}};\n")
    constants = [f"&{each.constant}" for each in definition.operations]
    parts.append("\n/// Every operation.\n")
    return "".join(parts) + listed("pub static ALL: &[&Operation] = &[", constants, "];")


def example(operation: Operation) -> str:
    """A documentation comment with a call that compiles."""
    steps = "".join(f".{part}()" for part in operation.resource.split("."))
    values = [literal(field) for field in path_arguments(operation)]
    values += [literal(each) if each.required else "None" for each in queries(operation)]
    lines, imports = [], ""
    if body := operation.body:
        required = [field for field in body.fields if field.required]
        setter = next((each for each in body.fields if each.example and not each.required), None)
        change = f".{name(setter)}({literal(setter)})" if setter else ""
        made = f"{body.name}::new({', '.join(map(literal, required))})"
        lines.append(f"let params = {made}{change};")
        values.append("params")
        used = [*required, *([setter] if setter else [])]
        models = {body.name, *(f.type.model for f in used if f.type.kind == "enum")}
        imports = f"use vitable_groups::model::{together(models)};\n\n"
    result = "page" if operation.paginated else snake(operation.result.name)
    more = ".limit(50)" if operation.paginated else ""
    call = f"client{steps}.{operation.method}({', '.join(values)}){more}"
    lines.append(f"let {result} = {call}.await?;")
    opened = "# async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {"
    text = " ".join(filter(None, [operation.doc, operation.detail]))
    code = "\n".join([opened, *lines, "# Ok(()) }"])
    return doc(f"{text}\n\n```no_run\n{imports}{code}\n```", 4)


def queries(operation: Operation) -> list[Field]:
    """The query parameters that a method takes; `List` takes those of pages."""
    paging = {"limit", "page"} if operation.paginated else set()
    return [field for field in operation.query_params if field.name not in paging]


def method(operation: Operation) -> str:
    """A method that makes one call."""
    returned = "List" if operation.paginated else "Request"
    if operation.paginated and (operation.path_params or queries(operation)):
        raise DefinitionError(f"{operation.name}: the parameters of a list are its page only")
    arguments = [f"{name(each)}: {argument(each)}" for each in path_arguments(operation)]
    for each in queries(operation):
        kind = rust(each.type)
        arguments.append(f"{name(each)}: {kind if each.required else f'Option<{kind}>'}")
    if operation.body:
        arguments.append(f"params: {operation.body.name}")
    after = f") -> {returned}<{operation.result.name}> {{"
    text = example(operation)
    text += listed(f"pub fn {operation.method}(", ["&self", *arguments], after, 4)
    constant = f"&operation::{operation.constant}"
    if operation.paginated:
        return f"{text}        List::new(self.0.clone(), {constant})\n    }}\n"
    for each in path_arguments(operation):
        text += f"        let {name(each)} = {into(each)};\n"
    ids = ", ".join(f"&{name(each)}" for each in operation.path_params)
    links = []
    for each in queries(operation):
        pair = f'("{each.name}", {name(each)})'
        optional = f'{name(each)}.map(|value| ("{each.name}", value))'
        links.append(f".with_query({f'[{pair}]' if each.required else optional})")
    links += [".with_json(&params)"] if operation.body else []
    call = f"Call::new({constant}, &[{ids}], options)"
    call = f"{call}?" if links else call
    whole = "".join([call, *links])
    if 12 + len(whole) > WIDTH:
        whole = call + "".join(f"\n                {link}" for link in links)
    if links and not operation.body:
        whole = f"Ok({whole})"
    opened = "        Request::enveloped(self.0.clone(), move |options| {\n"
    return f"{text}{opened}            {whole}\n        }})\n    }}\n"


def methods(definition: Definition, resource: str) -> str:
    """The simple methods of a resource."""
    simple = [each for each in definition.of(resource) if each.name not in BY_HAND]
    models = {each.result.name for each in simple}
    models |= {each.body.name for each in simple if each.body}
    fields = [field for each in simple for field in queries(each)]
    models |= {field.type.model for field in fields if field.type.model}
    uses = ["use crate::operation;"]
    if any(not each.paginated for each in simple):
        uses += ["use crate::api::Request;", "use crate::call::Call;"]
    if any(each.paginated for each in simple):
        uses.append("use crate::pagination::page::List;")
    kind = RESOURCES[resource][1]
    last = f"use vitable_groups_model::{together(models)};"
    text = head(f"The simple methods of `{resource}`.")
    text += "\n".join([f"use super::{kind};", *sorted(uses), last])
    return f"{text}\n\nimpl {kind} {{\n" + "\n".join(map(method, simple)) + "}\n"


def items(definition: Definition) -> str:
    """What lists need to know of their items."""
    models = sorted({each.result.name for each in definition.operations if each.paginated})
    text = head("The items of lists.")
    text += f"use super::PageItem;\nuse vitable_groups_model::{together(models)};\n"
    body = "    fn id(&self) -> &str {\n        &self.id\n    }\n"
    return text + "".join(f"\nimpl PageItem for {model} {{\n{body}}}\n" for model in models)


def routes(definition: Definition) -> str:
    """Every operation with its handler in the sandbox."""
    text = head("The routes: each operation with its handler, the function of the same name.")
    modules = sorted({RESOURCES[each.resource][2] for each in definition.operations})
    text += f"use http::Method;\n\nuse super::{{Route, {', '.join(modules)}}};\n\n"
    text += "/// Every operation, named like the clients' methods.\n"
    text += "pub(crate) const ROUTES: &[Route] = &[\n"
    for each in definition.operations:
        handler = f"{RESOURCES[each.resource][2]}::{each.method}"
        values = {"operation": quoted(each.name), "method": f"Method::{each.http_method}"}
        values |= {"path": quoted(each.path), "handler": handler}
        pairs = [f"{key}: {value}" for key, value in values.items()]
        line = f"    Route {{ {', '.join(pairs)} }},\n"
        broken = "".join(f"        {pair},\n" for pair in pairs)
        text += line if len(line.rstrip()) <= WIDTH else f"    Route {{\n{broken}    }},\n"
    return f"{text}];\n"


def files(definition: Definition) -> dict[str, str]:
    """The generated Rust of the core and the sandbox."""
    if missing := {each.resource for each in definition.operations} - set(RESOURCES):
        raise DefinitionError(f"{', '.join(missing)}: add its modules to RESOURCES in rust.py")
    found = {
        f"{CORE}/operation/table.rs": table(definition),
        "crates/vitable-groups-sandbox/src/api/routes.rs": routes(definition),
    }
    if any(each.paginated for each in definition.operations):
        found[f"{CORE}/pagination/page/items.rs"] = items(definition)
    for resource, (module, _, _) in RESOURCES.items():
        if definition.of(resource):
            found[f"{CORE}/api/{module}/methods.rs"] = methods(definition, resource)
    return found
