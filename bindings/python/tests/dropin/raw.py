from typing import Dict, List

import httpx
from vitable_connect import APIResponse, BaseModel, NoneType, VitableConnect
from vitable_connect.pagination import SyncPageNumberPage
from vitable_connect.types import Group, GroupResponse

client = VitableConnect()
raw = client.groups.with_raw_response.list(limit=2)
print(isinstance(raw, APIResponse), raw.status_code, raw.headers["Content-Type"], raw.retries_taken)
print(raw.method, raw.http_version, raw.is_closed, raw.elapsed.total_seconds() >= 0)
page = raw.parse()
print([group.name for group in page], len(raw.read()) > 10, raw.json()["pagination"])
id = page.data[0].id
print(repr(client.groups.with_raw_response.retrieve(id)))
with client.groups.with_streaming_response.retrieve(id) as response:
    print(response.status_code, b"".join(response.iter_bytes(10)))
with client.groups.with_streaming_response.retrieve(id) as response:
    print(response.parse().data.name)
with client.groups.with_streaming_response.retrieve(id) as response:
    print("".join(response.iter_text()), list(response.headers)[:1] != [])
with client.groups.with_streaming_response.retrieve(id) as response:
    print(list(response.iter_lines()))


class Mine(BaseModel):
    data: Dict[str, object]


print(client.get(f"/v1/groups/{id}", cast_to=GroupResponse).data.name)
print(client.get(f"/v1/groups/{id}", cast_to=Mine).data["name"])
print(client.get(f"/v1/groups/{id}", cast_to=object))
print(client.get(f"/v1/groups/{id}", cast_to=str))
print(client.get(f"/v1/groups/{id}", cast_to=NoneType))
print(client.get(f"/v1/groups/{id}", cast_to=Dict[str, Group])["data"].name)
print(client.get(f"/v1/groups/{id}", cast_to=httpx.Response).json())
print(client.patch(f"/v1/groups/{id}", cast_to=GroupResponse, body={"name": "P"}).data.name)
print(
    client.post(
        "/v1/groups", cast_to=GroupResponse, body={"name": "N", "external_reference_id": "n"}
    ).data.name
)
print(
    client.get(
        "/v1/groups", cast_to=object, options={"params": {"limit": 1}, "headers": {"X-H": "v"}}
    )["pagination"]
)
created = client.get_api_list("/v1/groups", model=Group, page=SyncPageNumberPage[Group])
print(len(created.data))
