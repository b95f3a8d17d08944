"""What annotations of models say: how answers are read, how hand-made models are checked."""

from __future__ import annotations

import datetime
import sys
import types
import typing
from typing import Any, Union

from ._models import BaseModel

Converter = tuple[Any, ...]
ANY: Converter = ("any",)


class ValidationError(ValueError):
    """Fields of a hand-made model are missing or of a wrong type."""


def annotation_of(cls: type, name: str) -> Any:
    """The type that a class declares for a field."""
    declared = cls.__annotations__[name]
    if not isinstance(declared, str):
        return declared
    module = sys.modules.get(cls.__module__)
    names: dict[str, Any] = {**vars(typing), "datetime": datetime.datetime, "date": datetime.date}
    names.update(_models())
    names.update(vars(module) if module else {})
    names.setdefault(cls.__name__, cls)
    # Annotations of classes are code of the class's author, as in typing.get_type_hints.
    return eval(declared, names)


def _models() -> dict[str, Any]:
    def below(cls: type[BaseModel]) -> typing.Iterator[type[BaseModel]]:
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    return {cls.__name__: cls for cls in below(BaseModel)}


def converter_of(cls: type, name: str) -> Converter:
    """How values of a field are read."""
    return converter(annotation_of(cls, name))


def converter(annotation: Any) -> Converter:
    """How values of a type are read; what is not known stays as it comes."""
    if annotation is datetime.datetime:
        return ("datetime",)
    if annotation is datetime.date:
        return ("date",)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
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
            made = converter(argument)
            if made != ANY:
                return made
    return ANY


def _is_union(origin: Any) -> bool:
    return origin is Union or origin is getattr(types, "UnionType", None)


def constructed(cls: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """Values in the form that answers have, unchecked."""
    from ._native import _coerce

    fields = cls.__fields__
    return {
        name: _coerce(value, converter_of(fields[name].owner, name)) if name in fields else value
        for name, value in values.items()
    }


def validate(cls: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """Checks every field, and says all that is wrong at once."""
    problems: list[str] = []
    made = constructed(cls, values)
    for name, field in cls.__fields__.items():
        if name not in made:
            if name not in cls.__defaults__:
                problems.append(f"{name}: field required")
            continue
        problems += _problems(made[name], annotation_of(field.owner, name), name)
    if problems:
        raise ValidationError(f"{cls.__name__}: " + "; ".join(problems))
    return made


def check(model: object, annotation: Any, where: str = "body") -> None:
    """Raises unless a value is of a type, its parts included."""
    problems = _problems(model, annotation, where)
    if problems:
        raise ValidationError("; ".join(problems))


def _problems(value: object, annotation: Any, where: str) -> list[str]:
    if annotation in (Any, object) or isinstance(annotation, typing.TypeVar):
        return []
    if annotation is None or annotation is type(None):
        return [] if value is None else [f"{where}: expected null"]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _problems(value, arguments[0], where)
    if _is_union(origin):
        tried = [_problems(value, argument, where) for argument in arguments]
        return [] if any(not problems for problems in tried) else tried[0]
    if origin is typing.Literal:
        return [] if value in arguments else [f"{where}: unknown value"]
    if origin in (list, dict):
        return _problems_of_parts(value, origin, arguments, where)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _problems_of_model(value, annotation, where)
    if isinstance(annotation, type):
        fits = isinstance(value, annotation) or (annotation is float and isinstance(value, int))
        fits = fits and not (isinstance(value, bool) and annotation in (int, float))
        return [] if fits else [f"{where}: expected {annotation.__name__}"]
    return []


def _problems_of_parts(
    value: object, origin: Any, arguments: tuple[Any, ...], where: str
) -> list[str]:
    if not isinstance(value, origin):
        return [f"{where}: expected {origin.__name__}"]
    if not arguments:
        return []
    whole: Any = value
    parts: Any = whole.items() if origin is dict else enumerate(whole)
    return [
        problem
        for place, part in parts
        for problem in _problems(part, arguments[-1], f"{where}.{place}")
    ]


def _problems_of_model(value: object, cls: type[BaseModel], where: str) -> list[str]:
    if not isinstance(value, cls):
        return [f"{where}: expected an object"]
    problems: list[str] = []
    fields = value._fields()
    for name, field in cls.__fields__.items():
        if name in fields:
            annotation = annotation_of(field.owner, name)
            problems += _problems(fields[name], annotation, f"{where}.{name}")
        elif name not in cls.__defaults__:
            problems.append(f"{where}.{name}: field required")
    return problems
