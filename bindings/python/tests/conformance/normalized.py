"""Results in the form that the runners of all languages compare."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import parse_qsl

from vitable_groups import BaseModel, VitableConnectError

ABORTED = {"kind": "aborted"}


def plain(value: Any) -> Any:
    """Models as JSON values."""
    if isinstance(value, BaseModel):
        return value.to_dict(mode="json")
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def resource(value: Any) -> Any:
    """A single resource without its envelope."""
    json = plain(value)
    return json["data"] if isinstance(json, dict) and set(json) == {"data"} else json


def page(value: Any) -> dict[str, Any]:
    fields: dict[str, Any] = plain(value)
    following = value.next_page_info()
    number = (fields.get("pagination") or {}).get("page")
    return {
        **fields,
        "number": number,
        "next_number": following.params["page"] if following else None,
    }


def attempts(value: Any) -> list[dict[str, Any]]:
    return [{"status": attempt.status, "reason": attempt.reason} for attempt in value]


def meta(response: Any) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "retries": response.retries_taken,
        "attempts": attempts(response.attempts),
        "recovered": response.recovered,
        "repeated": response.repeated,
        "idempotency_key": response.idempotency_key,
        "request_id": response.request_id,
    }


def error(raised: VitableConnectError) -> dict[str, Any]:
    response = getattr(raised, "response", None)
    handle = raised.sync_handle
    optional = {
        "operation": raised.operation,
        "status": getattr(raised, "status_code", None),
        "code": raised.code,
        "trace_id": raised.trace_id,
        "request_id": raised.request_id,
        "retry_after": raised.retry_after,
        "idempotency_key": raised.idempotency_key,
        "sync": handle and {"group_id": handle[0], "request_id": handle[1]},
        "page": raised.page,
        "details": raised.details,
        "body": None if response is None else response.text,
    }
    return {
        "kind": raised.kind,
        "text": raised.detail or str(raised),
        "attempts": attempts(raised.attempts),
        "outcome_unknown": raised.outcome_unknown,
        **{name: field for name, field in optional.items() if field is not None},
    }


def progress(seen: Any) -> dict[str, Any]:
    completed = seen.state is not None and seen.state.completed_at is not None
    return {"polls": seen.polls, "completed": completed, "last_error": seen.last_error}


def request(recorded: dict[str, Any]) -> dict[str, Any]:
    headers: dict[str, str] = {}
    for name, value in recorded["headers"]:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body: Any = recorded["body"] or None
    with contextlib.suppress(ValueError):
        body = body and json.loads(body)
    query = dict(parse_qsl(recorded["query"] or "", keep_blank_values=True))
    return {**recorded, "query": query, "headers": headers, "body": body}
