"""Named values and matchers: whether an actual value is the expected one."""

from __future__ import annotations

import re
from typing import Any

Values = dict[str, Any]
NOTHING: Any = object()
NAME = re.compile(r"\$\{(\w+)\}")


class Mismatch(AssertionError):
    """An actual value is not the expected one."""


def fill(value: Any, values: Values) -> Any:
    """Replaces ``${name}`` by values and ``$member`` by rows."""
    if isinstance(value, str):
        whole = NAME.fullmatch(value)
        if whole:
            return values[whole[1]]
        return NAME.sub(lambda name: str(values[name[1]]), value)
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    if isinstance(value, dict):
        if "$member" in value:
            row = {**values["member"], "reference_id": value["$member"], **value}
            del row["$member"]
            return fill(row, values)
        return {name: fill(item, values) for name, item in value.items()}
    return value


def check(expected: Any, actual: Any, path: str, values: Values) -> None:
    """Compares and captures values; raises at the first difference."""
    if isinstance(expected, dict):
        rules = [name for name in expected if name.startswith("$")]
        for rule in rules:
            apply(rule, expected[rule], actual, path, values)
        if rules:
            return
        need(isinstance(actual, dict), expected, actual, path)
        for name, item in expected.items():
            check(item, actual.get(name, NOTHING), f"{path}.{name}", values)
    elif isinstance(expected, list):
        need(isinstance(actual, list) and len(actual) == len(expected), expected, actual, path)
        for index, (item, found) in enumerate(zip(expected, actual, strict=True)):
            check(item, found, f"{path}[{index}]", values)
    else:
        filled = fill(expected, values)
        need(same(filled, actual), filled, actual, path)


def need(fits: bool, expected: Any, actual: Any, path: str) -> None:
    if not fits:
        shown = "nothing" if actual is NOTHING else repr(actual)
        raise Mismatch(f"{path}: expected {expected!r}, got {shown}")


def same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None:
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return abs(expected - actual) < 1e-9
    return type(expected) is type(actual) and expected == actual


def apply(rule: str, argument: Any, actual: Any, path: str, values: Values) -> None:
    if rule == "$all":
        for one in argument:
            check(one, actual, path, values)
        return
    if rule == "$exact":
        if isinstance(argument, dict) and isinstance(actual, dict):
            extra = sorted(set(actual) - set(argument))
            need(not extra, "nothing else", extra, path)
        check(argument, actual, path, values)
        return
    if rule == "$unordered":
        unordered(argument, actual, path, values)
        return
    if rule == "$capture":
        need(actual is not NOTHING, argument, actual, path)
        values[argument] = actual
        return
    need(fits(rule, argument, actual, values), {rule: argument}, actual, path)


def fits(rule: str, argument: Any, actual: Any, values: Values) -> bool:
    if rule == "$absent":
        return (actual is NOTHING) == argument
    if rule == "$present":
        return (actual is not NOTHING) == argument
    if rule == "$type":
        return bool(argument == type_of(actual))
    if rule == "$regex":
        return isinstance(actual, str) and re.search(argument, actual) is not None
    if rule == "$contains":
        return contains(actual, fill(argument, values))
    if rule == "$lacks":
        return actual is not NOTHING and not contains(actual, fill(argument, values))
    if rule == "$length":
        return isinstance(actual, (list, str, dict)) and len(actual) == argument
    if rule in ("$min", "$max"):
        if not isinstance(actual, (int, float)):
            return False
        return bool(actual >= argument if rule == "$min" else actual <= argument)
    raise Mismatch(f"there is no matcher {rule}")


def contains(actual: Any, part: Any) -> bool:
    if isinstance(actual, (str, list)):
        return part in actual
    return actual is not NOTHING and str(part) in str(actual)


def unordered(items: list[Any], actual: Any, path: str, values: Values) -> None:
    need(isinstance(actual, list) and len(actual) == len(items), items, actual, path)
    left = list(actual)
    for item in items:
        for found in left:
            try:
                check(item, found, path, dict(values))
            except Mismatch:
                continue
            check(item, found, path, values)
            left.remove(found)
            break
        else:
            raise Mismatch(f"{path}: no item matches {item!r}")


def type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    names.update({list: "array", dict: "object", type(None): "null"})
    return names.get(type(value), "nothing")
