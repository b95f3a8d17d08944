"""The asyncio clients. Each imports its own library."""

import json

from measured import GROUP, HEADERS, JSON_HEADERS, KEY


class Plain:
    """A client that returns decoded JSON; its fields are read here, as a program would."""

    def __init__(self, url):
        self.url = url
        self.open()

    def roster(self, members):
        return members

    async def retrieve(self):
        group = (await self.get(f"/v1/groups/{GROUP}"))["data"]
        return len(group["name"]) + len(group["external_reference_id"])

    async def page(self, number=1):
        self.read = page = await self.get(f"/v1/groups?limit=100&page={number}")
        return sum(
            len(group["name"]) + len(group["external_reference_id"]) for group in page["data"]
        )

    async def all(self, prefetch):
        total = await self.page()
        for number in range(2, self.read["pagination"]["total_pages"] + 1):
            total += await self.page(number)
        return total

    async def submit(self, roster):
        receipt = await self.post(f"/v1/groups/{GROUP}/members/sync", {"members": roster})
        return len(receipt["data"]["request_id"])


class Generated:
    """This project's client and the official ones, which have the same methods."""

    def __init__(self, url):
        self.client = self.create(url)

    def roster(self, members):
        return members

    async def retrieve(self):
        group = (await self.client.groups.retrieve(GROUP)).data
        return len(group.name) + len(group.external_reference_id)

    async def page(self):
        total = 0
        for group in (await self.client.groups.list(limit=100)).data:
            total += len(group.name) + len(group.external_reference_id)
        return total

    async def all(self, prefetch):
        total = 0
        async for group in await self.pages(prefetch):
            total += len(group.name) + len(group.external_reference_id)
        return total

    async def pages(self, prefetch):
        return self.client.groups.list(limit=100)

    async def submit(self, roster):
        receipt = await self.client.groups.members.sync.submit(GROUP, members=roster)
        return len(receipt.data.request_id)


class Ours(Generated):
    def create(self, url):
        from vitable_groups import AsyncVitableConnect

        return AsyncVitableConnect(api_key=KEY, base_url=url)

    async def pages(self, prefetch):
        return self.client.groups.list(limit=100, prefetch=prefetch)


class Official09(Generated):
    def create(self, url):
        from vitable_connect import AsyncVitableConnect

        return AsyncVitableConnect(api_key=KEY, base_url=url)


class Official09Aiohttp(Generated):
    def create(self, url):
        from vitable_connect import AsyncVitableConnect, DefaultAioHttpClient

        return AsyncVitableConnect(api_key=KEY, base_url=url, http_client=DefaultAioHttpClient())


class Official62(Generated):
    def create(self, url):
        from vitable_connect import AsyncVitableConnect

        return AsyncVitableConnect(api_key=KEY, base_url=url)

    async def page(self):
        total = 0
        for group in (await self.client.groups.list(limit=100)).items:
            total += len(group.name) + len(group.external_reference_id)
        return total

    async def pages(self, prefetch):
        return await self.client.groups.list(limit=100)

    def roster(self, members):
        # This version requires its own model objects.
        from vitable_connect import GroupMemberSyncMemberRequest

        return [GroupMemberSyncMemberRequest.model_validate(member) for member in members]

    async def retrieve(self):
        group = (await self.client.groups.get(GROUP)).data
        return len(group.name) + len(group.external_reference_id)


class Httpx(Plain):
    def open(self):
        import httpx

        self.client = httpx.AsyncClient(base_url=self.url, headers=HEADERS)

    async def get(self, path):
        return json.loads((await self.client.get(path)).content)

    async def post(self, path, body):
        response = await self.client.post(path, content=json.dumps(body), headers=JSON_HEADERS)
        return json.loads(response.content)


class Aiohttp(Plain):
    def open(self):
        import aiohttp
        import orjson

        self.loads, self.dumps = orjson.loads, orjson.dumps
        self.client = aiohttp.ClientSession(base_url=self.url, headers=HEADERS)

    async def get(self, path):
        async with self.client.get(path) as response:
            return self.loads(await response.read())

    async def post(self, path, body):
        data = self.dumps(body)
        async with self.client.post(path, data=data, headers=JSON_HEADERS) as response:
            return self.loads(await response.read())


class Pyreqwest(Plain):
    def open(self):
        import orjson
        from pyreqwest.client import ClientBuilder

        self.loads, self.dumps = orjson.loads, orjson.dumps
        self.client = ClientBuilder().default_headers(HEADERS).build()

    async def get(self, path):
        response = await self.client.get(self.url + path).build().send()
        return self.loads(memoryview(await response.bytes()))

    async def post(self, path, body):
        request = self.client.post(self.url + path).headers(JSON_HEADERS)
        response = await request.body_bytes(self.dumps(body)).build().send()
        return self.loads(memoryview(await response.bytes()))


class Ry(Plain):
    def open(self):
        import ry

        self.client = ry.Client(headers=HEADERS)

    async def get(self, path):
        return await (await self.client.get(self.url + path)).json()

    async def post(self, path, body):
        return await (await self.client.post(self.url + path, json=body)).json()


CLIENTS = {
    "ours": Ours,
    "official-0.9.0": Official09,
    "official-0.9.0-aiohttp": Official09Aiohttp,
    "official-6.2.0": Official62,
    "httpx": Httpx,
    "aiohttp-orjson-uvloop": Aiohttp,
    "pyreqwest-orjson": Pyreqwest,
    "ry": Ry,
}
