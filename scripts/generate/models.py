"""The Rust models: responses, the parameters of calls, and enums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from definition import Definition, DefinitionError, Field, Model, Type
from rust_text import (
    argument,
    camel,
    doc,
    head,
    into,
    listed,
    literal,
    name,
    quoted,
    rust,
    snake,
    value,
)

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
        key = f" = {quoted(each.name)}" if name(each) != each.name else ""
        must = " required" if each.needed else ""
        text += f"{doc(each.doc, 8)}        {name(each)}{must}{key}: {lenient(each)},\n"
    return f"{text}    }}\n}}\n"


def sent(field: Field) -> str:
    """The type of a parameter."""
    kind = rust(field.type)
    if field.required:
        return f"Option<{kind}>" if field.nullable else kind
    return f"Field<{kind}>" if field.nullable else f"Option<{kind}>"


def parameters(model: Model) -> str:
    """A struct with a constructor of what is required and a setter for everything else."""
    required = [each for each in model.fields if each.required]
    optional = [each for each in model.fields if not each.required]
    loose = any(each.type.kind in ("number", "model") or each.type.item for each in model.fields)
    derived = ["Clone", "Debug", *([] if required else ["Default"]), "PartialEq"]
    derived += ["Serialize"] if loose else ["Eq", "Serialize"]
    enums = {each.type.model for each in required if each.type.kind == "enum"}
    used = sorted({model.name, *enums})
    which = used[0] if len(used) == 1 else f"{{{', '.join(used)}}}"
    made = f"{model.name}::new({', '.join('None' if f.nullable else literal(f) for f in required)})"
    body = compact({each.name: None if each.nullable else value(each) for each in required})
    check = f'let params = {made};\nassert_eq!(serde_json::to_string(&params)?, r#"{body}"#);'
    end = "# Ok::<(), serde_json::Error>(())\n```"
    text = doc(f"{model.doc}\n\n```\nuse vitable_groups::model::{which};\n\n{check}\n{end}")
    text += f"#[derive({', '.join(derived)})]\n#[non_exhaustive]\npub struct {model.name} {{\n"
    for each in model.fields:
        keys = [f"rename = {quoted(each.name)}"] if name(each) != each.name else []
        if not each.required:
            test = "Field::is_absent" if each.nullable else "Option::is_none"
            keys.append(f"skip_serializing_if = {quoted(test)}")
        text += doc(each.doc, 4) + (f"    #[serde({', '.join(keys)})]\n" if keys else "")
        text += f"    pub {name(each)}: {sent(each)},\n"
    text += f"}}\n\nimpl {model.name} {{\n    /// Parameters with the required fields only.\n"
    plain = [f"{name(f)}: {sent(f) if f.nullable else argument(f)}" for f in required]
    text += listed("pub fn new(", plain, ") -> Self {", 4)
    values = []
    for each in model.fields:
        start = name(each) if each.nullable else into(each)
        if not each.required:
            start = "Field::Absent" if each.nullable else "None"
        values.append(name(each) if start == name(each) else f"{name(each)}: {start}")
    made = listed("Self { ", values, " }", 8)
    if "\n" in made[:-1]:
        made = made.replace("Self { \n", "Self {\n").replace("\n         }", "\n        }")
    text += (made if required else "        Self::default()\n") + "    }\n"
    for each in optional:
        text += f"\n{doc(each.doc, 4)}    #[must_use]\n"
        taken = f"mut self, {name(each)}: {argument(each)}"
        kind = "Field::Value" if each.nullable else "Some"
        text += f"    pub fn {name(each)}({taken}) -> Self {{\n"
        text += f"        self.{name(each)} = {kind}({into(each)});\n        self\n    }}\n"
    return f"\n{text}}}\n"


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
    used = [item for item in ("model", "open_enum") if f"\n{item}! {{" in text]
    uses = ["use crate::field::Field;"] if "Field<" in text else []
    uses.append(f"use crate::macros::{used[0] if len(used) == 1 else '{model, open_enum}'};")
    uses += ["use crate::timestamp::Timestamp;"] if "Timestamp" in text else []
    uses += ["use serde::Serialize;\n"] if "Serialize)]" in text else []
    uses = ["use serde::Serialize;\n", *uses[:-1]] if uses[-1].startswith("use serde") else uses
    head_text = head("The models of responses and the parameters of calls.")
    return {"crates/vitable-groups-model/src/models.rs": head_text + "\n".join(uses) + "\n" + text}
