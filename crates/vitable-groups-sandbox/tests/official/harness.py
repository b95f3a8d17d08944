"""Starts the sandbox, runs a client's checks against it and counts the results."""

import asyncio
import inspect
import json
import subprocess
import sys
import traceback
import urllib.request

ORGANIZATION = "org_PyschJpXTw6LHWwuWn2fEA"
PLANS = ["pln_Wgx_PobRSymT_ki30sYaBQ", "pln_7uJ4s0r3Tq2Yx9vKpLwB1A"]
READY = "vitable-groups-sandbox listening on "
OTHER_GROUP = "Member already belongs to another group"


class Sandbox:
    """The sandbox on a free port, stopped at the end of the block."""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        command = [self.program, "--port", "0", "--key", "vit_apk_test"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith(READY):
            raise SystemExit(f"the sandbox did not start: {line!r}")
        self.url = line[len(READY) :]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def control(self, method, path, body=None):
        """Calls a control of the sandbox."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__sandbox{path}", data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


async def resolve(value):
    """The result of a call of a synchronous or an asynchronous client."""
    return await value if inspect.isawaitable(value) else value


async def items(pages):
    """All items of a list, using the client's own pagination."""
    if hasattr(pages, "__aiter__"):
        return [item async for item in pages]
    pages = await resolve(pages)
    if hasattr(pages, "__aiter__"):
        return [item async for item in pages]
    return list(pages)


async def fails(error, call):
    """The error that a call must raise."""
    try:
        await resolve(call())
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__}")


def member(reference, **changes):
    """A row that passes every check."""
    return {
        "reference_id": reference,
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-05-15",
        "phone": "4155550100",
        "email": f"{reference.lower()}@example.com",
        "plan_id": PLANS[0],
        "address": {
            "address_line_1": "123 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "zipcode": "94102",
        },
        **changes,
    }


async def run(check, sandbox, client_class):
    """Runs one check and closes the clients it created."""
    created = []

    def make(sandbox, **options):
        options = {"api_key": "vit_apk_test", "max_retries": 0, **options}
        created.append(client_class(base_url=sandbox.url, **options))
        return created[-1]

    try:
        await check(sandbox, make)
    finally:
        for client in created:
            # Clients of version 6 have no close method.
            if hasattr(client, "close"):
                await resolve(client.close())


def main(name, clients, checks):
    """Runs every check with every client class, resetting the sandbox before each."""
    passed = failed = 0
    with Sandbox(sys.argv[1]) as sandbox:
        for kind, client_class in clients.items():
            for check in checks:
                sandbox.control("POST", "/reset")
                try:
                    asyncio.run(run(check, sandbox, client_class))
                    passed += 1
                    print(f"ok      {name} {kind}: {check.__name__}")
                except Exception:
                    failed += 1
                    print(f"FAILED  {name} {kind}: {check.__name__}")
                    traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(1 if failed else 0)
