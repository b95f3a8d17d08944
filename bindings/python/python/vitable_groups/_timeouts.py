"""Time limits of one attempt."""

from __future__ import annotations

from ._types import NotGiven, not_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    class _HasPhases(Protocol):
        @property
        def connect(self) -> float | None: ...
        @property
        def read(self) -> float | None: ...

    TimeoutLike: TypeAlias = "float | Timeout | _HasPhases"

DEFAULT_MAX_RETRIES = 2


class Timeout:
    """Time limits in seconds: one for all phases, or one for each; ``None`` means no limit.

    ``read`` bounds the whole attempt, including the response body.
    """

    __slots__ = ("connect", "pool", "read", "write")

    connect: float | None
    read: float | None
    write: float | None
    pool: float | None

    def __init__(
        self,
        timeout: float | Timeout | NotGiven | None = not_given,
        *,
        connect: float | NotGiven | None = not_given,
        read: float | NotGiven | None = not_given,
        write: float | NotGiven | None = not_given,
        pool: float | NotGiven | None = not_given,
    ) -> None:
        phases = (connect, read, write, pool)
        if isinstance(timeout, Timeout):
            defaults = (timeout.connect, timeout.read, timeout.write, timeout.pool)
        elif isinstance(timeout, NotGiven):
            if any(isinstance(phase, NotGiven) for phase in phases):
                raise ValueError("pass a timeout for all phases, or all four phases")
            defaults = (None, None, None, None)
        else:
            defaults = (timeout, timeout, timeout, timeout)
        self.connect, self.read, self.write, self.pool = (
            default if isinstance(phase, NotGiven) else phase
            for phase, default in zip(phases, defaults, strict=False)
        )

    def as_dict(self) -> dict[str, float | None]:
        """The four limits by name."""
        return {name: getattr(self, name) for name in ("connect", "read", "write", "pool")}

    def __eq__(self, other: object) -> bool:
        try:
            return all(getattr(other, name) == limit for name, limit in self.as_dict().items())
        except AttributeError:
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        limits = self.as_dict()
        if len(set(limits.values())) == 1:
            return f"Timeout(timeout={self.read})"
        return "Timeout(" + ", ".join(f"{name}={limit}" for name, limit in limits.items()) + ")"


class Limits:
    """Connection limits of an httpx client; the built-in transport does not need them."""

    __slots__ = ("keepalive_expiry", "max_connections", "max_keepalive_connections")

    def __init__(
        self,
        *,
        max_connections: int | None = None,
        max_keepalive_connections: int | None = None,
        keepalive_expiry: float | None = 5.0,
    ) -> None:
        self.max_connections = max_connections
        self.max_keepalive_connections = max_keepalive_connections
        self.keepalive_expiry = keepalive_expiry


DEFAULT_TIMEOUT = Timeout(timeout=60, connect=5.0)
DEFAULT_CONNECTION_LIMITS = Limits(max_connections=100, max_keepalive_connections=20)


def limits_of(timeout: TimeoutLike | None) -> tuple[float | None, float | None]:
    """The limits of a whole attempt and of connecting."""
    if timeout is None:
        return None, None
    if isinstance(timeout, (int, float)):
        limits: tuple[float | None, float | None] = (float(timeout), float(timeout))
    else:
        try:
            limits = (timeout.read, timeout.connect)
        except AttributeError:
            kind = type(timeout).__name__
            raise TypeError(
                f"timeout must be a number of seconds, a Timeout or None, not {kind}"
            ) from None
    if any(limit is not None and not limit >= 0 for limit in limits):
        raise ValueError("a timeout cannot be negative")
    return limits
