"""The Rust models: responses, the parameters of calls, and enums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from definition import Definition, DefinitionError, Field, Model, Type
from rust_text import camel, doc, head, literal, name, quoted, rust, snake, together, value

#: They print as `***`, and `submit` takes the members without the parameters around them.
BY_HAND = {"Member", "MemberAddress", "SyncSubmitParams"}


def lenient(field: Field) -> str:
    """The type of a field of a response; text that is missing reads as empty."""
    plain = field.needed or (field.type.kind in ("string", "date", "enum") and field.required)
    kind = rust(field.type)
    return kind if plain and not field.nullable and not field.absent else f"Field<{kind}>"


def compact(data: Any) -> str:
    """Data as serde writes it."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def key(field: Field) -> str:
    """The name in JSON, if it is a keyword in Rust."""
    return f" = {quoted(field.name)}" if name(field) != field.name else ""


def response(model: Model) -> str:
    """A `model!`, with an example that is read and written."""
    if model.example is None:
        raise DefinitionError(f"{model.name}: x-client.example is missing")
    variable = snake(model.name)
    example = "\n".join(
        [
            f"```\nuse vitable_groups::model::{model.name};\n",
            f'let text = r#"{compact(model.example)}"#;',
            f"let {variable}: {model.name} = serde_json::from_str(text)?;",
            f"assert_eq!(serde_json::to_string(&{variable})?, text);",
            "# Ok::<(), serde_json::Error>(())\n```",
        ]
    )
    # Where every field is a list, there is a value to start from.
    derived = "Debug, Default" if all(each.type.item for each in model.fields) else "Debug"
    text = f"\nmodel! {{\n{doc(f'{model.doc}{chr(10) * 2}{example}', 4)}    #[derive({derived})]\n"
    text += f"    pub struct {model.name} {{\n"
    for each in model.fields:
        must = " required" if each.needed else ""
        text += f"{doc(each.doc, 8)}        {name(each)}{must}{key(each)}: {lenient(each)},\n"
    return f"{text}    }}\n}}\n"


def parameters(model: Model) -> str:
    """A `parameters!`, with an example of what is required."""
    required = [each for each in model.fields if each.required]
    optional = [each for each in model.fields if not each.required]
    groups = {
        "required": required,
        "optional": [each for each in optional if not each.nullable],
        "nullable": [each for each in optional if each.nullable],
    }
    inexact = any(each.type.kind in ("number", "list", "model") for each in model.fields)
    derived = ["Clone", "Debug", *([] if required else ["Default"]), "PartialEq"]
    derived += ["Serialize"] if inexact else ["Eq", "Serialize"]
    enums = {each.type.model for each in required if each.type.kind == "enum"}
    made = f"{model.name}::new({', '.join('None' if f.nullable else literal(f) for f in required)})"
    body = compact({each.name: None if each.nullable else value(each) for each in required})
    example = "\n".join(
        [
            f"```\nuse vitable_groups::model::{together(enums | {model.name})};\n",
            f"let params = {made};",
            f'assert_eq!(serde_json::to_string(&params)?, r#"{body}"#);',
            "# Ok::<(), serde_json::Error>(())\n```",
        ]
    )
    text = f"\nparameters! {{\n{doc(f'{model.doc}{chr(10) * 2}{example}', 4)}"
    text += f"    #[derive({', '.join(derived)})]\n    pub struct {model.name} {{\n"
    for group, fields in groups.items():
        lines = []
        for each in fields:
            kind = rust(each.type)
            kind = f"Option<{kind}>" if each.required and each.nullable else kind
            lines.append(f"{doc(each.doc, 12)}            {name(each)}{key(each)}: {kind},\n")
        text += f"        {group} {{\n{''.join(lines)}        }}\n" if lines else ""
    return f"{text}    }}\n}}\n"


def open_enum(kind: Type, about: str) -> str:
    """An `open_enum!`."""
    first = f"{kind.model}::{camel(kind.values[0])}"
    example = f"```\nuse vitable_groups::model::{kind.model};\n\n"
    example += f"assert_eq!({first}.as_str(), {quoted(kind.values[0])});\n"
    example += f'let other = {kind.model}::from("other".to_owned());\n'
    example += f'assert_eq!(other, {kind.model}::Unknown("other".into()));\n```'
    text = doc(f"{about} Values unknown to this version are kept.\n\n{example}", 4)
    variants = [f"        /// `{v}`\n        {camel(v)} = {quoted(v)},\n" for v in kind.values]
    return f"\nopen_enum! {{\n{text}    pub enum {kind.model} {{\n{''.join(variants)}    }}\n}}\n"


def enums(models: list[Model]) -> Iterator[tuple[Type, str]]:
    """Each enum once, with the documentation of its first field."""
    seen = set()
    for model in models:
        for field in model.fields:
            if field.type.kind == "enum" and field.type.model not in seen:
                if not field.type.model:
                    raise DefinitionError(f"{model.name}.{field.name}: x-client.enum is missing")
                seen.add(field.type.model)
                yield field.type, field.doc


def files(definition: Definition) -> dict[str, str]:
    """The module of the models."""
    bodies = {each.body.name for each in definition.operations if each.body}
    models = [each for each in definition.models.values() if each.name not in BY_HAND]
    parts = [parameters(each) if each.name in bodies else response(each) for each in models]
    parts += [open_enum(kind, about) for kind, about in enums(models)]
    text = "".join(parts)
    uses = ["use serde::Serialize;\n"] if "Serialize)]" in text else []
    uses += ["use crate::field::Field;"] if "Field<" in text or " nullable {" in text else []
    macros = {each for each in ("model", "open_enum", "parameters") if f"\n{each}! {{" in text}
    uses.append(f"use crate::macros::{together(macros)};")
    uses += ["use crate::timestamp::Timestamp;"] if "Timestamp" in text else []
    opened = head("The models of responses and the parameters of calls.") + "\n".join(uses)
    return {"crates/vitable-groups-model/src/models.rs": f"{opened}\n{text}"}
