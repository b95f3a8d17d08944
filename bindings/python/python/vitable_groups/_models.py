"""The base of the models."""

from __future__ import annotations

from ._native import Field, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Literal

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: object):
        return lambda cls: cls


@dataclass_transform(kw_only_default=True)
class BaseModel(Record):
    """An object of the API.

    Answers become models as they are: missing fields read as ``None``, unknown fields are
    attributes, values of an unexpected type stay what they are. Models made by hand are validated.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    __match_args__: ClassVar[tuple[str, ...]] = ()
    __fields__: ClassVar[dict[str, Field]] = {}
    __defaults__: ClassVar[dict[str, Any]] = {}
    __left_out__: ClassVar[frozenset[str]] = frozenset()  # of dictionaries and JSON texts

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        fields = dict(cls.__fields__)
        defaults = dict(cls.__defaults__)
        for name, annotation in cls.__annotations__.items():
            if name.startswith("_") or "ClassVar" in str(annotation):
                continue
            if name in cls.__dict__:
                defaults[name] = cls.__dict__[name]
            fields[name] = Field(cls, name)
            setattr(cls, name, fields[name])
        cls.__fields__ = fields
        cls.__defaults__ = defaults
        cls.__match_args__ = tuple(fields)  # type: ignore[misc]

    @classmethod
    def _validated(cls, fields: dict[str, Any]) -> dict[str, Any]:
        from ._schema import validate

        return validate(cls, fields)

    @classmethod
    def construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """A model from values that are not checked."""
        from ._schema import constructed

        return cls._make(constructed(cls, values))

    model_construct = construct

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """A model from a mapping or another model, checked."""
        if isinstance(obj, cls):
            return obj
        return cls(**dict(obj))

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the declared fields that are set, ``null`` included."""
        return set(self._fields()) & set(self.__fields__)

    @property
    def model_extra(self) -> dict[str, Any] | None:
        """The fields that this version does not know."""
        known = self.__fields__
        return {name: value for name, value in self._fields().items() if name not in known}

    def to_dict(
        self,
        *,
        mode: Literal["json", "python"] = "python",
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> dict[str, object]:
        """The fields as a dictionary; times stay times unless the mode is ``json``."""
        from ._dump import dump

        return dump(self, mode, exclude_unset, exclude_defaults, exclude_none)

    def to_json(
        self,
        *,
        indent: int | None = 2,
        use_api_names: bool = True,
        exclude_unset: bool = True,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        warnings: bool = True,
    ) -> str:
        """The fields as a JSON text."""
        from ._dump import dump, text_of

        return text_of(dump(self, "json", exclude_unset, exclude_defaults, exclude_none), indent)

    def model_dump(
        self,
        *,
        mode: Literal["json", "python"] | str = "python",
        include: set[str] | None = None,
        exclude: set[str] | None = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """The fields as a dictionary, missing ones as ``None``."""
        from ._dump import dump

        made = dump(self, mode, exclude_unset, exclude_defaults, exclude_none)
        return {
            name: value
            for name, value in made.items()
            if (include is None or name in include) and (exclude is None or name not in exclude)
        }

    def model_dump_json(
        self,
        *,
        indent: int | None = None,
        include: set[str] | None = None,
        exclude: set[str] | None = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        **_: Any,
    ) -> str:
        """The fields as a JSON text, missing ones as ``null``."""
        from ._dump import text_of

        made = self.model_dump(
            mode="json",
            include=include,
            exclude=exclude,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )
        return text_of(made, indent)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with some fields replaced."""
        fields = self._fields()
        if deep:
            import copy

            fields = copy.deepcopy(fields)
        return self._make({**fields, **(update or {})})

    def __copy__(self) -> Self:
        return self.model_copy()

    def _values(self) -> dict[str, Any]:
        return {**dict.fromkeys(self.__fields__), **self.__defaults__, **self._fields()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseModel):
            return NotImplemented
        return type(self) is type(other) and self._values() == other._values()

    def __repr_args__(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self._values().items() if name in self.__fields__]

    def __repr__(self) -> str:
        parts = [f"{name}={_shown(value)}" for name, value in self.__repr_args__()]
        # Unknown fields may hold anything, member data included.
        parts += [f"{name}=***" for name in self.model_extra or ()]
        return f"{type(self).__name__}({', '.join(parts)})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._fields())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import core_schema_of

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from ._pydantic import json_schema_of

        return json_schema_of(cls)


BaseModel.__module__ = "vitable_groups"


def _shown(value: object) -> str:
    # Where an object was not read as a model, it is not what was expected, and may hold anything.
    if isinstance(value, dict):
        return "***"
    if isinstance(value, list):
        items: list[object] = value  # pyright: ignore[reportUnknownVariableType]
        return f"[{', '.join(map(_shown, items))}]"
    return repr(value)


def _rebuild(cls: type[BaseModel], fields: dict[str, Any]) -> BaseModel:
    return cls._make(fields)
