"""Requests to endpoints without a method of their own, and the hooks of subclasses."""

from __future__ import annotations

from .._base_client import BaseClient
from .io import IS_ASYNC, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from .._hooks import FinalRequestOptions
    from .._request import RequestOptions
    from .._types import Body


class AsyncAPIClient(BaseClient):
    """The base of the asyncio client."""

    _is_async = IS_ASYNC

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
        """Closes this client and all that share its connections; later calls fail at once."""
        self._connected().close()
        if self._http_client is not None:
            await self._http_client.aclose()

    async def _prepare_options(self, options: FinalRequestOptions) -> FinalRequestOptions | None:
        """A hook for subclasses, run before each call of an operation or endpoint.

        The pages of a list are one call. Helpers that make several calls do not run it.
        """
        return options

    async def _prepare_request(self, request: Any) -> None:
        """A hook for subclasses, run before each attempt; requires ``http_client=``."""

    async def _prepared(self, final: FinalRequestOptions, options: dict[str, Any] | None) -> Any:
        return (await self._prepare_options(final) or final).native(options)

    def _prepares(self) -> bool:
        """Whether a subclass overrides ``_prepare_options``."""
        return type(self)._prepare_options is not AsyncAPIClient._prepare_options

    async def get_api_list(
        self,
        path: str,
        *,
        model: type[Any],
        page: type[Any],
        body: Body | None = None,
        options: RequestOptions | None = None,
        method: str = "get",
    ) -> Any:
        """Requests a page of ``model`` from a path of the API."""
        from .._pages import parametrized

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
        from .._decode import decoded
        from .._raw import raw_parts

        data, query, native = raw_parts(body, content, files, options)
        if self._prepares():
            from .._hooks import FinalRequestOptions

            final = FinalRequestOptions(method.lower(), path, native)
            native = await self._prepared(final, native)
        job = self._connected().raw(method, path, query, data, native)
        return decoded(await run(job), cast_to, self._strict_response_validation)
