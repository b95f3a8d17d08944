//! Lists: pages, items, prefetch, ends and failures.

mod common;

use std::time::Duration;

use common::{World, groups, page_of};
use futures_util::TryStreamExt;
use vitable_groups::binding::PageSummary;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{Call, Deadline, ErrorKind, RequestOptions, operation};

fn three_pages() -> Vec<ScriptedResponse> {
    vec![
        groups(&["a", "b"], &page_of(1, 3)),
        groups(&["c", "d"], &page_of(2, 3)),
        groups(&["e"], &page_of(3, 3)),
    ]
}

fn ids(found: &[vitable_groups::model::Group]) -> Vec<&str> {
    found.iter().map(|group| group.id.as_str()).collect()
}

#[test]
fn a_page_is_fetched_when_it_is_asked_for() {
    let world = World::new(three_pages());
    let first = world.run(world.client.groups().list().limit(2).send()).unwrap();
    assert_eq!((first.number(), first.next_number(), world.sent()), (1, Some(2), 1));
    let second = world.run(first.next_page()).unwrap().unwrap();
    let third = world.run(second.next_page()).unwrap().unwrap();
    assert_eq!(world.run(third.next_page()).unwrap().map(|page| page.number()), None);
    assert_eq!(
        world.wire(),
        [
            "GET /v1/groups?limit=2",
            "GET /v1/groups?limit=2&page=2",
            "GET /v1/groups?limit=2&page=3"
        ]
    );
}

#[test]
fn items_come_once_though_pages_overlap() {
    let world = World::new([
        groups(&["a", "b"], &page_of(1, 3)),
        groups(&["b", "c"], &page_of(2, 3)),
        groups(&["c", "d"], &page_of(3, 3)),
    ]);
    let found = world.run(world.client.groups().list().collect(100)).unwrap();
    assert_eq!(ids(&found), ["a", "b", "c", "d"]);
}

#[test]
fn an_empty_page_ends_the_list() {
    let world = World::new([groups(&["a"], &page_of(1, 3)), groups(&[], &page_of(2, 3))]);
    assert_eq!(world.run(world.client.groups().list().collect(100)).unwrap().len(), 1);
    assert_eq!(world.sent(), 2);
}

#[test]
fn a_shrinking_total_ends_the_list() {
    let world = World::new([groups(&["a"], &page_of(1, 9)), groups(&["b"], &page_of(2, 2))]);
    assert_eq!(world.run(world.client.groups().list().collect(100)).unwrap().len(), 2);
    assert_eq!(world.sent(), 2);
}

#[test]
fn collect_takes_no_more_than_its_limit() {
    let world = World::new(three_pages());
    let found = world.run(world.client.groups().list().collect(3)).unwrap();
    assert_eq!((ids(&found), world.sent()), (vec!["a", "b", "c"], 2));
}

#[test]
fn every_page_carries_all_options() {
    let world = World::new(three_pages());
    let options = RequestOptions::new().header("X-Job", "j").query("q", "1");
    world.run(world.client.groups().list().options(options).collect(100)).unwrap();
    for request in world.transport.requests() {
        assert_eq!(request.header("x-job"), Some("j"));
        assert!(request.path.contains("q=1"), "{}", request.path);
    }
}

#[test]
fn a_failure_on_page_3_names_it_and_keeps_what_came() {
    let world = World::new([
        groups(&["a"], &page_of(1, 3)),
        groups(&["b"], &page_of(2, 3)),
        ScriptedResponse::status(403),
    ]);
    let mut items = world.client.groups().list().items();
    let error = world.run(async {
        assert_eq!(items.try_next().await.unwrap().unwrap().id, "a");
        assert_eq!(items.try_next().await.unwrap().unwrap().id, "b");
        items.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::PermissionDenied, Some(3)));
    assert!(error.to_string().contains("page 3"), "{error}");
}

#[test]
fn prefetched_pages_come_in_order_and_side_by_side() {
    // Later pages answer sooner, and all of them are under way at once.
    let page = |n: u32| {
        let id = format!("g{n:02}");
        groups(&[&id], &page_of(n.into(), 9)).after(Duration::from_secs(if n == 1 {
            0
        } else {
            u64::from(20 - n)
        }))
    };
    let world = World::new((1..=9).map(page));
    let found = world.run(world.client.groups().list().prefetch(8).collect(100)).unwrap();
    assert_eq!(ids(&found), ["g01", "g02", "g03", "g04", "g05", "g06", "g07", "g08", "g09"]);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(18), "the slowest one's time");
    assert_eq!(world.sent(), 9);
}

#[test]
fn prefetch_is_bounded_and_waits_for_the_first_page() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 7)).after(Duration::from_secs(1));
    let world = World::new((1..=7).map(slow));
    let found = world.run(world.client.groups().list().prefetch(3).collect(100)).unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(3));
    let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_secs()).collect();
    assert_eq!(at, [0, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn without_totals_prefetch_walks_page_by_page() {
    let world = World::new([groups(&["a"], ""), groups(&["b"], ""), groups(&[], "")]);
    let found = world.run(world.client.groups().list().prefetch(4).collect(100)).unwrap();
    assert_eq!((found.len(), world.sent()), (2, 3));
}

#[test]
fn plans_page_the_same_way() {
    let plans = |id: &str, page| {
        ScriptedResponse::json(
            200,
            format!(r#"{{"data": [{{"id": "{id}", "name": "n"}}]{}}}"#, page_of(page, 2)),
        )
    };
    let world = World::new([plans("p1", 1), plans("p2", 2)]);
    let found = world.run(world.client.plans().list().limit(1).collect(100)).unwrap();
    assert_eq!(found.iter().map(|plan| plan.id.as_str()).collect::<Vec<_>>(), ["p1", "p2"]);
    assert_eq!(world.wire(), ["GET /v1/plans?limit=1", "GET /v1/plans?limit=1&page=2"]);
}

#[test]
fn what_is_left_of_a_deadline_bounds_a_walk_that_goes_on_after_a_page() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 9)).after(Duration::from_secs(2));
    let world = World::new((1..9).map(slow));
    let client = &world.client;
    let within = RequestOptions::new().deadline(Duration::from_secs(5));
    let shared = within.clone().until(client.deadline(&within));
    let first = world.run(client.groups().list().options(shared.clone()).send()).unwrap();
    let facts = PageSummary {
        requested: 1,
        page: Some(first.number()),
        total_pages: Some(9),
        items: 1,
        first_id: None,
    };
    let mut rest = client.groups().list().options(shared).after(facts).pages();
    let error = world.run(async {
        assert_eq!(rest.try_next().await.unwrap().unwrap().number(), 2);
        rest.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(3)));
    assert_eq!(world.clock.elapsed(), Duration::from_secs(5));
    assert!(error.to_string().contains("deadline of 5 s"), "{error}");
}

#[test]
fn the_next_page_of_a_page_has_what_is_left_of_its_deadline() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 9)).after(Duration::from_secs(2));
    let world = World::with((1..9).map(slow), |b| b.deadline(Duration::from_secs(3)));
    let first = world.run(world.client.groups().list().send()).unwrap();
    let error = world.run(first.next_page()).unwrap_err();
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(2)));
    assert_eq!(world.clock.elapsed(), Duration::from_secs(3));
}

#[test]
fn calls_of_one_moment_are_bounded_together() {
    let slow = || groups(&["g"], &page_of(1, 1)).after(Duration::from_secs(2));
    let world = World::new([slow(), slow(), slow()]);
    let within = RequestOptions::new().deadline(Duration::from_secs(3));
    let moment = world.client.deadline(&within);
    // A moment wins over a length, and survives being written and read.
    let read: Deadline = serde_json::from_value(serde_json::to_value(moment).unwrap()).unwrap();
    assert_eq!(read, moment);
    let shared = || RequestOptions::new().deadline(Duration::from_secs(60)).until(read);
    world.run(world.client.groups().list().options(shared()).send()).unwrap();
    let late = world.run(world.client.groups().list().options(shared()).send()).unwrap_err();
    assert_eq!((late.kind(), late.page()), (ErrorKind::Deadline, None));
    assert!(world.client.deadline(&RequestOptions::new()).is_unlimited());
}

#[test]
fn what_is_not_a_list_is_not_an_empty_one() {
    let bodies = [
        r#"{"message": "maintenance"}"#,
        r#"{"data": null}"#,
        r#"{"data": {}}"#,
        "{}",
        "[]",
        "",
        " ",
    ];
    for body in bodies {
        let world = World::new([ScriptedResponse::json(200, body)]);
        let groups = world.client.groups();
        let kinds = [
            world.run(groups.list().send()).unwrap_err().kind(),
            world.run(groups.list().collect(9)).unwrap_err().kind(),
            world.run(groups.find_by_external_reference_id("t1")).unwrap_err().kind(),
            world.run(groups.get_or_create(GroupCreateParams::new("t1", "n"))).unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::ResponseValidation; 4], "{body}");
        assert!(world.wire().iter().all(|line| line.starts_with("GET")), "{body}");
        let call = Call::new(&operation::GROUPS_LIST, &[], RequestOptions::new()).unwrap();
        let error = world.run(world.client.execute(call)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{body}");
        assert_eq!(error.operation(), Some("groups.list"), "{body}");
    }
}

/// Pages are below the lookups, which are made of them.
#[test]
fn a_create_that_is_sent_as_a_list_is_not_repeated() {
    let world = World::new([ScriptedResponse::status(500), groups(&[], &page_of(1, 1))]);
    let call = Call::new(&operation::GROUPS_CREATE, &[], RequestOptions::new()).unwrap();
    let call = call.with_json(&GroupCreateParams::new("tier-1", "Tier 1")).unwrap();
    let list = world.client.list_of::<vitable_groups::model::Group>(call);
    let error = world.run(list.send()).map(|page| page.number()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::InternalServer, true));
    assert_eq!(world.sent(), 1);
}
