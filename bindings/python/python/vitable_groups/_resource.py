"""The base classes of resources: they send calls and return the result in the requested form."""

from __future__ import annotations

from ._request import query_overrides, query_pairs
from .pagination import AsyncPaginator, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._api_client import AsyncAPIClient, SyncAPIClient
    from ._native import CallFuture, Job

    Options = dict[str, Any] | None
    Pairs = list[tuple[str, str]] | None

#: The forms of a result: a model, a raw response, a response whose body is not read yet.
PARSED, RAW, STREAMED = "parsed", "raw", "streamed"


def _import_and_start(job: Job) -> CallFuture:
    # Programs without asyncio calls do not pay for the import of asyncio.
    global start
    from ._aio import start

    return start(job)


#: Starts a job on the running event loop.
start: Callable[[Job], CallFuture] = _import_and_start


class SyncAPIResource:
    """The base class of the sync client's resources."""

    __slots__ = ("_client", "_form")

    def __init__(self, client: SyncAPIClient, form: str = PARSED) -> None:
        self._client = client
        self._form = form

    def _call(
        self,
        name: str,
        path: tuple[str, ...],
        cast_to: Any,
        options: Options,
        query: Pairs = None,
        body: object | None = None,
    ) -> Any:
        client = self._client
        if client._prepares():
            from ._hooks import of_operation

            options = client._prepared(of_operation(name, path, options), options)
        if self._form == PARSED:
            job = client._job(name, path, query, body, options, False, cast_to)
            return client._result(job.run(), cast_to)
        return self._unparsed((name, path, query, body, options), cast_to, None)

    def _unparsed(self, call: tuple[Any, ...], cast_to: Any, source: Any) -> Any:
        from ._response import APIResponse

        client = self._client
        name, path, query, body, options = call

        def decode(response: Any) -> Any:
            return client._parsed(response, cast_to, source)

        response = client._job(name, path, query, body, options, self._form == STREAMED).run()
        strict = client._strict_response_validation
        raw: APIResponse[Any] = APIResponse(response, cast_to, decode, strict)
        return raw

    def _list(
        self, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
    ) -> Any:
        client = self._client
        if client._prepares():
            from ._hooks import of_operation

            options = client._prepared(of_operation(name, (), options), options)
        options = bounded(client, options)
        pairs, source = query_pairs(query), source_of(client, name, page, query, prefetch, options)
        if self._form == PARSED:
            job = client._job(name, (), pairs, None, options, False, page)
            return client._with_source(client._result(job.run(), page), source)
        return self._unparsed((name, (), pairs, None, options), page, source)


class AsyncAPIResource:
    """The base class of the asyncio client's resources."""

    __slots__ = ("_client", "_form")

    def __init__(self, client: AsyncAPIClient, form: str = PARSED) -> None:
        self._client = client
        self._form = form

    async def _call(
        self,
        name: str,
        path: tuple[str, ...],
        cast_to: Any,
        options: Options,
        query: Pairs = None,
        body: object | None = None,
    ) -> Any:
        client = self._client
        if client._prepares():
            from ._hooks import of_operation

            options = await client._prepared(of_operation(name, path, options), options)
        if self._form == PARSED:
            job = client._job(name, path, query, body, options, False, cast_to)
            return client._result(await start(job), cast_to)
        return await self._unparsed((name, path, query, body, options), cast_to, None)

    async def _unparsed(self, call: tuple[Any, ...], cast_to: Any, source: Any) -> Any:
        from ._response import AsyncAPIResponse

        client = self._client
        name, path, query, body, options = call

        def decode(response: Any) -> Any:
            return client._parsed(response, cast_to, source)

        job = client._job(name, path, query, body, options, self._form == STREAMED)
        strict = client._strict_response_validation
        raw: AsyncAPIResponse[Any] = AsyncAPIResponse(await start(job), cast_to, decode, strict)
        return raw

    def _list(
        self, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
    ) -> AsyncPaginator[Any]:
        return AsyncPaginator(lambda: self._fetch(name, page, query, prefetch, options))

    async def _fetch(
        self, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
    ) -> Any:
        client = self._client
        if client._prepares():
            from ._hooks import of_operation

            options = await client._prepared(of_operation(name, (), options), options)
        options = bounded(client, options)
        pairs, source = query_pairs(query), source_of(client, name, page, query, prefetch, options)
        if self._form == PARSED:
            job = client._job(name, (), pairs, None, options, False, page)
            return client._with_source(client._result(await start(job), page), source)
        return await self._unparsed((name, (), pairs, None, options), page, source)


def bounded(client: Any, options: Options) -> Options:
    """The options with the deadline that all pages of a list share, if there is one."""
    until = client._connected().deadline(options)
    return options if until is None else {**(options or {}), "until": until}


def source_of(
    client: Any, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
) -> Any:
    """How later pages of a list are requested: with the same options as the first."""
    given, number = query.get("limit"), query.get("page")
    limit = given if isinstance(given, int) else None
    if limit is None and "limit" in query:
        options = dict(options or {})
        options["query"] = [*query_overrides({"limit": given}), *options.get("query", [])]
    requested = number if isinstance(number, int) else 1
    return Source(client, name, page, limit, requested, prefetch, options)
