"""What resources share: sending a call, and giving its result the form that was asked for."""

from __future__ import annotations

from ._request import query_overrides, query_pairs
from .pagination import AsyncPaginator, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._client import AsyncVitableConnect, VitableConnect
    from ._native import Awaiting, Job

    Options = dict[str, Any] | None
    Pairs = list[tuple[str, str]] | None

#: How a result comes: as a model, as a raw answer, as an answer whose body is still to be read.
PARSED, RAW, STREAMED = "parsed", "raw", "streamed"


def _started_first(job: Job) -> Awaiting:
    # Whoever makes no asyncio call does not wait for asyncio to be imported.
    global started
    from ._aio import started

    return started(job)


#: Starts a job on the running loop.
started: Callable[[Job], Awaiting] = _started_first


class SyncAPIResource:
    """A part of the sync client."""

    __slots__ = ("_client", "_form")

    def __init__(self, client: VitableConnect, form: str = PARSED) -> None:
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
            return client._finished(job.run(), cast_to)
        return self._formed((name, path, query, body, options), cast_to, None)

    def _formed(self, parts: tuple[Any, ...], cast_to: Any, source: Any) -> Any:
        from ._forms import finish_sync

        client = self._client
        name, path, query, body, options = parts

        def decode(answer: Any) -> Any:
            return client._answered(answer, cast_to, source)

        def job(stream: bool) -> Any:
            return client._job(name, path, query, body, options, stream)

        return finish_sync(client, job, cast_to, decode, self._form)

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
            return client._placed(client._finished(job.run(), page), source)
        return self._formed((name, (), pairs, None, options), page, source)


class AsyncAPIResource:
    """A part of the asyncio client."""

    __slots__ = ("_client", "_form")

    def __init__(self, client: AsyncVitableConnect, form: str = PARSED) -> None:
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
            return client._finished(await started(job), cast_to)
        return await self._formed((name, path, query, body, options), cast_to, None)

    async def _formed(self, parts: tuple[Any, ...], cast_to: Any, source: Any) -> Any:
        from ._forms import finish_async

        client = self._client
        name, path, query, body, options = parts

        def decode(answer: Any) -> Any:
            return client._answered(answer, cast_to, source)

        def job(stream: bool) -> Any:
            return client._job(name, path, query, body, options, stream)

        return await finish_async(client, job, cast_to, decode, self._form)

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
            return client._placed(client._finished(await started(job), page), source)
        return await self._formed((name, (), pairs, None, options), page, source)


def bounded(client: Any, options: Options) -> Options:
    """The options with the moment by which all pages of a list must have come, if there is one."""
    until = client._connected().deadline(options)
    return options if until is None else {**(options or {}), "until": until}


def source_of(
    client: Any, name: str, page: Any, query: dict[str, object], prefetch: int, options: Options
) -> Any:
    """How the further pages of a list are asked for: with everything the first was asked with."""
    given, number = query.get("limit"), query.get("page")
    limit = given if isinstance(given, int) else None
    if limit is None and "limit" in query:
        options = dict(options or {})
        options["query"] = [*query_overrides({"limit": given}), *options.get("query", [])]
    requested = number if isinstance(number, int) else 1
    return Source(client, name, page, limit, requested, prefetch, options)
