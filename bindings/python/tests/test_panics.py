"""A panic in native code reaches the caller as an ordinary exception and aborts nothing else.

Native code that receives pyo3's panic exception from Python resumes the panic, so a callback that
raises it causes a real one. In a separate process, as other packages define such a class, too.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PROVOKE = """
import asyncio
from vitable_groups import AsyncVitableConnect, InternalError, VitableConnect, VitableConnectError

def unlucky():
    raise ValueError

# The class is created when native code first receives an exception.
try:
    VitableConnect(token_provider=unlucky).groups.list()
except VitableConnectError:
    pass
(Panic,) = [cls for cls in BaseException.__subclasses__() if cls.__name__ == "PanicException"]
assert not issubclass(Panic, Exception)

def at_once():
    raise Panic("on purpose")

async def later():
    await asyncio.sleep(0)
    raise Panic("on purpose")
"""


def test_sync(run_python: Run) -> None:
    run_python(
        PROVOKE
        + """
try:
    VitableConnect(token_provider=at_once).groups.list()
except Exception as error:
    assert isinstance(error, InternalError), error
    assert "please report it" in str(error), error
else:
    raise AssertionError("no error")
assert len(VitableConnect().plans.list().data) == 2, "other calls still work"
"""
    )


def test_asyncio(run_python: Run) -> None:
    run_python(
        PROVOKE
        + """
async def main():
    for token in (at_once, later):
        broken = AsyncVitableConnect(token_provider=token).groups.list()
        error, plans = await asyncio.gather(
            awaited(broken), awaited(AsyncVitableConnect().plans.list()), return_exceptions=True
        )
        assert isinstance(error, VitableConnectError), error
        assert len(plans.data) == 2, "other calls still work"

async def awaited(call):
    return await call

asyncio.run(main())
"""
    )
