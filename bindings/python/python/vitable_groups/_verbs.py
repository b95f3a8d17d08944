"""Calls of paths that are not modelled, and the hooks that subclasses of the clients may define."""

from __future__ import annotations

from ._base_client import BaseClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ._hooks import FinalRequestOptions
    from ._types import Body, RequestOptions

    T = TypeVar("T")


class SyncVerbs(BaseClient):
    """Of the sync client."""

    def _prepare_options(self, options: FinalRequestOptions) -> FinalRequestOptions | None:
        """A hook of subclasses, run before each call of an operation or a path.

        The pages of a list are one call. Helpers that take several calls do not run it.
        """
        return options

    def _prepare_request(self, request: Any) -> None:
        """A hook of subclasses, run before each attempt; it needs ``http_client=``."""

    def _prepared(self, asked: FinalRequestOptions, options: dict[str, Any] | None) -> Any:
        return (self._prepare_options(asked) or asked).native(options)

    def _prepares(self) -> bool:
        """Whether a subclass has a ``_prepare_options`` of its own."""
        return type(self)._prepare_options is not SyncVerbs._prepare_options

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
        if self._prepares():
            from ._hooks import FinalRequestOptions

            made = self._prepared(FinalRequestOptions(method.lower(), path, made), made)
        job = self._connected().raw(method, path, query, data, made)
        return decoded(job.run(), cast_to, self._strict_response_validation)


class AsyncVerbs(BaseClient):
    """Of the asyncio client."""

    async def _prepare_options(self, options: FinalRequestOptions) -> FinalRequestOptions | None:
        """A hook of subclasses, run before each call of an operation or a path.

        The pages of a list are one call. Helpers that take several calls do not run it.
        """
        return options

    async def _prepare_request(self, request: Any) -> None:
        """A hook of subclasses, run before each attempt; it needs ``http_client=``."""

    async def _prepared(self, asked: FinalRequestOptions, options: dict[str, Any] | None) -> Any:
        return (await self._prepare_options(asked) or asked).native(options)

    def _prepares(self) -> bool:
        """Whether a subclass has a ``_prepare_options`` of its own."""
        return type(self)._prepare_options is not AsyncVerbs._prepare_options

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
        if self._prepares():
            from ._hooks import FinalRequestOptions

            made = await self._prepared(FinalRequestOptions(method.lower(), path, made), made)
        job = self._connected().raw(method, path, query, data, made)
        return decoded(await run(job), cast_to, self._strict_response_validation)
