"""Model annotations: how responses are converted, how models built by hand are validated."""

from __future__ import annotations

import datetime
import sys
import types
import typing
from typing import Any, Union

from .fields import FieldsModel, key_of

Converter = tuple[Any, ...]
ANY: Converter = ("any",)


class ValidationError(ValueError):
    """Fields of a model are missing or have the wrong type."""


def annotation_of(cls: type, name: str) -> Any:
    """The type that a class declares for a field."""
    declared = cls.__annotations__.get(name) or cls.__annotations__[f"{name}_"]
    if not isinstance(declared, str):
        return declared
    module = sys.modules.get(cls.__module__)
    names: dict[str, Any] = {**vars(typing), "datetime": datetime.datetime, "date": datetime.date}
    names.update(_models())
    names.update(vars(module) if module else {})
    names.setdefault(cls.__name__, cls)
    # As in typing.get_type_hints: the class's own author wrote the annotation.
    return eval(declared, names)


def _models() -> dict[str, Any]:
    def subclasses(cls: type[FieldsModel]) -> typing.Iterator[type[FieldsModel]]:
        for child in cls.__subclasses__():
            yield child
            yield from subclasses(child)

    return {cls.__name__: cls for cls in subclasses(FieldsModel)}


def converter_of(cls: type, name: str) -> Converter:
    """The converter of a field."""
    return converter(annotation_of(cls, name))


def converter(annotation: Any) -> Converter:
    """The converter of a type; values of unknown types are not converted."""
    if annotation is datetime.datetime:
        return ("datetime",)
    if annotation is datetime.date:
        return ("date",)
    if isinstance(annotation, type) and issubclass(annotation, FieldsModel):
        return ("model", annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return converter(arguments[0])
    if origin in (list, typing.Sequence, typing.Iterable) and arguments:
        return ("list", converter(arguments[0]))
    if origin in (dict, typing.Mapping) and len(arguments) == 2:
        return ("dict", converter(arguments[1]))
    if _is_union(origin):
        for argument in arguments:
            found = converter(argument)
            if found != ANY:
                return found
    return ANY


def _is_union(origin: Any) -> bool:
    return origin is Union or origin is getattr(types, "UnionType", None)


def constructed(cls: type[FieldsModel], values: dict[str, Any]) -> dict[str, Any]:
    """Values converted as those of a response, not validated."""
    from .._native import _coerce

    fields = cls.__fields__
    return {
        name: _coerce(value, converter_of(fields[name].owner, name)) if name in fields else value
        for name, value in ((key_of(name), value) for name, value in values.items())
    }


def validate(cls: type[FieldsModel], values: dict[str, Any]) -> dict[str, Any]:
    """Validates every field and reports all problems at once."""
    problems: list[str] = []
    converted = constructed(cls, values)
    for name, field in cls.__fields__.items():
        if name not in converted:
            if name not in cls.__defaults__:
                problems.append(f"{name}: field required")
            continue
        problems += _problems(converted[name], annotation_of(field.owner, name), name)
    if problems:
        raise ValidationError(f"{cls.__name__}: " + "; ".join(problems))
    return converted


def check(value: object, annotation: Any, path: str = "body") -> None:
    """Raises unless a value, including nested values, is of a type."""
    problems = _problems(value, annotation, path)
    if problems:
        raise ValidationError("; ".join(problems))


def _problems(value: object, annotation: Any, path: str) -> list[str]:
    if annotation in (Any, object) or isinstance(annotation, typing.TypeVar):
        return []
    if annotation is None or annotation is type(None):
        return [] if value is None else [f"{path}: expected null"]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _problems(value, arguments[0], path)
    if _is_union(origin):
        by_member = [_problems(value, argument, path) for argument in arguments]
        return [] if any(not problems for problems in by_member) else by_member[0]
    if origin is typing.Literal:
        return [] if value in arguments else [f"{path}: unknown value"]
    if origin in (list, dict):
        return _item_problems(value, origin, arguments, path)
    if isinstance(annotation, type) and issubclass(annotation, FieldsModel):
        return _model_problems(value, annotation, path)
    if isinstance(annotation, type):
        fits = isinstance(value, annotation) or (annotation is float and isinstance(value, int))
        fits = fits and not (isinstance(value, bool) and annotation in (int, float))
        return [] if fits else [f"{path}: expected {annotation.__name__}"]
    return []


def _item_problems(value: object, origin: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    if not isinstance(value, origin):
        return [f"{path}: expected {origin.__name__}"]
    if not arguments:
        return []
    container: Any = value
    items: Any = container.items() if origin is dict else enumerate(container)
    return [
        problem
        for key, item in items
        for problem in _problems(item, arguments[-1], f"{path}.{key}")
    ]


def _model_problems(value: object, cls: type[FieldsModel], path: str) -> list[str]:
    if not isinstance(value, cls):
        return [f"{path}: expected an object"]
    problems: list[str] = []
    fields = value._fields()
    for name, field in cls.__fields__.items():
        if name in fields:
            annotation = annotation_of(field.owner, name)
            problems += _problems(fields[name], annotation, f"{path}.{name}")
        elif name not in cls.__defaults__:
            problems.append(f"{path}.{name}: field required")
    return problems
