"""Responses other than plain models: other types, strict validation, bodies that are not JSON."""

from __future__ import annotations

import types
import typing
from typing import Any

from ._exceptions import APIResponseValidationError
from ._http import Request, Response, loads
from ._models import BaseModel
from ._native import NativeResponse


def response_of(response: NativeResponse) -> Response:
    """The response, with the attribute names of httpx."""
    return Response(
        response.status,
        response.headers,
        response.content,
        request=Request(response.method, response.url),
        http_version=response.http_version,
        elapsed=response.elapsed,
        reason=response.reason,
    )


def decoded(response: NativeResponse, cast_to: Any, strict: bool) -> Any:
    """The response as the type ``cast_to``."""
    while typing.get_origin(cast_to) is typing.Annotated:
        cast_to = typing.get_args(cast_to)[0]
    if cast_to is None or cast_to is type(None):
        return None
    simple = _simple(response, cast_to)
    if simple is not _NOT_SIMPLE:
        return simple
    if response.status == 204:
        return ""
    if not response.is_json and (strict or not response.is_valid_json):
        return _other_content(response, strict)
    if not response.is_valid_json:
        # The official package sets a cause, too; this one does not repeat the body.
        raise response.unreadable() from ValueError("the body is not JSON")
    return _typed(response, cast_to, strict)


_NOT_SIMPLE = object()


def _simple(response: NativeResponse, cast_to: Any) -> Any:
    if cast_to is bytes:
        return response.content
    if cast_to is bool:
        return response_of(response).text.lower() == "true"
    if cast_to in (str, int, float):
        return cast_to(response_of(response).text)
    if cast_to is Response:
        return response_of(response)
    if isinstance(cast_to, type) and cast_to.__module__.split(".")[0] in ("httpx", "httpx2"):
        return _httpx_response(response, cast_to)
    return _NOT_SIMPLE


def _httpx_response(response: NativeResponse, cls: Any) -> Any:
    import sys

    module = sys.modules[cls.__module__.split(".")[0]]
    # The body is already decoded.
    dropped = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers if name not in dropped]
    request = module.Request(response.method, response.url)
    return module.Response(
        response.status, headers=headers, content=response.content, request=request
    )


def _other_content(response: NativeResponse, strict: bool) -> str:
    http_response = response_of(response)
    if strict:
        kind = http_response.headers.get("content-type", "*")
        raise APIResponseValidationError(
            http_response,
            http_response.text,
            message=f"Expected Content-Type response header to be `application/json` but received "
            f"`{kind}` instead.",
        )
    return http_response.text


def _typed(response: NativeResponse, cast_to: Any, strict: bool) -> Any:
    from ._models.schema import ValidationError, check, converter
    from ._pages import BasePage

    origin = typing.get_origin(cast_to) or cast_to
    plain = origin in (object, Any, dict, list, typing.Union, getattr(types, "UnionType", None))
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        value = response.model(cast_to)
        if issubclass(origin, BasePage) and not isinstance(getattr(value, "data", None), list):
            raise response.unreadable() from ValueError("the page has no list of items")
    elif plain:
        value = response.value(converter(cast_to))
    elif hasattr(cast_to, "build"):
        return cast_to.build(response=response_of(response), data=loads(response.content))
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
            check(value, cast_to)
        except ValidationError as error:
            raise APIResponseValidationError(
                response_of(response), response.value(("any",))
            ) from error
    return value
