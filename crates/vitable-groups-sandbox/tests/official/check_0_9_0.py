"""Calls every groups, member sync and plans method of vitable-connect 0.9.0."""

import datetime

import vitable_connect
from harness import (
    ORGANIZATION,
    OTHER_GROUP,
    PLANS,
    equal,
    fails,
    items,
    main,
    member,
    resolve,
)

CLIENTS = {
    "sync": vitable_connect.VitableConnect,
    "async": vitable_connect.AsyncVitableConnect,
}


async def create(client, reference):
    response = await resolve(client.groups.create(name=reference, external_reference_id=reference))
    return response.data


async def groups_are_created_retrieved_and_updated(sandbox, make):
    client = make(sandbox)
    sandbox.control("POST", "/clock", {"now": "2026-01-15T10:30:00Z"})
    group = await create(client, "mol_seg_001")
    equal(group.organization_id, ORGANIZATION)
    equal(group.created_at, datetime.datetime(2026, 1, 15, 10, 30, tzinfo=datetime.timezone.utc))
    found = await resolve(client.groups.retrieve(group.id))
    equal(found.data, group)
    sandbox.control("POST", "/clock", {"advance_ms": 60_000})
    same = await resolve(client.groups.update(group.id))
    equal(same.data, group)
    same = await resolve(client.groups.update(group.id, name=None))
    equal(same.data, group)
    changed = await resolve(client.groups.update(group.id, name="Tier 1"))
    equal(changed.data.name, "Tier 1")
    equal(changed.data.external_reference_id, "mol_seg_001")
    equal((changed.data.updated_at - group.updated_at).total_seconds(), 60.0)


async def groups_are_listed_to_the_end(sandbox, make):
    client = make(sandbox)
    equal(await items(client.groups.list()), [])
    for number in range(5):
        await create(client, f"r{number}")
    listed = await items(client.groups.list(limit=2))
    equal([group.external_reference_id for group in listed], ["r0", "r1", "r2", "r3", "r4"])
    page = await resolve(client.groups.list(limit=2, page=2))
    equal([group.external_reference_id for group in page.data], ["r2", "r3"])
    equal(page.pagination.to_dict(), {"page": 2, "limit": 2, "total": 5, "total_pages": 3})
    following = await resolve(page.get_next_page())
    equal((len(following.data), following.has_next_page()), (1, False))
    past = await resolve(client.groups.list(limit=2, page=9))
    equal((past.data, past.has_next_page()), ([], False))


async def plans_are_listed(sandbox, make):
    client = make(sandbox)
    equal([plan.id for plan in await items(client.plans.list(limit=1))], PLANS)


async def a_roster_is_synced(sandbox, make):
    client = make(sandbox)
    sandbox.control("PATCH", "/settings", {"sync_delay_ms": "never"})
    group = await create(client, "r")
    sync = client.groups.members.sync
    wrong_plan = member("EMP-2", plan_id="pln_nowhere")
    receipt = (await resolve(sync.submit(group.id, members=[member("EMP-1"), wrong_plan]))).data
    equal(receipt.group_id, group.id)
    state = (await resolve(sync.retrieve(receipt.request_id, group_id=group.id))).data
    equal((state.completed_at, state.results), (None, None))
    equal(state.accepted_at, receipt.accepted_at)
    sandbox.control("PATCH", "/settings", {"sync_delay_ms": 0})
    state = (await resolve(sync.retrieve(receipt.request_id, group_id=group.id))).data
    equal(isinstance(state.completed_at, datetime.datetime), True)
    equal(len(state.results.added_group_member_ids), 1)
    failure = state.results.failures[0]
    equal(
        (failure.reference_id, failure.operation, failure.reason),
        ("EMP-2", "add", "Invalid plan_id"),
    )
    emptied = (await resolve(sync.submit(group.id, members=[]))).data
    state = (await resolve(sync.retrieve(emptied.request_id, group_id=group.id))).data
    equal(len(state.results.removed_group_member_ids), 1)


async def a_person_is_in_one_group(sandbox, make):
    client = make(sandbox)
    sync = client.groups.members.sync
    reasons = []
    for reference in ["one", "two"]:
        group = await create(client, reference)
        receipt = (await resolve(sync.submit(group.id, members=[member("EMP-1")]))).data
        state = (await resolve(sync.retrieve(receipt.request_id, group_id=group.id))).data
        reasons += [failure.reason for failure in state.results.failures]
    equal(reasons, [OTHER_GROUP])


async def errors_have_their_classes(sandbox, make):
    client = make(sandbox)
    group = await create(client, "r")
    unauthorized = make(sandbox, api_key="wrong")
    error = await fails(vitable_connect.AuthenticationError, lambda: unauthorized.plans.list())
    equal(error.body["app_error_code"], "unauthorized")
    await fails(vitable_connect.NotFoundError, lambda: client.groups.retrieve("grp_x"))
    await fails(
        vitable_connect.ConflictError,
        lambda: client.groups.create(name="n", external_reference_id="r"),
    )
    await fails(vitable_connect.BadRequestError, lambda: client.groups.list(limit=0))
    twice = [member("EMP-1"), member("EMP-1")]
    error = await fails(
        vitable_connect.BadRequestError,
        lambda: client.groups.members.sync.submit(group.id, members=twice),
    )
    equal(error.body["message"], "members[1].reference_id: duplicates members[0].reference_id")
    sandbox.control("POST", "/seed", {"keys": [{"key": "bound", "kind": "employee"}]})
    bound = make(sandbox, api_key="bound")
    await fails(vitable_connect.PermissionDeniedError, lambda: bound.groups.list())
    sandbox.control("POST", "/faults", [{"status": 422}, {"status": 429}, {"status": 502}])
    for kind in ["UnprocessableEntityError", "RateLimitError", "InternalServerError"]:
        await fails(getattr(vitable_connect, kind), lambda: client.plans.list())
    sandbox.control("PATCH", "/settings", {"unauthorized_body": "nested"})
    error = await fails(vitable_connect.AuthenticationError, lambda: unauthorized.plans.list())
    equal(
        error.body["code"] if "code" in error.body else error.body["error"]["code"], "unauthorized"
    )


async def failures_are_retried(sandbox, make):
    client = make(sandbox, max_retries=2)
    sandbox.control(
        "POST",
        "/faults",
        [
            {"status": 503, "headers": {"retry-after-ms": "1"}},
            {"status": 429, "headers": {"retry-after-ms": "1"}},
        ],
    )
    equal(len((await resolve(client.plans.list())).data), 2)
    requests = sandbox.control("GET", "/requests")["requests"]
    equal([request["status"] for request in requests], [503, 429, 200])
    sandbox.control(
        "POST",
        "/faults",
        [
            {"drop": "before"},
            {"operation": "plans.list", "cut_at": 10},
        ],
    )
    equal(len((await resolve(client.plans.list())).data), 2)
    sandbox.control("POST", "/faults", {"garbage": True, "times": None})
    once = make(sandbox)
    await fails(vitable_connect.APIConnectionError, lambda: once.plans.list())


main(
    "vitable-connect 0.9.0",
    CLIENTS,
    [
        groups_are_created_retrieved_and_updated,
        groups_are_listed_to_the_end,
        plans_are_listed,
        a_roster_is_synced,
        a_person_is_in_one_group,
        errors_have_their_classes,
        failures_are_retried,
    ],
)
