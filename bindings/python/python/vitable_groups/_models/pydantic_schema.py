"""Models as fields of pydantic models; loaded only when pydantic needs a schema."""

from __future__ import annotations

from typing import Any

from .fields import FieldsModel


def core_schema_of(cls: Any) -> Any:
    """Accepts models and mappings; serializes as ``to_dict`` does."""
    from pydantic_core import core_schema

    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if isinstance(value, dict):
            return cls.model_validate(value)
        raise ValueError(f"expected {cls.__name__} or a mapping")

    def write(value: Any, info: Any) -> Any:
        return value.to_dict(mode=info.mode)

    return core_schema.no_info_plain_validator_function(
        read,
        serialization=core_schema.plain_serializer_function_ser_schema(write, info_arg=True),
    )


def json_schema_of(cls: type[FieldsModel]) -> dict[str, Any]:
    """An object schema with the declared fields; others are allowed."""
    from pydantic import TypeAdapter

    from .schema import annotation_of

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
