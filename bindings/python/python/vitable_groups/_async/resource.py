"""The base class of resources: it sends calls and returns the result in the requested form."""

from __future__ import annotations

from .._pages import bounded, source_of
from .._request import PARSED, STREAMED, query_pairs
from .io import run
from .paginator import paginated  # async only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._native import Client
    from .._types import Options, Pairs
    from .api_client import AsyncAPIClient


class AsyncAPIResource:
    """The base class of the asyncio client's resources."""

    __slots__ = ("_client", "_form")

    def __init__(self, client: AsyncAPIClient, form: str = PARSED) -> None:
        self._client = client
        self._form = form

    def _in_form(self, form: str) -> Any:
        """The same resource, returning raw or streamed responses."""
        resource = type(self)(self._client, form)
        if form != STREAMED:
            return resource
        from .response import AsyncStreamedResource

        return AsyncStreamedResource(resource)

    def _native(self) -> Client:
        """The native client, for methods whose results have no other form."""
        if self._form != PARSED:
            raise AttributeError(f"there is no {self._form} response of several requests")
        return self._client._connected()

    async def _call(
        self,
        name: str,
        path: tuple[str, ...],
        cast_to: Any,
        options: Options,
        query: Pairs | None = None,
        body: object | None = None,
    ) -> Any:
        client = self._client
        if client._prepares():
            from .._hooks import of_operation

            options = await client._prepared(of_operation(name, path, options), options)
        if self._form == PARSED:
            job = client._job(name, path, query, body, options, False, cast_to)
            return client._result(await run(job), cast_to)
        return await self._unparsed((name, path, query, body, options), cast_to, None)

    async def _unparsed(self, call: tuple[Any, ...], cast_to: Any, source: Any) -> Any:
        from .response import AsyncAPIResponse

        client = self._client
        name, path, query, body, options = call

        def decode(response: Any) -> Any:
            return client._parsed(response, cast_to, source)

        job = client._job(name, path, query, body, options, self._form == STREAMED)
        strict = client._strict_response_validation
        raw: AsyncAPIResponse[Any] = AsyncAPIResponse(await run(job), cast_to, decode, strict)
        return raw

    @paginated  # async only
    async def _list(
        self, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
    ) -> Any:
        client = self._client
        if client._prepares():
            from .._hooks import of_operation

            options = await client._prepared(of_operation(name, (), options), options)
        options = bounded(client, options)
        pairs, source = query_pairs(query), source_of(client, name, page, query, prefetch, options)
        if self._form == PARSED:
            job = client._job(name, (), pairs, None, options, False, page)
            return client._with_source(client._result(await run(job), page), source)
        return await self._unparsed((name, (), pairs, None, options), page, source)
