import vitable_connect
from vitable_connect import VitableConnect

client = VitableConnect(max_retries=0)


def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(
            type(error).__name__,
            [c.__name__ for c in type(error).__mro__ if "vitable" in c.__module__][-2:],
        )
        if isinstance(error, vitable_connect.APIStatusError):
            body = {k: v for k, v in error.body.items() if k not in ("trace_id", "timestamp")}
            print(error.status_code, error.response.status_code, error.request.method, body)
            print(
                error.response.headers["content-type"], str(error)[:16], error.message == str(error)
            )


attempt(lambda: client.groups.retrieve("grp_none"))
attempt(lambda: client.groups.list(limit=0))
attempt(lambda: client.groups.create(external_reference_id="ref-1", name="again"))
attempt(lambda: client.groups.create(external_reference_id="", name="again"))
attempt(lambda: client.groups.members.sync.submit("grp_none", members=[]))
page = client.groups.list(limit=5)
attempt(lambda: client.groups.members.sync.submit(page.data[0].id, members=[{"reference_id": "a"}]))
for bad in ("", None, "..", "."):
    try:
        client.groups.retrieve(bad)
    except ValueError:
        print("ValueError", repr(bad))
for call in (
    lambda: client.groups.update("g", "name"),
    lambda: client.groups.list(5),
    lambda: client.groups.create(),
    lambda: VitableConnect(max_retries=None),
    lambda: client.groups.retrieve("a", unknown=1),
    lambda: client.post("/x", cast_to=object, body={}, content=b""),
):
    try:
        call()
    except TypeError:
        print("TypeError")
try:
    VitableConnect(environment="production")
except ValueError as error:
    print("ValueError", str(error)[:13])
try:
    VitableConnect(environment="nowhere", base_url=None)
except ValueError as error:
    print(str(error)[:28])
try:
    page.get_next_page()
except RuntimeError as error:
    print(error)
dead = VitableConnect(base_url="http://127.0.0.1:9", max_retries=0)
try:
    dead.groups.list()
except vitable_connect.APIConnectionError as error:
    print(error, error.message, error.body, error.__cause__ is not None, error.request.method)
