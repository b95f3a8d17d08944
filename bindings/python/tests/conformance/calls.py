"""The calls of scenarios, made with either client."""

from __future__ import annotations

import datetime
import inspect
import json
from operator import attrgetter
from typing import Any

from vitable_groups import Timeout, omit
from vitable_groups._native import manifest
from vitable_groups.roster import Roster

from . import normalized

#: The operations whose responses are read with their metadata; lists are read in more ways.
OPERATIONS = {
    each["name"] for each in json.loads(manifest())["operations"] if not each["paginated"]
}
WAITS = ("wait", "submit_and_wait", "apply")


async def done(value: Any) -> Any:
    """The result of either client: awaited if it is awaitable."""
    return await value if inspect.isawaitable(value) else value


async def each(items: Any) -> Any:
    if hasattr(items, "__aiter__"):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def seconds(millis: int | None) -> float | None:
    return None if millis is None else millis / 1000


def with_omit(values: dict[str, Any]) -> dict[str, Any]:
    return {name: omit if value is None else value for name, value in values.items()}


def call_options(client: Any, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The client and the arguments of a call with these options."""
    arguments: dict[str, Any] = {}
    headers = with_omit(given.pop("headers", {}))
    if "idempotency_key" in given:
        headers["Idempotency-Key"] = given.pop("idempotency_key")
    if headers:
        arguments["extra_headers"] = headers
    if "query" in given:
        arguments["extra_query"] = given.pop("query")
    body = {**given.pop("body", {}), **dict.fromkeys(given.pop("omit_body", ()), omit)}
    if body:
        arguments["extra_body"] = body
    arguments.update(limits(given))
    if "deadline_ms" in given:
        arguments["deadline"] = seconds(given.pop("deadline_ms"))
    if given:
        client = client.with_options(**given)
    return client, arguments


def limits(given: dict[str, Any]) -> dict[str, Any]:
    if "connect_timeout_ms" in given:
        total = seconds(given.pop("timeout_ms", 60_000))
        return {"timeout": Timeout(total, connect=seconds(given.pop("connect_timeout_ms")))}
    if "timeout_ms" in given:
        return {"timeout": seconds(given.pop("timeout_ms"))}
    return {}


class Calls:
    """The calls of one step; collects metadata, progress and pages."""

    def __init__(self) -> None:
        self.meta: Any = None
        self.before: list[Any] = []
        self.progress: list[Any] = []
        self.page: Any = None

    async def call(self, client: Any, name: str, params: dict[str, Any], options: Any) -> Any:
        if name in ("get", "post", "patch"):
            return await self.raw(client, name, params, options)
        client, arguments = call_options(client, dict(options))
        resource, _, last = name.rpartition(".")
        if name in OPERATIONS:
            raw = attrgetter(resource)(client).with_raw_response
            response = await done(getattr(raw, last)(**params, **arguments))
            self.meta = normalized.meta(response)
            return normalized.resource(await done(response.parse()))
        if last in WAITS:
            return await self.wait(client, last, params, arguments)
        if last in ("list", "iterate", "iterate_pages"):
            return await self.list(client, name, params, arguments)
        return normalized.plain(await done(getattr(client.groups, last)(**params, **arguments)))

    async def raw(self, client: Any, name: str, params: dict[str, Any], options: Any) -> Any:
        given = dict(options)
        if "query" in given:
            given["params"] = given.pop("query")
        given.update(limits(given))
        body = {"body": params["body"]} if "body" in params else {}
        return await done(
            getattr(client, name)(params["path"], cast_to=object, options=given, **body)
        )

    async def wait(self, client: Any, name: str, params: dict[str, Any], arguments: Any) -> Any:
        sync = client.groups.members.sync
        given = {"poll_interval": params.pop("poll_ms", 1) / 1000}
        if "deadline_ms" in params:
            given["deadline"] = seconds(params.pop("deadline_ms"))
        if name == "apply":
            params.update(params.pop("guard", {}))
            params["roster"] = Roster(params.pop("members"))
            if "previous" in params:
                params["previous"] = Roster(params["previous"])
        observe = lambda seen: self.progress.append(normalized.progress(seen))  # noqa: E731
        call = getattr(sync, name)
        state = await done(call(**params, **given, **arguments, on_progress=observe))
        if name == "apply":
            held = state.group_after
            return {
                **normalized.plain(state),
                "group_after": None if held is None else held.members,
            }
        return normalized.resource(state)

    async def list(self, client: Any, name: str, params: dict[str, Any], arguments: Any) -> Any:
        resource, _, last = name.rpartition(".")
        most = params.pop("max_items", None)
        lists = attrgetter(resource)(client)
        if last == "list":
            response = await done(lists.with_raw_response.list(**params, **arguments))
            self.meta = normalized.meta(response)
            self.page = await done(response.parse())
            return normalized.page(self.page)
        listed = await done(lists.list(**params, **arguments))
        if isinstance(listed, str):
            return listed  # a response that is not JSON
        if last == "iterate_pages":
            async for page in each(listed.iter_pages()):
                self.before.append(normalized.page(page))
            return self.before
        async for item in each(listed):
            self.before.append(normalized.plain(item))
            if len(self.before) == most:
                break
        return self.before

    async def next_page(self, page: Any) -> Any:
        try:
            self.page = await done(page.get_next_page())
        except RuntimeError:
            return None
        return normalized.page(self.page)


def roster(name: str, params: dict[str, Any]) -> Any:
    """Calls of roster methods, which send nothing."""
    given = params.pop("options", {})
    if name == "roster.read":
        read = Roster.read(params["text"].encode(), **given)
        return {"members": read.members, "report": normalized.plain(read.report)}
    if name == "roster.check":
        text = params.get("text")
        checked = Roster(params["members"]) if text is None else Roster.read(text.encode())
        given["today"] = datetime.date.fromisoformat(given["today"])
        return normalized.plain(checked.check(**given))
    if name == "roster.normalize":
        fixed, report = Roster(params["members"]).normalize(**given)
        return {"members": fixed.members, "report": normalized.plain(report)}
    previous = None if params.get("previous") is None else Roster(params["previous"])
    if name == "roster.diff":
        return normalized.plain(Roster(params["current"]).diff(previous or Roster()))
    if name == "roster.guard":
        first_sync = params.get("first_sync", False)
        return Roster(params["current"]).guard(previous, first_sync=first_sync, **given)
    sent = Roster(params["members"])
    if name in ("roster.outcome", "roster.after"):
        flags = {key: params[key] for key in ("first_sync", "repeated") if key in params}
        if name == "roster.outcome":
            return normalized.plain(sent.outcome(params["results"], previous, **flags))
        held = sent.after(params["results"], previous, **flags)
        return None if held is None else {"members": held.members}
    pairs = {row["reference_id"]: row for row in params["replacements"]}
    corrected = sent.corrected(params["results"], pairs)
    return {
        "members": corrected.roster.members,
        "replaced": corrected.replaced,
        "still_failing": corrected.still_failing,
    }
