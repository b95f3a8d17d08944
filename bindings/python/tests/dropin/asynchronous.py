import asyncio

from vitable_connect import AsyncVitableConnect, NotFoundError
from vitable_connect.pagination import AsyncPageNumberPage


async def main() -> None:
    async with AsyncVitableConnect() as client:
        page = await client.groups.list(limit=2)
        print(isinstance(page, AsyncPageNumberPage), page.has_next_page(), page.next_page_info())
        async for group in client.groups.list(limit=2):
            print(group.name)
        async for group in page:
            print(group.id)
        async for each in page.iter_pages():
            print(len(each.data))
        print((await page.get_next_page()).data[0].name)
        try:
            await client.groups.retrieve("grp_none")
        except NotFoundError as error:
            print(error.status_code, error.body["message"])
        created = await client.groups.create(external_reference_id="new", name="New")
        print(created.data.name, created.data.created_at)
        raw = await client.groups.with_raw_response.retrieve(created.data.id)
        print(raw.status_code, (await raw.parse()).data.name)
        async with client.groups.with_streaming_response.retrieve(created.data.id) as response:
            print(
                (await response.parse()).data.name, [p async for p in response.iter_bytes()] != []
            )
        receipt = await client.groups.members.sync.submit(created.data.id, members=[])
        state = await client.groups.members.sync.retrieve(
            receipt.data.request_id, group_id=created.data.id
        )
        print(state.data.results.to_dict())
        names = await asyncio.gather(*(client.groups.retrieve(g.id) for g in page.data))
        print([n.data.name for n in names])
    print(client.is_closed())


asyncio.run(main())
