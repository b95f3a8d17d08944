"""The blocking clients. Each imports its own library, so that no run imports the others."""

from measured import GROUP, HEADERS, JSON_HEADERS, KEY


class Plain:
    """A client that returns bytes; they are decoded and read here, as a program would."""

    def __init__(self, url):
        import json

        self.url = url
        self.loads, self.dumps = json.loads, json.dumps
        self.open()

    def roster(self, members):
        return members

    def open(self):
        raise NotImplementedError

    def get(self, path):
        raise NotImplementedError

    def post(self, path, body):
        raise NotImplementedError

    def retrieve(self):
        group = self.get(f"/v1/groups/{GROUP}")["data"]
        return len(group["name"]) + len(group["external_reference_id"])

    def page(self, number=1):
        self.read = page = self.get(f"/v1/groups?limit=100&page={number}")
        return sum(
            len(group["name"]) + len(group["external_reference_id"]) for group in page["data"]
        )

    def all(self, prefetch):
        total = self.page()
        for number in range(2, self.read["pagination"]["total_pages"] + 1):
            total += self.page(number)
        return total

    def submit(self, roster):
        receipt = self.post(f"/v1/groups/{GROUP}/members/sync", {"members": roster})
        return len(receipt["data"]["request_id"])


class WithOrjson(Plain):
    def __init__(self, url):
        super().__init__(url)
        import orjson

        self.loads, self.dumps = orjson.loads, orjson.dumps


class Generated:
    """This project's client and the official ones, which have the same methods."""

    def __init__(self, url):
        self.client = self.create(url)

    def roster(self, members):
        return members

    def retrieve(self):
        group = self.client.groups.retrieve(GROUP).data
        return len(group.name) + len(group.external_reference_id)

    def page(self):
        total = 0
        for group in self.client.groups.list(limit=100).data:
            total += len(group.name) + len(group.external_reference_id)
        return total

    def all(self, prefetch):
        total = 0
        for group in self.pages(prefetch):
            total += len(group.name) + len(group.external_reference_id)
        return total

    def pages(self, prefetch):
        return self.client.groups.list(limit=100)

    def submit(self, roster):
        return len(self.client.groups.members.sync.submit(GROUP, members=roster).data.request_id)


class Ours(Generated):
    def create(self, url):
        from vitable_groups import VitableConnect

        return VitableConnect(api_key=KEY, base_url=url)

    def pages(self, prefetch):
        return self.client.groups.list(limit=100, prefetch=prefetch)


class Official09(Generated):
    def create(self, url):
        from vitable_connect import VitableConnect

        return VitableConnect(api_key=KEY, base_url=url)


class Official62(Generated):
    def create(self, url):
        from vitable_connect import VitableConnect

        return VitableConnect(api_key=KEY, base_url=url)

    def page(self):
        total = 0
        for group in self.client.groups.list(limit=100).items:
            total += len(group.name) + len(group.external_reference_id)
        return total

    def roster(self, members):
        # This version requires its own model objects.
        from vitable_connect import GroupMemberSyncMemberRequest

        return [GroupMemberSyncMemberRequest.model_validate(member) for member in members]

    def retrieve(self):
        group = self.client.groups.get(GROUP).data
        return len(group.name) + len(group.external_reference_id)


class Httpx(Plain):
    def open(self):
        import httpx

        self.client = httpx.Client(base_url=self.url, headers=HEADERS)

    def get(self, path):
        return self.loads(self.client.get(path).content)

    def post(self, path, body):
        response = self.client.post(path, content=self.dumps(body), headers=JSON_HEADERS)
        return self.loads(response.content)


class Pyreqwest(WithOrjson):
    def open(self):
        from pyreqwest.client import SyncClientBuilder

        self.client = SyncClientBuilder().default_headers(HEADERS).build()

    def get(self, path):
        return self.loads(memoryview(self.client.get(self.url + path).build().send().bytes()))

    def post(self, path, body):
        request = self.client.post(self.url + path).headers(JSON_HEADERS)
        response = request.body_bytes(self.dumps(body)).build().send()
        return self.loads(memoryview(response.bytes()))


class Ry(Plain):
    def open(self):
        import ry

        self.client = ry.BlockingClient(headers=HEADERS)

    def get(self, path):
        return self.client.get(self.url + path).json()

    def post(self, path, body):
        return self.client.post(self.url + path, json=body).json()


class Primp(Plain):
    def open(self):
        import primp

        self.client = primp.Client(headers=HEADERS)

    def get(self, path):
        return self.client.get(self.url + path).json()

    def post(self, path, body):
        return self.client.post(self.url + path, json=body).json()


class PrimpOrjson(WithOrjson):
    open = Primp.open

    def get(self, path):
        return self.loads(self.client.get(self.url + path).content)

    def post(self, path, body):
        response = self.client.post(self.url + path, content=self.dumps(body), headers=JSON_HEADERS)
        return self.loads(response.content)


class Pycurl(WithOrjson):
    def open(self):
        import threading
        from io import BytesIO

        import pycurl

        self.pycurl, self.buffer = pycurl, BytesIO
        # Handles are not thread-safe.
        self.local = threading.local()

    def handle(self):
        handle = getattr(self.local, "handle", None)
        if handle is None:
            handle = self.local.handle = self.pycurl.Curl()
        return handle

    def run(self, handle, path):
        buffer = self.buffer()
        handle.setopt(self.pycurl.URL, self.url + path)
        handle.setopt(self.pycurl.WRITEDATA, buffer)
        handle.perform()
        return self.loads(buffer.getvalue())

    def get(self, path):
        handle = self.handle()
        handle.setopt(self.pycurl.HTTPGET, 1)
        handle.setopt(self.pycurl.HTTPHEADER, [f"authorization: Bearer {KEY}"])
        return self.run(handle, path)

    def post(self, path, body):
        handle = self.handle()
        handle.setopt(self.pycurl.POSTFIELDS, self.dumps(body))
        handle.setopt(
            self.pycurl.HTTPHEADER,
            [f"authorization: Bearer {KEY}", "content-type: application/json", "expect:"],
        )
        return self.run(handle, path)


class HttpClient(Plain):
    def open(self):
        import threading
        from http.client import HTTPConnection

        host = self.url.removeprefix("http://")
        local = threading.local()

        def connection():
            if not hasattr(local, "connection"):
                local.connection = HTTPConnection(host)
            return local.connection

        self.connection = connection

    def run(self, method, path, body=None):
        connection = self.connection()
        connection.request(method, path, body, JSON_HEADERS if body else HEADERS)
        return self.loads(connection.getresponse().read())

    def get(self, path):
        return self.run("GET", path)

    def post(self, path, body):
        return self.run("POST", path, self.dumps(body).encode())


class Urllib(Plain):
    def open(self):
        from urllib.request import Request, urlopen

        self.request, self.urlopen = Request, urlopen

    def run(self, path, body=None):
        headers = JSON_HEADERS if body else HEADERS
        with self.urlopen(self.request(self.url + path, body, headers)) as response:
            return self.loads(response.read())

    def get(self, path):
        return self.run(path)

    def post(self, path, body):
        return self.run(path, self.dumps(body).encode())


CLIENTS = {
    "ours": Ours,
    "official-0.9.0": Official09,
    "official-6.2.0": Official62,
    "httpx": Httpx,
    "pyreqwest-orjson": Pyreqwest,
    "ry": Ry,
    "primp": Primp,
    "primp-orjson": PrimpOrjson,
    "pycurl-orjson": Pycurl,
    "http.client": HttpClient,
    "urllib": Urllib,
}
