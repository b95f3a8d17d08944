"""Retrieves every group with asyncio, with up to 32 calls in flight on one thread."""

from __future__ import annotations

import asyncio

from vitable_groups import AsyncVitableConnect
from vitable_groups.types import Group


async def main() -> None:
    async with AsyncVitableConnect() as client:
        limit = asyncio.Semaphore(32)

        async def retrieve(group_id: str) -> Group:
            async with limit:
                return (await client.groups.retrieve(group_id)).data

        ids = [group.id async for group in client.groups.list(limit=100, prefetch=8)]
        groups = await asyncio.gather(*map(retrieve, ids))
        print(f"{len(groups)} groups")


if __name__ == "__main__":
    asyncio.run(main())
