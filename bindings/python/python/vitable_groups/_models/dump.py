"""Models as dictionaries and JSON."""

from __future__ import annotations

import datetime
from typing import Any, cast

from .fields import FieldsModel


def dump(
    model: FieldsModel,
    mode: str,
    exclude_unset: bool,
    exclude_defaults: bool,
    exclude_none: bool,
) -> dict[str, Any]:
    """The fields as a dictionary, nested models included."""
    given = model._fields() if exclude_unset else model._values()
    # Declared fields in their order, then unknown fields in theirs.
    fields = {**{name: given[name] for name in model.__fields__ if name in given}, **given}
    defaults = {**dict.fromkeys(model.__fields__), **model.__defaults__}
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if name in model.__left_out__ or (exclude_none and value is None):
            continue
        if exclude_defaults and name in model.__defaults__ and value == defaults[name]:
            continue
        result[name] = _plain(value, mode, exclude_unset, exclude_defaults, exclude_none)
    return result


def _plain(value: object, mode: str, *flags: bool) -> Any:
    if isinstance(value, FieldsModel):
        return dump(value, mode, *flags)
    if isinstance(value, list):
        return [_plain(item, mode, *flags) for item in cast(list[object], value)]
    if isinstance(value, dict):
        items = cast(dict[str, object], value).items()
        return {name: _plain(item, mode, *flags) for name, item in items}
    if mode == "json" and isinstance(value, (datetime.datetime, datetime.date)):
        return iso_text(value)
    return value


def iso_text(value: datetime.date) -> str:
    """ISO 8601, UTC as ``Z``."""
    text = value.isoformat()
    is_utc = isinstance(value, datetime.datetime) and text.endswith("+00:00")
    return text[: -len("+00:00")] + "Z" if is_utc else text


def json_text(value: dict[str, Any], indent: int | None) -> str:
    """JSON; compact unless an indent is passed."""
    import json

    separators = (",", ":") if indent is None else None
    return json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
