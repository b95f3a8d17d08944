import datetime

from vitable_connect import VitableConnect
from vitable_connect.types import Group, GroupResponse
from vitable_connect.types.groups.members import SyncRetrieveResponse, SyncSubmitResponse

client = VitableConnect()
page = client.groups.list(limit=2)
print(page.data, page.has_next_page(), page.next_page_info())
for group in client.groups.list(limit=2):
    print(group.id, group.name, group.external_reference_id, group.created_at, group.updated_at)
for each in client.groups.list(limit=3).iter_pages():
    print(len(each.data), each.pagination.page, each.pagination.total_pages)
group = client.groups.list(limit=1).data[0]
print(isinstance(group, Group), group.to_dict(), group.to_json(), group.model_dump_json())
print(isinstance(client.groups.retrieve(group.id), GroupResponse))
changed = client.groups.update(group_id=group.id, name="Gold", external_reference_id="gold")
print(changed.data.name, changed.to_dict(mode="json"), changed.model_dump())
member = {
    "reference_id": "EMP-1",
    "first_name": "Ann",
    "last_name": "Exämple",
    "date_of_birth": datetime.date(1990, 5, 15),
    "plan_id": "pln_Wgx_PobRSymT_ki30sYaBQ",
    "phone": None,
    "address": {"address_line_1": "1 Main", "city": "X", "state": "IL", "zipcode": "62701"},
}
receipt = client.groups.members.sync.submit(group.id, members=(dict(member) for _ in range(1)))
print(isinstance(receipt, SyncSubmitResponse), receipt.data.group_id, receipt.data.accepted_at)
state = client.groups.members.sync.retrieve(receipt.data.request_id, group_id=group.id)
print(isinstance(state, SyncRetrieveResponse), state.data.completed_at)
print(len(state.data.results.added_group_member_ids), state.data.results.failures)
print([(plan.id, plan.name) for plan in client.plans.list()])
