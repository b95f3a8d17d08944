import copy
import pickle

from vitable_connect import VitableConnect
from vitable_connect.types import Group, GroupResponse

client = VitableConnect()
response = client.groups.retrieve("grp_" + "0" * 22)
group = response.data
print(group == copy.deepcopy(group), pickle.loads(pickle.dumps(group)) == group)
print(group.model_fields_set == set(group.to_dict()), group.model_extra)
print(group.to_dict(exclude_none=True), group.to_dict(mode="json"), group.to_json(indent=None))
print(group.model_copy(update={"name": "X"}).name, group.name)
built = Group.construct(id=1, name=None, extra={"a": 1}, created_at="2026-01-01T00:00:00.5Z")
print(built.id, built.name, built.extra, built.created_at, built.organization_id)
print(sorted(built.model_fields_set), built.model_extra)
print(built.to_dict(), built.to_json())
print(built.model_dump(), built.model_dump(exclude_none=True))
print(GroupResponse.construct(data={"id": "a"}).data.id)
created = Group(id="a", external_reference_id="b", name="c", organization_id="d")
print(repr(created), created.model_dump_json(), created.model_dump(mode="json", exclude={"id"}))
created.name = "changed"
print(created.name, created.to_dict()["name"])
for bad in (
    lambda: Group(id="a"),
    lambda: Group(id=[], name="", external_reference_id="", organization_id=""),
):
    try:
        bad()
    except ValueError:
        print("ValueError")
try:
    hash(created)
except TypeError:
    print("unhashable")
try:
    created.nothing
except AttributeError:
    print("AttributeError")
