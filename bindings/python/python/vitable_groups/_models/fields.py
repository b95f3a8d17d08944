"""The declared fields of a model, as everything in this package reads them."""

from __future__ import annotations

from .._native import Field, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar


def key_of(name: str) -> str:
    """The key of an attribute: without the underscore that ends the name of a keyword."""
    if name[-1:] != "_":
        return name
    from keyword import iskeyword

    return name[:-1] if iskeyword(name[:-1]) else name


def _set(self: FieldsModel, name: str, value: Any) -> None:
    Record.__setattr__(self, key_of(name), value)


class FieldsModel(Record):
    """A record whose class declares fields by annotations."""

    __slots__ = ()

    __match_args__: ClassVar[tuple[str, ...]] = ()
    __fields__: ClassVar[dict[str, Field]] = {}
    __defaults__: ClassVar[dict[str, Any]] = {}
    #: Fields that are never part of a dictionary or JSON text.
    __left_out__: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        fields = dict(cls.__fields__)
        defaults = dict(cls.__defaults__)
        attributes = dict.fromkeys(cls.__match_args__)
        for name, annotation in cls.__annotations__.items():
            if name.startswith("_") or "ClassVar" in str(annotation):
                continue
            key = key_of(name)
            if name in cls.__dict__:
                defaults[key] = cls.__dict__[name]
            fields[key] = Field(cls, key)
            setattr(cls, name, fields[key])
            attributes[name] = None
            if key != name:
                cls.__setattr__ = _set  # type: ignore[assignment, method-assign]
        cls.__fields__ = fields
        cls.__defaults__ = defaults
        cls.__match_args__ = tuple(attributes)  # type: ignore[misc]

    def _values(self) -> dict[str, Any]:
        return {**dict.fromkeys(self.__fields__), **self.__defaults__, **self._fields()}
