"""Tests without an account or a network, against a real server on this machine.

with Sandbox() as sandbox:
    sandbox.fault(operation="groups.list", status=503, times=2)
    client = sandbox.client()
    client.groups.create(external_reference_id="tier-1", name="Tier 1")

With pytest, use the fixture ``vitable_groups_sandbox``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._native import Sandbox as _Server
from .._sync.client import VitableConnect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from .._async.client import AsyncVitableConnect

__all__ = ["Sandbox"]


class Sandbox:
    """A local server that behaves like the API, with controls to inject delays and faults.

    ``sync_delay`` is the time in seconds until a sync is completed; with ``None``, syncs are never
    completed. ``seed`` adds data at the start, like ``seed()``.
    """

    def __init__(
        self,
        *,
        keys: Sequence[str] = (),
        sync_delay: float | None = 0.0,
        seed: Mapping[str, object] | None = None,
        random_seed: int | None = None,
        db: str | None = None,
        host: str | None = None,
        port: int = 0,
    ) -> None:
        self._server = _Server(
            {
                "host": host,
                "port": port,
                "db": db,
                "keys": list(keys),
                "sync_delay": sync_delay,
                "sync_never": sync_delay is None,
                "seed": None if seed is None else json.dumps(seed).encode(),
                "random_seed": random_seed,
            }
        )
        self._key = keys[0] if keys else "sandbox"

    @property
    def base_url(self) -> str:
        """The server's base URL."""
        return self._server.base_url

    def client(self, **options: Any) -> VitableConnect:
        """A sync client for this server."""
        given: dict[str, Any] = {"api_key": self._key, "base_url": self.base_url, **options}
        return VitableConnect(**given)

    def async_client(self, **options: Any) -> AsyncVitableConnect:
        """An asyncio client for this server."""
        from .._async.client import AsyncVitableConnect

        given: dict[str, Any] = {"api_key": self._key, "base_url": self.base_url, **options}
        return AsyncVitableConnect(**given)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Calls a control by its method and its path below ``/__sandbox``."""
        text = None if body is None else json.dumps(body).encode()
        return json.loads(self._server.call(method, path, text))

    def reset(self) -> None:
        """Resets data, settings, clock, faults and recorded requests."""
        self.control("POST", "/reset")

    def seed(self, **data: object) -> Any:
        """Adds data: ``groups``, ``plans``, ``many_groups``, ``keys``, ``persons``, ..."""
        return self.control("POST", "/seed", data)

    def settings(self, **changes: object) -> Any:
        """Changes settings such as ``sync_delay_ms`` or ``rate_limit``; returns all settings."""
        return self.control("PATCH", "/settings", changes)

    def fault(self, **fault: object) -> None:
        """Injects a fault into requests: ``operation``, ``times``, ``status``, ``headers``,
        ``body``, ``delay_ms``, ``drop``, ``hang``, ``cut_at``, ..."""
        self.control("POST", "/faults", fault)

    def faults(self) -> Any:
        """The queued faults and the number of hanging requests."""
        return self.control("GET", "/faults")

    def clear_faults(self) -> None:
        """Removes all queued faults."""
        self.control("DELETE", "/faults")

    def release(self) -> None:
        """Releases hanging requests."""
        self.control("POST", "/faults/release")

    def requests(self) -> list[dict[str, Any]]:
        """The requests received so far, in order."""
        requests: list[dict[str, Any]] = self.control("GET", "/requests")["requests"]
        return requests

    def clear_requests(self) -> None:
        """Clears the recorded requests."""
        self.control("DELETE", "/requests")

    def advance(self, seconds: float) -> None:
        """Stops the clock and advances it; the completion of syncs follows it."""
        self.control("POST", "/clock", {"mode": "manual"})
        self.control("POST", "/clock", {"advance_ms": round(seconds * 1000)})

    def complete_syncs(self) -> None:
        """Completes all pending syncs now."""
        self.control("POST", "/syncs/complete")

    def state(self) -> Any:
        """All stored data."""
        return self.control("GET", "/state")

    def stop(self) -> None:
        """Stops the server."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Sandbox {self.base_url}>"
