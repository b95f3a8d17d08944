"""The facade: records of models with their conversions, and the methods of its client."""

# ruff: noqa: E501 (lines of what is generated)
from __future__ import annotations

import textwrap

import mobile
from definition import Definition, DefinitionError, Field, Model, Operation, Type
from mobile import call, comment

FOLDER = "crates/vitable-groups-uniffi/src"
TYPES = {"string": "String", "integer": "i64", "number": "f64", "boolean": "bool",
         "date": "String", "timestamp": "SystemTime"}  # fmt: skip
KEYWORDS = {"as", "break", "const", "continue", "default", "dyn", "else", "enum", "extern", "fn",
            "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
            "return", "static", "struct", "trait", "type", "unsafe", "use", "where", "while"}  # fmt: skip


def imports(module: str, names: list[str]) -> str:
    line = f"use {module}::{{{', '.join(names)}}};"
    rows = textwrap.indent(textwrap.fill(", ".join(names) + ",", 96), "    ")
    return line if len(line) <= 100 else f"use {module}::{{\n{rows}\n}};"


def name(field: Field) -> str:
    return f"r#{field.name}" if field.name in KEYWORDS - {"default"} else field.name


def rust(kind: Type) -> str:
    if kind.item:
        return f"Vec<{rust(kind.item)}>"
    return TYPES.get(kind.kind) or mobile.RECORDS.get(kind.model, kind.model)


def converted(value: str, kind: Type) -> str:
    """A value of the core as one of the facade, or the other way round."""
    if kind.item and kind.item.kind in ("model", "enum"):
        return f"{value}.into_iter().map({rust(kind.item)}::from).collect()"
    return f"{value}.into()" if kind.kind in ("model", "enum") else value


def received(field: Field) -> str:
    """The expression of a record's field."""
    value = f"model.{name(field)}"
    if field.type.kind == "timestamp":
        return f"time({value})"
    if not mobile.optional(field):
        return converted(value, field.type)
    same = converted("value", field.type) == "value"
    return f"{value}.into_value()" + (
        "" if same else f".map(|value| {converted('value', field.type)})"
    )


def record(model: Model, fields: list[tuple[str, str, str]], extra: bool) -> str:
    text = comment(model.doc, "/// ")
    text += f"#[derive(Clone, Debug, PartialEq, uniffi::Record)]\npub struct {model.name} {{\n"
    for doc, key, kind in fields:
        text += comment(doc, "/// ", 4) + f"    pub {key}: {kind},\n"
    if extra:
        text += "    /// Fields unknown to this version.\n    #[uniffi(default)]\n    pub extra: Extra,\n"
    return text + "}\n"


def result(model: Model) -> str:
    def kind(field: Field) -> str:
        return f"Option<{rust(field.type)}>" if mobile.optional(field) else rust(field.type)

    fields = [(each.doc, name(each), kind(each)) for each in model.fields]
    nulls = [each for each in model.fields if mobile.optional(each)]
    text = record(model, fields, extra=True)
    text += f"\nimpl From<core::{model.name}> for {model.name} {{\n"
    text += f"    fn from(model: core::{model.name}) -> Self {{\n"
    if nulls:
        pairs = [f'("{each.name}", model.{name(each)}.is_null())' for each in nulls]
        line = f"        let nulls = [{', '.join(pairs)}];\n"
        rows = "".join(f"            {each},\n" for each in pairs)
        text += line if len(line) <= 101 else f"        let nulls = [\n{rows}        ];\n"
    values = [(name(each), received(each)) for each in model.fields]
    values.append(("extra", "Extra::from(model.extra)" + (".with_nulls(nulls)" if nulls else "")))
    pairs = [f"{key}: {value}" for key, value in values]
    line = f"        Self {{ {', '.join(pairs)} }}"
    rows = "".join(f"            {each},\n" for each in pairs)
    text += line if len(line) <= 100 else f"        Self {{\n{rows}        }}"
    return text + "\n    }\n}\n"


def params(model: Model) -> str:
    def kind(field: Field) -> str:
        inner = "String" if field.type.kind == "timestamp" else rust(field.type)
        return inner if field.required else "Field" if inner == "String" else f"Option<{inner}>"

    def sent(field: Field) -> str:
        value = f"params.{name(field)}"
        if field.required:
            return converted(value, field.type)
        plain = converted("value", field.type) == "value"
        more = "" if plain else f".map(|value| {converted('value', field.type)})"
        return f"{value}.into()" if kind(field) == "Field" else f"{value}{more}.into()"

    required = [each for each in model.fields if each.required]
    others = [each for each in model.fields if not each.required]
    text = record(model, [(each.doc, name(each), kind(each)) for each in model.fields], extra=False)
    text += f"\nimpl From<{model.name}> for core::{model.name} {{\n"
    text += f"    fn from(params: {model.name}) -> Self {{\n"
    made = [sent(each) for each in required]
    if not others:
        return text + call("Self::new", made, "", 8) + "\n    }\n}\n"
    text += call("let mut model = Self::new", made, ";", 8) + "\n"
    text += "".join(f"        model.{name(each)} = {sent(each)};\n" for each in others)
    return text + "        model\n    }\n}\n"


def enum(kind: Type) -> str:
    names = [(value, value.title().replace("_", "")) for value in kind.values]
    text = "/// Values unknown to this version are kept.\n"
    text += f"#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]\npub enum {kind.model} {{\n"
    text += "".join(f"    /// `{value}`.\n    {key},\n" for value, key in names)
    text += (
        "    /// A value unknown to this version.\n    Unknown {\n        /// The API's value.\n"
    )
    text += "        value: String,\n    },\n}\n\n"
    text += f"impl From<core::{kind.model}> for {kind.model} {{\n"
    text += f"    fn from(value: core::{kind.model}) -> Self {{\n        match value {{\n"
    text += "".join(f"            core::{kind.model}::{key} => Self::{key},\n" for _, key in names)
    text += "            other => Self::Unknown { value: other.as_str().to_owned() },\n        }\n    }\n}\n\n"
    text += f"impl From<{kind.model}> for core::{kind.model} {{\n"
    text += f"    fn from(value: {kind.model}) -> Self {{\n        match value {{\n"
    text += "".join(f"            {kind.model}::{key} => Self::{key},\n" for _, key in names)
    return (
        text
        + f"            {kind.model}::Unknown {{ value }} => Self::from(value),\n        }}\n    }}\n}}\n"
    )


def models(definition: Definition) -> str:
    simple = [each.body for each in definition.operations if not mobile.has_roster(each)]
    sent = mobile.reachable(definition, [each for each in simple if each])
    returned = mobile.reachable(definition, [each.result for each in definition.operations])
    if both := {each.name for each in sent} & {each.name for each in returned}:
        raise DefinitionError(f"{', '.join(sorted(both))}: sent and received; give it two names")
    kinds = [kind for each in [*sent, *returned] for field in each.fields
             for kind in mobile.types_in(field.type) if kind.kind == "enum"]  # fmt: skip
    enums = {kind.model: kind for kind in kinds}.values()
    body = "\n".join([*map(result, returned), *map(params, sent), *map(enum, enums)])
    responses = [each.name for each in mobile.results(definition, paginated=False)]
    body += "".join(f"\nresponse!(Native{each}, {each});\n" for each in responses)
    fields = [each for each in ("Extra", "Field") if f": {each}," in body]
    return f"""//! {mobile.MARK}
//!
//! The models as records.

use std::time::SystemTime;

use vitable_groups::model as core;

use super::field::{{{", ".join(fields)}}};
use super::state::SyncState;
use super::timestamp::time;
use crate::response::response;

{body}"""


def method(operation: Operation) -> str:
    path = mobile.path_arguments(operation)
    queries = mobile.queries(operation)
    takes = [f"{name(each)}: String" for each in path]
    gives = [name(each) for each in path]
    takes += [
        f"{name(each)}: {rust(each.type) if each.required else f'Option<{rust(each.type)}>'}"
        for each in queries
    ]
    gives += [name(each) for each in queries]
    if mobile.has_roster(operation):
        takes.append("roster: Arc<NativeRoster>")
        gives.append("roster.core().members()")
    elif operation.body:
        takes.append(f"params: {operation.body.name}")
        gives.append("params.into()")
    doc = f"    /// `{operation.name}`"
    resource = "".join(f".{each}()" for each in operation.resource.split("."))
    start = f"        let resource = self.client{resource};\n"
    item = operation.result.name
    if operation.paginated:
        common = [*takes, "params: ListParams"]
        given = f"        let list = pages::apply(resource.{operation.method}({', '.join(gives)}), &params, options)?;\n"
        one = ["&self", *common, "options: RequestOptions", "cancel: Cancel"]
        all_of = ["&self", *common, "distinct: bool", "options: RequestOptions"]
        text = f"{doc}: one page.\n"
        text += call(
            f"pub async fn {mobile.native(operation)}",
            one,
            f" -> Result<Arc<Native{item}Page>, NativeError> {{",
            4,
        )
        text += f"\n{start}{given}        run(cancel, async move {{ list.await.map(Native{item}Page::wrap) }}).await\n    }}\n\n"
        text += f"{doc} as a pager; `distinct` drops items already seen on an earlier page.\n"
        text += call(
            f"pub fn {mobile.pager(operation)}",
            all_of,
            f" -> Result<Arc<Native{item}Pager>, NativeError> {{",
            4,
        )
        text += f"\n{start}{given}        let pages = if distinct {{ list.distinct_pages() }} else {{ list.pages() }};\n"
        return text + f"        Ok(Native{item}Pager::start(pages))\n    }}\n"
    signature = ["&self", *takes, "options: RequestOptions", "cancel: Cancel"]
    text = f"{doc}\n" + call(
        f"pub async fn {mobile.native(operation)}",
        signature,
        f" -> Result<Native{item}, NativeError> {{",
        4,
    )
    text += f"\n{start}" + call(f"let request = resource.{operation.method}", gives, ";", 8)
    return text + "\n        send(request, options, cancel).await\n    }\n"


def calls(definition: Definition) -> str:
    """The methods of the client."""
    methods = "\n".join(map(method, definition.operations))
    sent = [each.body for each in definition.operations if not mobile.has_roster(each)]
    bodies = {each.name for each in sent if each}
    single = [each.name for each in mobile.results(definition, paginated=False)]
    listed = [each.name for each in mobile.results(definition, paginated=True)]
    records = sorted([*bodies, *listed, "ListParams", *(f"Native{each}" for each in single)])
    pages = "".join(
        f"pages!(Native{each}Page, Native{each}PageContents, Native{each}Pager, {each});\n"
        for each in listed
    )
    pages += "\n" if listed else ""
    return f"""//! {mobile.MARK}
//!
//! The client's calls of single operations.

use std::sync::Arc;

use crate::client::{{Cancel, NativeClient, send}};
use crate::error::NativeError;
{imports("crate::model", records)}
use crate::options::RequestOptions;
use crate::pages::{{self, pages}};
use crate::roster::NativeRoster;
use crate::runtime::run;

{pages}#[uniffi::export]
impl NativeClient {{
{methods}}}
"""


def files(definition: Definition) -> dict[str, str]:
    """Two modules of the crate."""
    return {
        f"{FOLDER}/model/generated.rs": models(definition),
        f"{FOLDER}/calls.rs": calls(definition),
    }
