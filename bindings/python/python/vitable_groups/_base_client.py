"""The base of both clients: settings, and the native client built from them."""

from __future__ import annotations

import os

from . import _logs
from ._exceptions import ConfigurationError, VitableConnectError
from ._native import Client as NativeClient
from ._native import NativeResponse, forked
from ._request import header_overrides, native_retries, query_pairs, retries_of
from ._timeouts import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Timeout, limits_of
from ._types import NotGiven, Omit, not_given
from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal

    from typing_extensions import Self

    from ._http import URL, Response
    from ._native import Job
    from ._pages import Source
    from ._timeouts import TimeoutLike

    Environment = Literal["production", "environment_1"]

ENVIRONMENTS: dict[str, str] = {
    "production": "https://api.vitablehealth.com",
    "environment_1": "https://api.uat.vitablehealth.com",
}

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forked)


class BaseClient:
    """Holds the settings; the core implements the behavior.

    Settings may be assigned at any time and apply to calls that start afterwards.
    """

    _is_async = False
    #: Settings whose change requires a new native client, which shares the connections.
    _watched = frozenset(
        {
            "api_key",
            "timeout",
            "max_retries",
            "deadline",
            "organization",
            "_base_url",
            "_custom_headers",
            "_custom_query",
        }
    )

    api_key: str
    timeout: TimeoutLike | None
    max_retries: float
    deadline: float | None
    organization: str | None

    def __init__(
        self,
        *,
        api_key: str | None = None,
        environment: Environment | NotGiven = not_given,
        base_url: str | URL | object | NotGiven | None = not_given,
        timeout: TimeoutLike | NotGiven | None = not_given,
        max_retries: float = DEFAULT_MAX_RETRIES,
        default_headers: Mapping[str, str | Omit] | None = None,
        default_query: Mapping[str, object] | None = None,
        http_client: Any | None = None,
        token_provider: Callable[[], Any] | None = None,
        organization: str | None = None,
        deadline: float | None = None,
        allow_plain_http: bool = False,
        _strict_response_validation: bool = False,
        _parent: BaseClient | None = None,
    ) -> None:
        self._handle: NativeClient | None = None
        self._last: NativeClient | None = None if _parent is None else _parent._connected()
        self._environment = environment
        self._http_client = http_client
        self._token_provider = token_provider
        self._allow_plain_http = allow_plain_http
        self._strict_response_validation = _strict_response_validation
        self._custom_headers = dict(default_headers or {})
        self._custom_query = dict(default_query or {})
        self._given_url = base_url
        self.api_key = key_of(api_key, token_provider)
        self.timeout = timeout_of(timeout, http_client)
        self.max_retries = retries_of(max_retries)
        self.deadline = deadline
        self.organization = organization
        if http_client is not None:
            from ._transport import check_kind

            check_kind(http_client, self._is_async)
        if not isinstance(environment, NotGiven) and environment not in ENVIRONMENTS:
            raise ConfigurationError(f"Unknown environment: {environment}")
        # Report mistakes now rather than at the first call; this opens no connection.
        self._connected()
        self._given_url = self._base_url = self._connected().base_url
        self._environment = not_given

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name in self._watched:
            object.__setattr__(self, "_handle", None)

    @property
    def base_url(self) -> URL:
        """The API's base URL; a path ends with a slash."""
        from ._http import URL

        url = URL(self._base_url.rstrip("/"))
        return URL(url + "/") if url.path else url

    @base_url.setter
    def base_url(self, url: object) -> None:
        self._given_url = self._base_url = str(url)

    @property
    def user_agent(self) -> str:
        """The client's ``User-Agent``."""
        return f"{type(self).__name__}/Python {__version__}"

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Headers sent with every request, in addition to the credentials."""
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": self.user_agent,
            **self._custom_headers,
        }

    @property
    def default_query(self) -> dict[str, object]:
        """Query parameters sent with every request."""
        return dict(self._custom_query)

    def _settings(self) -> dict[str, Any]:
        timeout, connect_timeout = limits_of(self.timeout)
        url = self._given_url
        given = not (url is None or isinstance(url, NotGiven))
        environment = self._environment
        return {
            "is_async": self._is_async,
            "api_key": self.api_key,
            "token_provider": self._token_provider,
            "environment": None if isinstance(environment, NotGiven) else environment,
            "base_url": str(url) if given else None,
            "no_base_url": url is None,
            "timeout": timeout,
            "connect_timeout": connect_timeout,
            "deadline": self.deadline,
            "max_retries": native_retries(self.max_retries),
            "headers": header_overrides(self._headers_to_send()),
            "query": query_pairs(self.default_query),
            "organization": self.organization,
            "user_agent": self.user_agent,
            "allow_plain_http": self._allow_plain_http,
            "transport": self._adapter(),
            "status_error": self._hook("_make_status_error"),
        }

    def _headers_to_send(self) -> Mapping[str, object]:
        # A subclass may override `default_headers`; the core sets those of the base class itself.
        if type(self).default_headers is BaseClient.default_headers:
            return self._custom_headers
        own = self.default_headers
        return {name: own[name] for name in own if name.lower() != "content-type"}

    def _hook(self, name: str) -> object | None:
        """A method that a subclass overrides, bound weakly to avoid a reference cycle."""
        if not self._has_hook(name):
            return None
        own = getattr(type(self), name)
        import types
        import weakref

        return types.MethodType(own, weakref.proxy(self))

    def _has_hook(self, name: str) -> bool:
        """Whether a subclass overrides a method."""
        own = getattr(type(self), name)
        return not str(getattr(own, "__module__", None)).startswith(_PACKAGE)

    def _adapter(self) -> object | None:
        if self._http_client is None:
            if self._has_hook("_prepare_request"):
                raise ConfigurationError(
                    "`_prepare_request` requires an HTTP client of your own: pass "
                    "`http_client=DefaultHttpxClient()` (or `DefaultAsyncHttpxClient()`), or use "
                    "`_prepare_options` to change headers"
                )
            return None
        from ._transport import adapter_of

        return adapter_of(self._http_client, self._hook("_prepare_request"), self._is_async)

    def _connected(self) -> NativeClient:
        """The native client for the current settings."""
        _logs.follow()
        handle = self._handle
        if handle is None:
            handle = NativeClient(self._settings(), self._last)
            self._handle = self._last = handle
        return handle

    def _job(
        self,
        name: str,
        path: tuple[str, ...],
        query: list[tuple[str, str]] | None,
        body: object | None,
        options: dict[str, Any] | None,
        stream: bool = False,
        cast_to: Any = None,
    ) -> Job:
        if self._strict_response_validation:
            cast_to = None
        return self._connected().call(name, path, query, body, options, stream, cast_to)

    def _decoded(self, response: Any, cast_to: Any) -> Any:
        strict = self._strict_response_validation
        if response.is_valid_json and not strict and response.status != 204:
            return response.model(cast_to)
        from ._decode import decoded

        return decoded(response, cast_to, strict)

    def _result(self, value: Any, cast_to: Any) -> Any:
        """The result of a call: a model if the native module could decode it, else a response."""
        return self._decoded(value, cast_to) if type(value) is NativeResponse else value

    def _page(self, response: Any, source: Source) -> Any:
        return self._with_source(self._decoded(response, source.page), source)

    def _parsed(self, response: Any, cast_to: Any, source: Source | None) -> Any:
        value = self._decoded(response, cast_to)
        return value if source is None else self._with_source(value, source)

    def _with_source(self, page: Any, source: Source) -> Any:
        if isinstance(page, source.page):
            source.attach_to(page)
        return page

    def is_closed(self) -> bool:
        """Whether this client, or one that shares its connections, was closed."""
        return self._connected().is_closed()

    def copy(
        self,
        *,
        api_key: str | None = None,
        environment: Environment | None = None,
        base_url: str | URL | object | None = None,
        timeout: TimeoutLike | NotGiven | None = not_given,
        http_client: Any | None = None,
        max_retries: float | NotGiven = not_given,
        default_headers: Mapping[str, str | Omit] | None = None,
        set_default_headers: Mapping[str, str | Omit] | None = None,
        default_query: Mapping[str, object] | None = None,
        set_default_query: Mapping[str, object] | None = None,
        token_provider: Callable[[], Any] | None = None,
        organization: str | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        _extra_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """A client with some settings changed; it shares the connections and the retry quota."""
        if default_headers is not None and set_default_headers is not None:
            raise ValueError(
                "The `default_headers` and `set_default_headers` arguments are mutually exclusive"
            )
        if default_query is not None and set_default_query is not None:
            raise ValueError(
                "The `default_query` and `set_default_query` arguments are mutually exclusive"
            )
        headers = {**self._custom_headers, **(default_headers or {})}
        query = {**self._custom_query, **(default_query or {})}
        new_environment = environment is not None and base_url is None
        other_http = http_client is not None and http_client is not self._http_client
        return type(self)(
            api_key=api_key or self.api_key or None,
            environment=environment if new_environment else not_given,  # type: ignore[arg-type]
            base_url=None if new_environment else base_url or self._base_url,
            timeout=self.timeout if isinstance(timeout, NotGiven) else timeout,
            http_client=http_client or self._http_client,
            max_retries=self.max_retries if isinstance(max_retries, NotGiven) else max_retries,
            default_headers=headers if set_default_headers is None else set_default_headers,
            default_query=query if set_default_query is None else set_default_query,
            token_provider=token_provider or (None if api_key else self._token_provider),
            organization=(
                self.organization if isinstance(organization, NotGiven) else organization
            ),
            deadline=self.deadline if isinstance(deadline, NotGiven) else deadline,
            allow_plain_http=self._allow_plain_http,
            _strict_response_validation=self._strict_response_validation,
            _parent=None if other_http else self,
            **(_extra_kwargs or {}),
        )

    with_options = copy

    def __getstate__(self) -> dict[str, Any]:
        """The settings without the API key; unpickling reads the key from the environment."""
        if self._http_client is not None:
            raise TypeError("a client with its own http_client cannot be pickled")
        state = {**self.__dict__, "_handle": None, "_last": None}
        # Resources are made again when they are used.
        state = {name: value for name, value in state.items() if not hasattr(value, "_form")}
        state["api_key"] = self.api_key if state.pop("_pickles_key", False) else None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        key = state.pop("api_key")
        self.__dict__.update(state)
        self.api_key = key_of(key, self._token_provider)

    def including_key(self) -> Self:
        """A copy that is pickled with its API key."""
        copied = self.copy()
        object.__setattr__(copied, "_pickles_key", True)
        return copied

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    def _make_status_error(
        self, err_msg: str, *, body: object, response: Response
    ) -> VitableConnectError:
        """The exception for an error status; subclasses may return their own."""
        from ._exceptions import status_error

        return status_error(err_msg, body=body, response=response)


_PACKAGE = __name__.partition(".")[0] + "."


def key_of(given: str | None, token_provider: Callable[[], Any] | None) -> str:
    """The API key, from the environment if not passed; the core rejects invalid ones."""
    if not (given or "").strip() and token_provider is None:
        given = os.environ.get("VITABLE_CONNECT_API_KEY")
    return given or ""


def timeout_of(given: TimeoutLike | NotGiven | None, http_client: Any | None) -> TimeoutLike | None:
    """The limits passed, else those set on the HTTP client, else the defaults."""
    if not isinstance(given, NotGiven):
        limits_of(given)
        return given
    own: Any = getattr(http_client, "timeout", None)
    if own is None or all(
        getattr(own, phase, None) == 5.0 for phase in ("connect", "read", "write", "pool")
    ):
        return DEFAULT_TIMEOUT
    return Timeout(connect=own.connect, read=own.read, write=own.write, pool=own.pool)
