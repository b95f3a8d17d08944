"""Runs one scenario: given, steps, then."""

from __future__ import annotations

import _thread
import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vitable_groups import AsyncVitableConnect, VitableConnect, VitableConnectError
from vitable_groups.testing import Sandbox

from . import normalized
from .calls import Calls, limits, roster, seconds, with_omit
from .matching import Mismatch, Values, check, fill

#: How long a condition may take to become true; only failing scenarios reach it.
TIMEOUT = 5.0
RETRY = ("retry_base_delay_ms", "retry_max_delay_ms", "max_server_delay_ms")


class Tuned:
    """Settings of the core that exist for tests and are not in the public signature."""

    _tuned: dict[str, Any] = {}  # noqa: RUF012 (replaced, never changed)

    def _settings(self) -> dict[str, Any]:
        return {**super()._settings(), **self._tuned}  # type: ignore[misc]


@contextmanager
def ports() -> Iterator[dict[str, int]]:
    """A port that refuses connections, and one that accepts them but never responds."""
    with socket.socket() as refused, socket.socket() as silent:
        refused.bind(("127.0.0.1", 0))
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield {"refused_port": refused.getsockname()[1], "silent_port": silent.getsockname()[1]}


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Sets these variables and unsets all others of this package."""
    before = {name: os.environ[name] for name in os.environ if name.startswith("VITABLE_CONNECT_")}
    for name in before:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)


async def run(
    sandbox: Sandbox, client_class: type[Any], values: Values, scenario: dict[str, Any]
) -> None:
    """Runs a scenario on a reset sandbox; raises at the first difference."""
    sandbox.reset()
    given = scenario.get("given", {})
    values = {**values, "base_url": sandbox.base_url}
    values["sandbox_port"] = int(sandbox.base_url.rpartition(":")[2])
    with ports() as open_ports:
        run = ScenarioRun(sandbox, client_class, {**values, **open_ports}, given)
        with environment(fill(given.get("environment", {}), run.values)):
            for control, key in (("PATCH /settings", "settings"), ("POST /seed", "seed")):
                if key in given:
                    run.control(control, given[key])
            run.control("POST /faults", given.get("faults", []))
            for index, step in enumerate(scenario["steps"], 1):
                try:
                    await run.step(step)
                except Mismatch as error:
                    raise Mismatch(f"step {index} ({step['call']}): {error}") from None
            run.then(scenario.get("then", {}))


def new_client(client_class: type[Any], given: dict[str, Any]) -> Any:
    """A client with the options of a scenario."""
    tuned, options = client_options(given)
    tuned_class = type(client_class.__name__, (Tuned, client_class), {"_tuned": tuned})
    return tuned_class(**options)


def client_options(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    tuned = {name: given.pop(name) for name in RETRY if name in given}
    tuned = {name.removesuffix("_ms"): seconds(value) for name, value in tuned.items()}
    for name in ("ignore_long_server_delay", "max_response_bytes"):
        if name in given:
            tuned[name] = given.pop(name)
    options = limits(given)
    if "deadline_ms" in given:
        options["deadline"] = seconds(given.pop("deadline_ms"))
    headers = with_omit(given.pop("default_headers", {}))
    if "user_agent" in given:
        headers["User-Agent"] = given.pop("user_agent")
    if headers:
        options["default_headers"] = headers
    if "token_provider" in given:
        options["token_provider"] = provider(given.pop("token_provider"))
    return tuned, {**given, **options}


def provider(tokens: list[dict[str, Any]]) -> Any:
    left = iter(tokens)

    def provide() -> Any:
        token = next(left)
        if "fail" in token:
            raise RuntimeError(token["fail"])
        if "expires_in_ms" in token:
            return token["token"], token["expires_in_ms"] / 1000
        return token["token"]

    return provide


class ScenarioRun:
    """The state of a running scenario."""

    def __init__(
        self, sandbox: Sandbox, client_class: type[Any], values: Values, given: dict[str, Any]
    ) -> None:
        self.sandbox = sandbox
        self.client_class = client_class
        self.values = values
        self.given = given
        self.built: Any = None
        self.pages: dict[str, Any] = {}

    def control(self, control: str, body: Any) -> Any:
        method, path = control.split()
        response = self.sandbox.control(method, path, fill(body, self.values))
        if path == "/seed" and response["groups"]:
            self.values["group_id"] = response["groups"][0]["id"]
        return response

    @property
    def client(self) -> Any:
        if self.built is None:
            self.built = self.build({})
        return self.built

    def build(self, changes: dict[str, Any]) -> Any:
        options = {**self.given.get("client", {}), **changes}
        if not options.pop("bare", False):
            options = {"api_key": "${api_key}", "base_url": "${base_url}", **options}
        return new_client(self.client_class, fill(options, self.values))

    async def step(self, step: dict[str, Any]) -> None:
        expect = step.get("expect", {})
        calls = Calls()
        result: Any = None
        error: Any = None
        try:
            result = await self.call(step, calls)
        except (KeyboardInterrupt, asyncio.CancelledError):
            error = normalized.ABORTED
        except VitableConnectError as raised:
            error = normalized.error(raised)
        if error is not None and "error" not in expect:
            raise Mismatch(f"expected no error, got {error}")
        if error is None and "error" in expect:
            raise Mismatch(f"expected an error, got {result}")
        observed = {"error": error, "meta": calls.meta, "before": calls.before}
        observed.update(result=result, progress=calls.progress)
        for name in ("error", "result", "meta", "before", "progress"):
            if name in expect:
                check(expect[name], observed[name], name, self.values)
        if "save" in step:
            self.pages[step["save"]] = calls.page

    async def call(self, step: dict[str, Any], calls: Calls) -> Any:
        name = step["call"]
        if name == "client.new":
            self.built = self.build(step.get("params", {}))
            return {"base_url": str(self.built.base_url).rstrip("/")}
        if name == "sandbox":
            return self.control(step["params"]["control"], step["params"].get("body"))
        params = fill(step.get("params", {}), self.values)
        if name == "client.derive":
            self.built = self.client.with_options(**client_options(params)[1])
            return {"base_url": str(self.built.base_url).rstrip("/")}
        if name == "client.close":
            closed = self.client.close()
            return None if closed is None else await closed
        if name == "client.set_api_key":
            self.client.api_key = params["api_key"]
            return None
        if name == "page.next":
            return await calls.next_page(self.pages[params["page"]])
        if name.startswith("roster."):
            return roster(name, params)
        options = fill(step.get("options", {}), self.values)
        pending = calls.call(self.client, name, params, options)
        return await (self.canceled(pending) if step.get("cancel") else pending)

    async def canceled(self, pending: Any) -> Any:
        """Cancels the call once it hangs at the sandbox."""
        if self.client._is_async:
            task = asyncio.ensure_future(pending)
            while not task.done() and self.sandbox.faults()["hanging"] == 0:
                await asyncio.sleep(0.001)
            task.cancel()
            return await task
        ended = threading.Event()

        def interrupt() -> None:
            while not ended.is_set() and self.sandbox.faults()["hanging"] == 0:
                time.sleep(0.001)
            if not ended.is_set():
                _thread.interrupt_main()

        watcher = threading.Thread(target=interrupt)
        watcher.start()
        try:
            return await pending
        finally:
            ended.set()
            watcher.join()

    def then(self, expected: dict[str, Any]) -> None:
        """Compares until it matches: a server notices some events late."""
        end = time.monotonic() + TIMEOUT
        while True:
            try:
                return self.compare(expected, dict(self.values))
            except Mismatch as error:
                if time.monotonic() > end:
                    raise Mismatch(f"then: {error}") from None
            time.sleep(0.005)

    def compare(self, expected: dict[str, Any], values: Values) -> None:
        if "requests" in expected:
            requests = [normalized.request(recorded) for recorded in self.sandbox.requests()]
            check(expected["requests"], requests, "requests", values)
        if "state" in expected:
            check(expected["state"], self.sandbox.state(), "state", values)


CLIENTS = {"python": VitableConnect, "python-async": AsyncVitableConnect}
