"""Answers that are no plain model: other types, strict checks, bodies that are not JSON."""

from __future__ import annotations

import types
import typing
from typing import Any

from ._exceptions import APIResponseValidationError
from ._http import Request, Response, loads
from ._models import BaseModel
from ._native import Answer


def response_of(answer: Answer) -> Response:
    """The answer by the names of httpx."""
    return Response(
        answer.status,
        answer.headers,
        answer.content,
        request=Request(answer.method, answer.url),
        http_version=answer.http_version,
        elapsed=answer.elapsed,
        reason=answer.reason,
    )


def decoded(answer: Answer, cast_to: Any, strict: bool) -> Any:
    """The answer as ``cast_to`` says."""
    while typing.get_origin(cast_to) is typing.Annotated:
        cast_to = typing.get_args(cast_to)[0]
    if cast_to is None or cast_to is type(None):
        return None
    simple = _simple(answer, cast_to)
    if simple is not _NOT_SIMPLE:
        return simple
    if answer.status == 204:
        return ""
    if not answer.is_json and (strict or answer.is_broken):
        return _foreign(answer, strict)
    if answer.is_broken:
        # A cause, as the official package gives one; the body is not to be repeated in it.
        raise answer.unreadable() from ValueError("the body is not JSON")
    return _shaped(answer, cast_to, strict)


_NOT_SIMPLE = object()


def _simple(answer: Answer, cast_to: Any) -> Any:
    text = answer.content
    if cast_to is bytes:
        return text
    if cast_to is bool:
        return response_of(answer).text.lower() == "true"
    if cast_to in (str, int, float):
        return cast_to(response_of(answer).text)
    if cast_to is Response:
        return response_of(answer)
    if isinstance(cast_to, type) and cast_to.__module__.split(".")[0] in ("httpx", "httpx2"):
        return _httpx_response(answer, cast_to)
    return _NOT_SIMPLE


def _httpx_response(answer: Answer, cls: Any) -> Any:
    import sys

    module = sys.modules[cls.__module__.split(".")[0]]
    # The body is decoded already.
    gone = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in answer.headers if name not in gone]
    request = module.Request(answer.method, answer.url)
    return module.Response(answer.status, headers=headers, content=answer.content, request=request)


def _foreign(answer: Answer, strict: bool) -> str:
    response = response_of(answer)
    if strict:
        kind = response.headers.get("content-type", "*")
        raise APIResponseValidationError(
            response,
            response.text,
            message=f"Expected Content-Type response header to be `application/json` but received "
            f"`{kind}` instead.",
        )
    return response.text


def _shaped(answer: Answer, cast_to: Any, strict: bool) -> Any:
    from ._schema import ValidationError, check, converter
    from .pagination import BasePage

    origin = typing.get_origin(cast_to) or cast_to
    plain = origin in (object, Any, dict, list, typing.Union, getattr(types, "UnionType", None))
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        made = answer.model(cast_to)
        if issubclass(origin, BasePage) and not isinstance(getattr(made, "data", None), list):
            raise answer.unreadable() from ValueError("the page has no list of items")
    elif plain:
        made = answer.value(converter(cast_to))
    elif hasattr(cast_to, "build"):
        return cast_to.build(response=response_of(answer), data=loads(answer.content))
    elif hasattr(cast_to, "model_validate"):
        raise TypeError(
            "Pydantic models must subclass our base model type, e.g. "
            "`from vitable_groups import BaseModel`"
        )
    else:
        raise RuntimeError(
            f"Unsupported type, expected {cast_to} to be a subclass of BaseModel, dict, list, "
            "Union, NoneType, str, int, float, bool or httpx.Response."
        )
    if strict:
        try:
            check(made, cast_to)
        except ValidationError as error:
            raise APIResponseValidationError(response_of(answer), answer.value(("any",))) from error
    return made
