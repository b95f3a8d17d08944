"""The clients."""

from __future__ import annotations

from ._api_client import AsyncAPIClient, SyncAPIClient
from .resources.groups.groups import AsyncGroupsResource, GroupsResource
from .resources.plans import AsyncPlansResource, PlansResource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property as cached
    from types import TracebackType

    from typing_extensions import Self
else:

    class cached:
        """Like ``functools.cached_property``, whose module is slow to import."""

        def __init__(self, build):
            self.build = build
            self.__doc__ = build.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.build.__name__] = self.build(instance)
            return value


__all__ = ["AsyncClient", "AsyncVitableConnect", "Client", "VitableConnect"]


class VitableConnect(SyncAPIClient):
    """The sync client."""

    _is_async = False

    @cached
    def groups(self) -> GroupsResource:
        """Groups and, through ``members``, the syncs of their members."""
        return GroupsResource(self)

    @cached
    def plans(self) -> PlansResource:
        """Plans."""
        return PlansResource(self)

    @property
    def with_raw_response(self) -> VitableConnectWithRawResponse:
        """The same resources, returning raw responses."""
        return VitableConnectWithRawResponse(self)

    @property
    def with_streaming_response(self) -> VitableConnectWithStreamedResponse:
        """The same resources, returning streamed responses."""
        return VitableConnectWithStreamedResponse(self)

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
        """Closes this client and all that share its connections; later calls fail at once."""
        self._connected().close()
        if self._http_client is not None:
            self._http_client.close()


class VitableConnectWithRawResponse:
    """The resources, with raw responses."""

    def __init__(self, client: VitableConnect) -> None:
        self.groups = client.groups.with_raw_response
        self.plans = client.plans.with_raw_response


class VitableConnectWithStreamedResponse:
    """The resources, with streamed responses."""

    def __init__(self, client: VitableConnect) -> None:
        self.groups = client.groups.with_streaming_response
        self.plans = client.plans.with_streaming_response


class AsyncVitableConnect(AsyncAPIClient):
    """The asyncio client."""

    _is_async = True

    @cached
    def groups(self) -> AsyncGroupsResource:
        """Groups and, through ``members``, the syncs of their members."""
        return AsyncGroupsResource(self)

    @cached
    def plans(self) -> AsyncPlansResource:
        """Plans."""
        return AsyncPlansResource(self)

    @property
    def with_raw_response(self) -> AsyncVitableConnectWithRawResponse:
        """The same resources, returning raw responses."""
        return AsyncVitableConnectWithRawResponse(self)

    @property
    def with_streaming_response(self) -> AsyncVitableConnectWithStreamedResponse:
        """The same resources, returning streamed responses."""
        return AsyncVitableConnectWithStreamedResponse(self)

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


class AsyncVitableConnectWithRawResponse:
    """The resources, with raw responses."""

    def __init__(self, client: AsyncVitableConnect) -> None:
        self.groups = client.groups.with_raw_response
        self.plans = client.plans.with_raw_response


class AsyncVitableConnectWithStreamedResponse:
    """The resources, with streamed responses."""

    def __init__(self, client: AsyncVitableConnect) -> None:
        self.groups = client.groups.with_streaming_response
        self.plans = client.plans.with_streaming_response


Client = VitableConnect
AsyncClient = AsyncVitableConnect
