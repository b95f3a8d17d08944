"""httpx clients with this package's defaults, for ``http_client=``."""

from __future__ import annotations

from typing import Any

from ._timeouts import DEFAULT_CONNECTION_LIMITS, DEFAULT_TIMEOUT


def _defaults(httpx: Any, given: dict[str, Any]) -> dict[str, Any]:
    limits = DEFAULT_CONNECTION_LIMITS
    given.setdefault("timeout", httpx.Timeout(**DEFAULT_TIMEOUT.as_dict()))
    given.setdefault(
        "limits",
        httpx.Limits(
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
        ),
    )
    given.setdefault("follow_redirects", True)
    return given


def DefaultHttpxClient(**kwargs: Any) -> Any:
    """An ``httpx.Client``; requires httpx."""
    import httpx

    return httpx.Client(**_defaults(httpx, kwargs))


def DefaultAsyncHttpxClient(**kwargs: Any) -> Any:
    """An ``httpx.AsyncClient``; requires httpx."""
    import httpx

    return httpx.AsyncClient(**_defaults(httpx, kwargs))


def DefaultAioHttpClient(**kwargs: Any) -> Any:
    """An ``httpx.AsyncClient`` over aiohttp; requires httpx_aiohttp."""
    try:
        import httpx
        import httpx_aiohttp  # type: ignore[import-not-found]  # pyright: ignore
    except ImportError:
        raise RuntimeError("To use the aiohttp client you must install httpx_aiohttp") from None
    module: Any = httpx_aiohttp
    return module.HttpxAiohttpClient(**_defaults(httpx, kwargs))
