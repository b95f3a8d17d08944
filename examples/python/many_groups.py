"""With asyncio: read every group with 32 calls in flight, on one thread."""

from __future__ import annotations

import asyncio

from vitable_groups import AsyncVitableConnect
from vitable_groups.types import Group


async def main() -> None:
    async with AsyncVitableConnect() as client:
        gate = asyncio.Semaphore(32)

        async def read(group_id: str) -> Group:
            async with gate:
                return (await client.groups.retrieve(group_id)).data

        ids = [group.id async for group in client.groups.list(limit=100, prefetch=8)]
        groups = await asyncio.gather(*map(read, ids))
        print(f"{len(groups)} groups")


if __name__ == "__main__":
    asyncio.run(main())
