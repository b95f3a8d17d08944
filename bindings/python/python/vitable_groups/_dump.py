"""Models as dictionaries and JSON texts."""

from __future__ import annotations

import datetime
from typing import Any, cast

from ._models import BaseModel


def dump(
    model: BaseModel,
    mode: str,
    exclude_unset: bool,
    exclude_defaults: bool,
    exclude_none: bool,
) -> dict[str, Any]:
    """The fields as a dictionary, parts included."""
    given = model._fields() if exclude_unset else model._values()
    # Declared fields in their order, then the others in theirs.
    fields = {**{name: given[name] for name in model.__fields__ if name in given}, **given}
    defaults = {**dict.fromkeys(model.__fields__), **model.__defaults__}
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name in model.__left_out__ or (exclude_none and value is None):
            continue
        if exclude_defaults and name in model.__defaults__ and value == defaults[name]:
            continue
        made[name] = _plain(value, mode, exclude_unset, exclude_defaults, exclude_none)
    return made


def _plain(value: object, mode: str, *how: bool) -> Any:
    if isinstance(value, BaseModel):
        return dump(value, mode, *how)
    if isinstance(value, list):
        return [_plain(item, mode, *how) for item in cast(list[object], value)]
    if isinstance(value, dict):
        items = cast(dict[str, object], value).items()
        return {name: _plain(item, mode, *how) for name, item in items}
    if mode == "json" and isinstance(value, (datetime.datetime, datetime.date)):
        return time_text(value)
    return value


def time_text(value: datetime.date) -> str:
    """ISO 8601, UTC as ``Z``."""
    text = value.isoformat()
    is_utc = isinstance(value, datetime.datetime) and text.endswith("+00:00")
    return text[: -len("+00:00")] + "Z" if is_utc else text


def text_of(value: dict[str, Any], indent: int | None) -> str:
    """A JSON text, compact without an indent."""
    import json

    separators = (",", ":") if indent is None else None
    return json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
