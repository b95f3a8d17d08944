"""The base class of all models."""

from __future__ import annotations

from .fields import FieldsModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: object):
        return lambda cls: cls


@dataclass_transform(kw_only_default=True)
class BaseModel(FieldsModel):
    """An object of the API.

    Responses are read leniently: missing fields read as ``None``, unknown fields are attributes,
    and values of an unexpected type are kept as they are. Models built by hand are validated.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @classmethod
    def _validated(cls, fields: dict[str, Any]) -> dict[str, Any]:
        from .schema import validate

        return validate(cls, fields)

    @classmethod
    def construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Builds a model without validating the values."""
        from .schema import constructed

        return cls._make(constructed(cls, values))

    model_construct = construct

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """Builds a model from a mapping or another model, validating it."""
        if isinstance(obj, cls):
            return obj
        return cls(**dict(obj))

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the declared fields that are set, including those set to ``None``."""
        return set(self._fields()) & set(self.__fields__)

    @property
    def model_extra(self) -> dict[str, Any] | None:
        """Fields that this version does not declare."""
        declared = self.__fields__
        return {name: value for name, value in self._fields().items() if name not in declared}

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
        """The fields as a dictionary; times stay ``datetime`` unless the mode is ``json``."""
        from .dump import dump

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
        """The fields as JSON."""
        from .dump import dump, json_text

        return json_text(dump(self, "json", exclude_unset, exclude_defaults, exclude_none), indent)

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
        from .dump import dump

        fields = dump(self, mode, exclude_unset, exclude_defaults, exclude_none)
        return {
            name: value
            for name, value in fields.items()
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
        """The fields as JSON, missing ones as ``null``."""
        from .dump import json_text

        fields = self.model_dump(
            mode="json",
            include=include,
            exclude=exclude,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )
        return json_text(fields, indent)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with the ``update`` fields replaced."""
        fields = self._fields()
        if deep:
            import copy

            fields = copy.deepcopy(fields)
        return self._make({**fields, **(update or {})})

    def __copy__(self) -> Self:
        return self.model_copy()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseModel):
            return NotImplemented
        return type(self) is type(other) and self._values() == other._values()

    def __repr_args__(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self._values().items() if name in self.__fields__]

    def __repr__(self) -> str:
        parts = [f"{name}={_masked(value)}" for name, value in self.__repr_args__()]
        # Unknown fields may hold anything, including member data.
        parts += [f"{name}=***" for name in self.model_extra or ()]
        return f"{type(self).__name__}({', '.join(parts)})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._fields())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .pydantic_schema import core_schema_of

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from .pydantic_schema import json_schema_of

        return json_schema_of(cls)


BaseModel.__module__ = "vitable_groups"


def _masked(value: object) -> str:
    # An object that was not read as a model is unexpected and may hold anything.
    if isinstance(value, dict):
        return "***"
    if isinstance(value, list):
        items: list[object] = value  # pyright: ignore[reportUnknownVariableType]
        return f"[{', '.join(map(_masked, items))}]"
    return repr(value)


def _rebuild(cls: type[BaseModel], fields: dict[str, Any]) -> BaseModel:
    return cls._make(fields)
