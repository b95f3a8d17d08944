"""Keys and member data that would be recognised anywhere, through every operation and failure.

The calls are made by a program of its own, which prints and logs whatever it can: all that it says,
crashes included, is searched.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from vitable_groups._native import manifest
from vitable_groups.testing import Sandbox

Run = Callable[..., "subprocess.CompletedProcess[str]"]

MANIFEST: dict[str, Any] = json.loads(manifest())
KINDS = {kind["code"] for kind in MANIFEST["error_kinds"]}
#: No server has a part in them.
OWN = {
    "configuration",
    "invalid_argument",
    "credentials",
    "closed",
    "deadline",
    "invalid_roster",
    "guard_refused",
}
#: Python's cancellation passes through as it is; a fault of ours cannot be asked for.
NEVER = {"aborted", "internal"}
KEY = "vit_apk_canary"
CANARIES = (
    KEY,
    "CanaryFirst",
    "CanaryLast",
    "1977-07-07",
    "5550177177",
    "canary@example.com",
    "77 Canary Road",
    "CanaryCity",
    "99977-4417",
    "canary-nickname",
    "canary-header",
)
ECHO = {
    "members": [{"first_name": "CanaryFirst", "date_of_birth": "1977-07-07"}],
    "extra": {"email": "canary@example.com", "phone": "5550177177"},
}
FAULTS: list[dict[str, Any]] = [
    *(
        # What a server writes into an error's body is in the error's text, as with the official
        # package: SECURITY.md says so.
        {"status": status, "body": {"message": "no"}, "headers": {"retry-after-ms": "1"}}
        for status in (302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503)
    ),
    {"status": 200, "body": ECHO},
    {"status": 200, "body": {"data": ECHO}},
    {
        "status": 200,
        "body": "CanaryFirst, canary@example.com",
        "headers": {"content-type": "application/json"},
    },
    {"drop": "before"},
    {"drop": "after"},
    {"cut_at": 9},
    {"garbage": True},
    {"hang": "before"},
]

PROGRAM = """
import asyncio, faulthandler, inspect, json, logging, os, sys, traceback
faulthandler.enable()
logging.basicConfig(level=logging.NOTSET)
import vitable_groups
from vitable_groups import AsyncVitableConnect, VitableConnect, VitableConnectError
from vitable_groups.roster import Roster

MEMBER = {
    "reference_id": "EMP-1",
    "first_name": "CanaryFirst",
    "last_name": "CanaryLast",
    "date_of_birth": "1977-07-07",
    "phone": "5550177177",
    "email": "canary@example.com",
    "plan_id": "pln_1",
    "nickname": "canary-nickname",
    "address": {
        "address_line_1": "77 Canary Road",
        "city": "CanaryCity",
        "state": "CA",
        "zipcode": "99977-4417",
    },
}
VALUES = {
    "group_id": "grp_1",
    "request_id": "grpmsr_1",
    "external_reference_id": "tier-1",
    "name": "Tier 1",
    "limit": 7,
    "page": 1,
    "members": [MEMBER],
}
OPTIONS = dict(
    api_key="vit_apk_canary", timeout=0.1, max_retries=1,
    default_headers={"X-Own": "canary-header"},
)

async def done(value):
    return await value if inspect.isawaitable(value) else value

def say(*things):
    for thing in things:
        print(repr(thing), str(thing))

async def call(client, operation):
    target = client
    for name in operation["name"].split("."):
        target = getattr(target, name)
    names = [*operation["path_params"], *operation["query_params"], *operation["body_params"]]
    return await done(target(**{name: VALUES[name] for name in names}))

async def every(client, operations):
    for operation in operations:
        try:
            say(await call(client, operation))
        except VitableConnectError as error:
            print("kind:", error.kind)
            say(error, error.args, error.__cause__, error.__context__, error.attempts)
            traceback.print_exc()
    say(client, client.groups, client.with_options(timeout=1))

async def main(operations):
    for cls in (VitableConnect, AsyncVitableConnect):
        client = cls(**OPTIONS)
        await every(client, operations)
        await done(client.close())
"""

ROUNDS = """
import urllib.request

def control(method, path, body):
    url = os.environ["VITABLE_CONNECT_BASE_URL"] + "/__sandbox" + path
    data = json.dumps(body).encode()
    urllib.request.urlopen(urllib.request.Request(url, data, method=method)).read()

for fault in FAULTS:
    control("DELETE", "/faults", None)
    control("POST", "/faults", {"operation": "*", "times": None, **fault})
    # Only the answers that can ask for it are tried again at once.
    OPTIONS["max_retries"] = int("status" in fault)
    asyncio.run(main(OPERATIONS))
"""

VALUES = """
roster = Roster([MEMBER, {**MEMBER, "first_name": "", "phone": "5550177177 5550177177"}])
before, now = Roster([MEMBER]), Roster([{**MEMBER, "reference_id": "E9"}])
say(roster, roster.check(), roster.diff(before), now.diff(before), now.outcome(None, before))
csv = "reference_id,first_name,DOB\\nE1,CanaryFirst"
for text in (csv, '{"members": [{"first_name": "CanaryFirst"'):
    try:
        say(Roster.read(text.encode()), Roster.read(text.encode()).report)
    except VitableConnectError as error:
        say(error)
        traceback.print_exc()
def shut():
    raise OSError("the vault is shut")

client, closed = VitableConnect(**OPTIONS), VitableConnect(**OPTIONS)
closed.close()
sync = client.groups.members.sync
for wrong in (
    lambda: VitableConnect(token_provider=shut).groups.list(),
    lambda: closed.groups.members.sync.submit("grp_1", members=[MEMBER]),
    lambda: sync.submit("grp_1", members=[MEMBER], deadline=1e-6),
    lambda: VitableConnect(api_key="vit_apk_canary" + chr(10) + "x").groups.list(),
    lambda: VitableConnect(api_key="k", base_url="https://u:vit_apk_canary@example.com"),
    lambda: VitableConnect(api_key="vit_apk_canary", base_url="http://example.com"),
    lambda: client.groups.members.sync.submit("", members=[MEMBER]),
    lambda: client.groups.members.sync.submit("grp_1", members=[{**MEMBER, "last_name": {1: 2}}]),
    lambda: client.groups.members.sync.apply("grp_1", roster=roster),
    lambda: client.groups.members.sync.apply("grp_1", roster=Roster()),
    lambda: client.groups.members.sync.apply("grp_1", roster=now),
    lambda: client.groups.members.sync.apply("grp_1", roster=now, previous=before),
    lambda: now.guard(before),
):
    try:
        say(wrong())
    except Exception as error:
        print("kind:", getattr(error, "kind", None))
        say(error)
        traceback.print_exc()
"""

CRASHES = {
    "an exception that nobody catches": """
def progress(seen):
    raise RuntimeError(f"the caller's own fault at {seen!r}")
client = VitableConnect(**{**OPTIONS, "timeout": 10})
group = client.groups.create(external_reference_id="a", name="A").data.id
client.groups.members.sync.submit_and_wait(group, members=[MEMBER], on_progress=progress)
""",
    "an abort": """
client = VitableConnect(**{**OPTIONS, "timeout": 10})
group = client.groups.create(external_reference_id="a", name="A").data.id
sync = client.groups.members.sync
sync.submit_and_wait(group, members=[MEMBER], on_progress=lambda _: os.abort())
""",
    "a panic": """
def unlucky():
    raise ValueError
try:
    VitableConnect(token_provider=unlucky).groups.list()
except VitableConnectError:
    pass
(Panic,) = [cls for cls in BaseException.__subclasses__() if cls.__name__ == "PanicException"]
def token():
    raise Panic("the caller's own fault")
VitableConnect(token_provider=token).groups.members.sync.submit("grp_1", members=[MEMBER])
""",
}


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VITABLE_CONNECT_LOG", "RUST_LOG"):
        monkeypatch.setenv(name, "debug")
    monkeypatch.setenv("RUST_BACKTRACE", "full")


def found(text: str) -> list[str]:
    # A traceback shows the lines of the program itself, which writes the canaries down.
    said = [line for line in text.splitlines() if not line.startswith("    ")]
    return [f"{name}: {line}" for line in said for name in CANARIES if name in line]


def search(said: subprocess.CompletedProcess[str]) -> str:
    text = said.stdout + said.stderr
    assert found(text) == []
    return text


def kinds(text: str) -> set[str]:
    return {line.removeprefix("kind: ") for line in text.splitlines() if line.startswith("kind: ")}


@pytest.mark.usefixtures("loud")
def test_nothing_is_shown_in_any_failure(run_python: Run, sandbox: Sandbox) -> None:
    program = PROGRAM + f"\nOPERATIONS = json.loads('''{json.dumps(MANIFEST['operations'])}''')\n"
    program += f"FAULTS = json.loads('''{json.dumps(FAULTS)}''')\n" + ROUNDS
    text = search(run_python(program))
    sent = json.dumps(sandbox.requests())
    assert [canary for canary in CANARIES if canary not in sent] == [], "all of them were sent"
    assert "retrying" in text, "the log was heard"
    assert KINDS - OWN - NEVER - kinds(text) == set()


@pytest.mark.usefixtures("loud")
def test_nothing_is_shown_of_values_and_mistakes(run_python: Run) -> None:
    text = search(run_python(PROGRAM + VALUES))
    assert "Roster" in text
    assert OWN - kinds(text) == set()


@pytest.mark.usefixtures("loud")
@pytest.mark.parametrize("crash", CRASHES)
def test_nothing_is_shown_in_a_crash(crash: str, run_python: Run) -> None:
    done = run_python(PROGRAM + CRASHES[crash], check=False)
    assert done.returncode != 0
    text = search(done)
    assert "Traceback" in text or "Fatal Python error" in text


def test_the_search_finds_what_is_there(run_python: Run) -> None:
    for canary in CANARIES:
        done = run_python(
            f"import sys; print('out', {canary!r}); print('x', {canary!r}, file=sys.stderr)"
        )
        assert len(found(done.stdout + done.stderr)) >= 2
