"""Lists: pages, iteration, prefetch, and servers that never end a list."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from vitable_groups import AsyncVitableConnect, DeadlineExceededError
from vitable_groups.pagination import AsyncPageNumberPage, PageInfo
from vitable_groups.testing import Sandbox
from vitable_groups.types import Group, Plan


def many(sandbox: Sandbox, count: int) -> None:
    sandbox.seed(many_groups={"count": count, "prefix": "seed"})


async def everything(items: Any) -> list[Any]:
    found = []
    async for each in items:
        found.append(each)
    return found


def queries(sandbox: Sandbox) -> list[str]:
    return [request["query"] or "" for request in sandbox.requests()]


async def test_a_page(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    many(sandbox, 5)
    page = await aclient.groups.list(limit=2)
    assert isinstance(page, AsyncPageNumberPage)
    assert type(page).__name__ == "AsyncPageNumberPage[Group]"
    assert [type(item) for item in page.data] == [Group, Group]
    assert page.pagination is not None
    assert (page.pagination.page, page.pagination.total_pages) == (1, 3)
    assert (page.pagination.limit, page.pagination.total) == (2, 5)
    assert page.has_next_page()
    assert page.next_page_info() == PageInfo(params={"page": 2})
    second = await page.get_next_page()
    assert second.pagination is not None
    assert second.pagination.page == 2
    assert set(page.to_dict()) == {"data", "pagination"}
    last = await second.get_next_page()
    assert not last.has_next_page()
    assert last.next_page_info() is None
    with pytest.raises(RuntimeError, match="No next page"):
        await last.get_next_page()


async def test_iteration(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    many(sandbox, 5)
    page = await aclient.groups.list(limit=2, extra_query={"x": "1"}, extra_headers={"x-h": "2"})
    assert len({group.id async for group in page}) == 5
    assert queries(sandbox) == ["limit=2&x=1", "limit=2&page=2&x=1", "limit=2&page=3&x=1"]
    assert all(["x-h", "2"] in request["headers"] for request in sandbox.requests())
    assert [len(each.data) async for each in page.iter_pages()] == [2, 2, 1]


async def test_plans(aclient: AsyncVitableConnect) -> None:
    plans = await everything(aclient.plans.list(limit=1))
    assert [plan.name for plan in plans] == ["Basic Care", "Premium Care"]
    assert isinstance(plans[0], Plan)


@pytest.mark.parametrize("prefetch", [1, 4, 50])
async def test_prefetch_keeps_the_order(
    aclient: AsyncVitableConnect, sandbox: Sandbox, prefetch: int
) -> None:
    many(sandbox, 25)
    plain = [group.id async for group in aclient.groups.list(limit=2)]
    sandbox.clear_requests()
    listed = aclient.groups.list(limit=2, prefetch=prefetch)
    assert [group.id async for group in listed] == plain
    assert len(sandbox.requests()) == 13


def page_body(number: int | None, ids: list[str], total: int | None = None) -> dict[str, object]:
    meta = {"page": number, "total_pages": total}
    return {
        "data": [{"id": each} for each in ids],
        "pagination": {name: value for name, value in meta.items() if value is not None},
    }


def scripted(sandbox: Sandbox, *bodies: object) -> None:
    for body in bodies[:-1]:
        sandbox.fault(operation="groups.list", status=200, body=body)
    sandbox.fault(operation="groups.list", status=200, body=bodies[-1], times=None)


@pytest.mark.parametrize(
    ("bodies", "ids", "requests"),
    [
        # The server keeps returning page 1.
        ([page_body(1, ["a"])], ["a"], 2),
        # No metadata, the same items again.
        ([page_body(None, ["a"])], ["a"], 2),
        # No metadata, until a page is empty.
        ([page_body(None, ["a"]), page_body(None, ["b"]), page_body(None, [])], ["a", "b"], 3),
        # The server repeats earlier pages.
        ([page_body(None, ["a"]), page_body(None, ["b"]), page_body(None, ["a"])], ["a", "b"], 3),
        # An empty page before the last one.
        ([page_body(1, ["a"], 3), page_body(2, [], 3)], ["a"], 2),
        # An item moves to the next page between requests.
        ([page_body(1, ["a", "b"], 2), page_body(2, ["b", "c"], 2)], ["a", "b", "c"], 2),
    ],
)
async def test_fault_16_iteration_always_ends(
    aclient: AsyncVitableConnect,
    sandbox: Sandbox,
    bodies: list[object],
    ids: list[str],
    requests: int,
) -> None:
    scripted(sandbox, *bodies)
    assert [group.id async for group in aclient.groups.list()] == ids
    assert len(sandbox.requests()) == requests


async def test_fault_16_page_4_follows_page_3(
    aclient: AsyncVitableConnect, sandbox: Sandbox
) -> None:
    scripted(sandbox, page_body(None, ["a"]), page_body(None, []))
    await everything(aclient.groups.list(page=3))
    assert queries(sandbox) == ["page=3", "page=4"]


async def test_a_deadline_bounds_all_pages(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    many(sandbox, 4)
    sandbox.fault(operation="groups.list", skip=1, hang="before", times=None)
    page = await aclient.groups.list(limit=1, deadline=0.2)
    with pytest.raises(DeadlineExceededError) as caught:
        await everything(page)
    assert caught.value.page == 2


def slow_pages(sandbox: Sandbox) -> None:
    """A slow page, then one whose retry exceeds a deadline that starts with the first page."""
    many(sandbox, 4)
    sandbox.fault(operation="groups.list", delay_ms=200)
    sandbox.fault(operation="groups.list", status=503, headers={"retry-after-ms": "9900"})


FOLLOWING = {
    "items": everything,
    "pages": lambda page: everything(page.iter_pages()),
    "the next page": lambda page: page.get_next_page(),
}


@pytest.mark.parametrize("follow", FOLLOWING.values(), ids=FOLLOWING)
@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("form", ["parsed", "raw"])
async def test_all_pages_share_the_deadline_of_the_first(
    aclient: AsyncVitableConnect, sandbox: Sandbox, follow: Any, prefetch: int, form: str
) -> None:
    slow_pages(sandbox)
    groups = aclient.with_options(deadline=10).groups
    if form == "raw":
        raw = await groups.with_raw_response.list(limit=2, prefetch=prefetch)
        page = await raw.parse()
    else:
        page = await groups.list(limit=2, prefetch=prefetch)
    with pytest.raises(DeadlineExceededError, match="deadline of 10 s") as caught:
        await follow(page)
    assert (caught.value.page, len(sandbox.requests())) == (2, 2)


async def test_odd_pages_are_lenient(aclient: AsyncVitableConnect, sandbox: Sandbox) -> None:
    scripted(sandbox, {"data": ["text"], "pagination": [1]})
    page = await aclient.groups.list()
    assert page.data == ["text"]


async def test_pages_can_be_pickled(
    aclient: AsyncVitableConnect, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(sandbox, 3)
    monkeypatch.setenv("VITABLE_CONNECT_API_KEY", "other")
    page = await aclient.groups.list(limit=2)
    again = pickle.loads(pickle.dumps(page))
    assert again == page
    assert len(await everything(again)) == 3
    # A deadline is not pickled: it is measured by the clock of a process.
    timed = pickle.loads(pickle.dumps(await aclient.groups.list(limit=2, deadline=60)))
    assert len(await everything(timed)) == 3
