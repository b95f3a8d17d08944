"""The clients."""

from __future__ import annotations

from ._base_client import BaseClient
from .resources.groups.groups import AsyncGroupsResource, GroupsResource
from .resources.plans import AsyncPlansResource, PlansResource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self

    from ._hooks import FinalRequestOptions
    from ._types import Body, RequestOptions

    T = TypeVar("T")

__all__ = ["AsyncClient", "AsyncVitableConnect", "Client", "VitableConnect"]


class VitableConnect(BaseClient):
    """The sync client."""

    _is_async = False

    @property
    def groups(self) -> GroupsResource:
        """Groups, and through ``members`` the syncs of their members."""
        made: GroupsResource = self._resource("groups", GroupsResource)
        return made

    @property
    def plans(self) -> PlansResource:
        """Plans."""
        made: PlansResource = self._resource("plans", PlansResource)
        return made

    @property
    def with_raw_response(self) -> VitableConnectWithRawResponse:
        """The same resources, returning raw answers."""
        return VitableConnectWithRawResponse(self)

    @property
    def with_streaming_response(self) -> VitableConnectWithStreamedResponse:
        """The same resources, returning answers whose body is still to be read."""
        return VitableConnectWithStreamedResponse(self)

    def _resource(self, name: str, cls: type[Any]) -> Any:
        made = self.__dict__.get("_" + name)
        if made is None:
            made = self.__dict__["_" + name] = cls(self)
        return made

    def _prepare_options(self, options: FinalRequestOptions) -> FinalRequestOptions | None:
        """A hook of subclasses, run before each call of an operation or a path.

        The pages of a list are one call. Helpers that take several calls do not run it.
        """
        return options

    def _prepare_request(self, request: Any) -> None:
        """A hook of subclasses, run before each attempt; it needs ``http_client=``."""

    def _prepared(self, asked: FinalRequestOptions, options: dict[str, Any] | None) -> Any:
        return (self._prepare_options(asked) or asked).native(options)

    def get(
        self,
        path: str,
        *,
        cast_to: type[T],
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls GET on a path that is not modelled."""
        made: T = self._raw("GET", path, cast_to, None, None, None, options)
        return made

    def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls POST on a path that is not modelled."""
        made: T = self._raw("POST", path, cast_to, body, content, files, options)
        return made

    def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls PUT on a path that is not modelled."""
        made: T = self._raw("PUT", path, cast_to, body, content, files, options)
        return made

    def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls PATCH on a path that is not modelled."""
        made: T = self._raw("PATCH", path, cast_to, body, content, files, options)
        return made

    def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls DELETE on a path that is not modelled."""
        made: T = self._raw("DELETE", path, cast_to, body, content, files, options)
        return made

    def get_api_list(
        self,
        path: str,
        *,
        model: type[T],
        page: type[Any],
        body: Body | None = None,
        options: RequestOptions | None = None,
        method: str = "get",
    ) -> Any:
        """Calls a path that answers with a page of ``model``."""
        from .pagination import parametrized

        of: Any = parametrized(page, model)
        return self._raw(method.upper(), path, of, body, None, None, options)

    def _raw(
        self,
        method: str,
        path: str,
        cast_to: Any,
        body: Body | None,
        content: bytes | None,
        files: object | None,
        options: RequestOptions | None,
    ) -> Any:
        from ._decode import decoded
        from ._raw import raw_parts

        data, query, made = raw_parts(body, content, files, options)
        if self._has_hook("_prepare_options"):
            from ._hooks import FinalRequestOptions

            made = self._prepared(FinalRequestOptions(method.lower(), path, made), made)
        job = self._connected().raw(method, path, query, data, made)
        return decoded(job.run(), cast_to, self._strict_response_validation)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the client and all that share its connections: further calls fail at once."""
        self._connected().close()
        if self._http_client is not None:
            self._http_client.close()


class VitableConnectWithRawResponse:
    """The resources, with raw answers."""

    def __init__(self, client: VitableConnect) -> None:
        self.groups = client.groups.with_raw_response
        self.plans = client.plans.with_raw_response


class VitableConnectWithStreamedResponse:
    """The resources, with answers whose body is still to be read."""

    def __init__(self, client: VitableConnect) -> None:
        self.groups = client.groups.with_streaming_response
        self.plans = client.plans.with_streaming_response


class AsyncVitableConnect(BaseClient):
    """The asyncio client."""

    _is_async = True

    @property
    def groups(self) -> AsyncGroupsResource:
        """Groups, and through ``members`` the syncs of their members."""
        made: AsyncGroupsResource = self._resource("groups", AsyncGroupsResource)
        return made

    @property
    def plans(self) -> AsyncPlansResource:
        """Plans."""
        made: AsyncPlansResource = self._resource("plans", AsyncPlansResource)
        return made

    @property
    def with_raw_response(self) -> AsyncVitableConnectWithRawResponse:
        """The same resources, returning raw answers."""
        return AsyncVitableConnectWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncVitableConnectWithStreamedResponse:
        """The same resources, returning answers whose body is still to be read."""
        return AsyncVitableConnectWithStreamedResponse(self)

    def _resource(self, name: str, cls: type[Any]) -> Any:
        made = self.__dict__.get("_" + name)
        if made is None:
            made = self.__dict__["_" + name] = cls(self)
        return made

    async def _prepare_options(self, options: FinalRequestOptions) -> FinalRequestOptions | None:
        """A hook of subclasses, run before each call of an operation or a path.

        The pages of a list are one call. Helpers that take several calls do not run it.
        """
        return options

    async def _prepare_request(self, request: Any) -> None:
        """A hook of subclasses, run before each attempt; it needs ``http_client=``."""

    async def _prepared(self, asked: FinalRequestOptions, options: dict[str, Any] | None) -> Any:
        return (await self._prepare_options(asked) or asked).native(options)

    async def get(
        self,
        path: str,
        *,
        cast_to: type[T],
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls GET on a path that is not modelled."""
        made: T = await self._raw("GET", path, cast_to, None, None, None, options)
        return made

    async def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls POST on a path that is not modelled."""
        made: T = await self._raw("POST", path, cast_to, body, content, files, options)
        return made

    async def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls PUT on a path that is not modelled."""
        made: T = await self._raw("PUT", path, cast_to, body, content, files, options)
        return made

    async def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls PATCH on a path that is not modelled."""
        made: T = await self._raw("PATCH", path, cast_to, body, content, files, options)
        return made

    async def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: Body | None = None,
        content: bytes | None = None,
        files: object | None = None,
        options: RequestOptions | None = None,
        stream: bool = False,
        stream_cls: type | None = None,
    ) -> T:
        """Calls DELETE on a path that is not modelled."""
        made: T = await self._raw("DELETE", path, cast_to, body, content, files, options)
        return made

    async def get_api_list(
        self,
        path: str,
        *,
        model: type[T],
        page: type[Any],
        body: Body | None = None,
        options: RequestOptions | None = None,
        method: str = "get",
    ) -> Any:
        """Calls a path that answers with a page of ``model``."""
        from .pagination import parametrized

        of: Any = parametrized(page, model)
        return await self._raw(method.upper(), path, of, body, None, None, options)

    async def _raw(
        self,
        method: str,
        path: str,
        cast_to: Any,
        body: Body | None,
        content: bytes | None,
        files: object | None,
        options: RequestOptions | None,
    ) -> Any:
        from ._aio import run
        from ._decode import decoded
        from ._raw import raw_parts

        data, query, made = raw_parts(body, content, files, options)
        if self._has_hook("_prepare_options"):
            from ._hooks import FinalRequestOptions

            made = await self._prepared(FinalRequestOptions(method.lower(), path, made), made)
        job = self._connected().raw(method, path, query, data, made)
        return decoded(await run(job), cast_to, self._strict_response_validation)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the client and all that share its connections: further calls fail at once."""
        self._connected().close()
        if self._http_client is not None:
            await self._http_client.aclose()


class AsyncVitableConnectWithRawResponse:
    """The resources, with raw answers."""

    def __init__(self, client: AsyncVitableConnect) -> None:
        self.groups = client.groups.with_raw_response
        self.plans = client.plans.with_raw_response


class AsyncVitableConnectWithStreamedResponse:
    """The resources, with answers whose body is still to be read."""

    def __init__(self, client: AsyncVitableConnect) -> None:
        self.groups = client.groups.with_streaming_response
        self.plans = client.plans.with_streaming_response


Client = VitableConnect
AsyncClient = AsyncVitableConnect
