"""Models as fields of pydantic models. Loaded by pydantic only."""

from __future__ import annotations

from typing import Any

from ._models import BaseModel


def core_schema_of(cls: type[BaseModel]) -> Any:
    """Takes models and mappings; writes what ``to_dict`` gives."""
    from pydantic_core import core_schema

    def read(value: Any) -> BaseModel:
        if isinstance(value, cls):
            return value
        if isinstance(value, dict):
            return cls.model_validate(value)
        raise ValueError(f"expected {cls.__name__} or a mapping")

    def write(value: BaseModel, info: Any) -> dict[str, Any]:
        return value.to_dict(mode=info.mode)

    return core_schema.no_info_plain_validator_function(
        read,
        serialization=core_schema.plain_serializer_function_ser_schema(write, info_arg=True),
    )


def json_schema_of(cls: type[BaseModel]) -> dict[str, Any]:
    """An object with the declared fields, open for more."""
    from pydantic import TypeAdapter

    from ._schema import annotation_of

    properties: dict[str, Any] = {}
    for name, field in cls.__fields__.items():
        if name in cls.__left_out__:
            continue
        properties[name] = TypeAdapter(annotation_of(field.owner, name)).json_schema()
    required = [name for name in cls.__fields__ if name not in cls.__defaults__]
    return {
        "title": cls.__name__,
        "type": "object",
        "properties": properties,
        "required": required,
    }
