import httpx
from vitable_connect import NOT_GIVEN, Omit, Timeout, VitableConnect, not_given, omit

client = VitableConnect(default_headers={"X-A": "1", "X-B": "b"}, default_query={"q": True})
print(
    client.api_key,
    str(client.base_url).endswith("/"),
    client.timeout == Timeout(timeout=60, connect=5.0),
)
print(
    client.max_retries,
    client.is_closed(),
    client.groups is client.groups,
    bool(omit),
    bool(NOT_GIVEN),
)
client.groups.list()
client.groups.list(
    extra_headers={"X-A": "2", "X-B": omit}, extra_query={"q": None, "l": [1, "a"], "o": {"k": 1.5}}
)
client.groups.list(limit=3, page=2, timeout=Timeout(3, connect=1), extra_body={"ignored": 1})
client.with_options(timeout=None, default_query={"z": "9"}).groups.list(limit=1)
copied = client.copy(set_default_headers={"X-C": "3"}, max_retries=7, api_key="other")
copied.groups.list(timeout=httpx.Timeout(2))
print(copied.max_retries, copied.api_key)
group = client.groups.list(limit=1).data[0]
client.groups.update(group.id)
client.groups.update(
    group.id, name=omit, extra_body={"name": "Renamed", "more": {"a": [1, None, True]}}
)
client.groups.update(group.id, name="B", extra_body={"name": omit})
client.groups.update(group.id, name=not_given)
with client.with_options(max_retries=0) as scoped:
    for id in ("a/b?c#d é%20", ".hidden", "file.txt", 5, "x y+z"):
        try:
            scoped.groups.retrieve(id)
        except Exception as error:
            print(type(error).__name__)
print(client.is_closed())
try:
    client.copy(default_headers={}, set_default_headers={})
except ValueError as error:
    print(error)
