//! Lists: pages, items, prefetching, ends and failures.

mod common;

use std::time::Duration;

use common::{TestClient, groups, page_of};
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
fn pages_are_fetched_on_demand() {
    let test = TestClient::new(three_pages());
    let first = test.run(test.client.groups().list().limit(2).send()).unwrap();
    assert_eq!((first.number(), first.next_number(), test.sent()), (1, Some(2), 1));
    let second = test.run(first.next_page()).unwrap().unwrap();
    let third = test.run(second.next_page()).unwrap().unwrap();
    assert_eq!(test.run(third.next_page()).unwrap().map(|page| page.number()), None);
    assert_eq!(
        test.request_lines(),
        [
            "GET /v1/groups?limit=2",
            "GET /v1/groups?limit=2&page=2",
            "GET /v1/groups?limit=2&page=3"
        ]
    );
}

#[test]
fn items_are_returned_once_even_if_pages_overlap() {
    let test = TestClient::new([
        groups(&["a", "b"], &page_of(1, 3)),
        groups(&["b", "c"], &page_of(2, 3)),
        groups(&["c", "d"], &page_of(3, 3)),
    ]);
    let found = test.run(test.client.groups().list().collect(100)).unwrap();
    assert_eq!(ids(&found), ["a", "b", "c", "d"]);
}

#[test]
fn an_empty_page_ends_the_list() {
    let test = TestClient::new([groups(&["a"], &page_of(1, 3)), groups(&[], &page_of(2, 3))]);
    assert_eq!(test.run(test.client.groups().list().collect(100)).unwrap().len(), 1);
    assert_eq!(test.sent(), 2);
}

#[test]
fn a_shrinking_total_ends_the_list() {
    let test = TestClient::new([groups(&["a"], &page_of(1, 9)), groups(&["b"], &page_of(2, 2))]);
    assert_eq!(test.run(test.client.groups().list().collect(100)).unwrap().len(), 2);
    assert_eq!(test.sent(), 2);
}

#[test]
fn collect_stops_at_its_limit() {
    let test = TestClient::new(three_pages());
    let found = test.run(test.client.groups().list().collect(3)).unwrap();
    assert_eq!((ids(&found), test.sent()), (vec!["a", "b", "c"], 2));
}

#[test]
fn options_apply_to_every_page() {
    let test = TestClient::new(three_pages());
    let options = RequestOptions::new().header("X-Job", "j").query("q", "1");
    test.run(test.client.groups().list().options(options).collect(100)).unwrap();
    for request in test.transport.requests() {
        assert_eq!(request.header("x-job"), Some("j"));
        assert!(request.path.contains("q=1"), "{}", request.path);
    }
}

#[test]
fn a_failure_on_page_3_has_its_number_and_earlier_items_remain() {
    let test = TestClient::new([
        groups(&["a"], &page_of(1, 3)),
        groups(&["b"], &page_of(2, 3)),
        ScriptedResponse::status(403),
    ]);
    let mut items = test.client.groups().list().items();
    let error = test.run(async {
        assert_eq!(items.try_next().await.unwrap().unwrap().id, "a");
        assert_eq!(items.try_next().await.unwrap().unwrap().id, "b");
        items.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::PermissionDenied, Some(3)));
    assert!(error.to_string().contains("page 3"), "{error}");
}

#[test]
fn prefetched_pages_are_concurrent_and_in_order() {
    // Later pages respond sooner, and all are in flight at the same time.
    let page = |n: u32| {
        let id = format!("g{n:02}");
        groups(&[&id], &page_of(n.into(), 9)).after(Duration::from_secs(if n == 1 {
            0
        } else {
            u64::from(20 - n)
        }))
    };
    let test = TestClient::new((1..=9).map(page));
    let found = test.run(test.client.groups().list().prefetch(8).collect(100)).unwrap();
    assert_eq!(ids(&found), ["g01", "g02", "g03", "g04", "g05", "g06", "g07", "g08", "g09"]);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(18), "the slowest one's time");
    assert_eq!(test.sent(), 9);
}

#[test]
fn prefetching_is_limited_and_starts_after_the_first_page() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 7)).after(Duration::from_secs(1));
    let test = TestClient::new((1..=7).map(slow));
    let found = test.run(test.client.groups().list().prefetch(3).collect(100)).unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(3));
    let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_secs()).collect();
    assert_eq!(at, [0, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn without_totals_pages_are_fetched_one_by_one() {
    let test = TestClient::new([groups(&["a"], ""), groups(&["b"], ""), groups(&[], "")]);
    let found = test.run(test.client.groups().list().prefetch(4).collect(100)).unwrap();
    assert_eq!((found.len(), test.sent()), (2, 3));
}

#[test]
fn plans_are_paginated_like_groups() {
    let plans = |id: &str, page| {
        ScriptedResponse::json(
            200,
            format!(r#"{{"data": [{{"id": "{id}", "name": "n"}}]{}}}"#, page_of(page, 2)),
        )
    };
    let test = TestClient::new([plans("p1", 1), plans("p2", 2)]);
    let found = test.run(test.client.plans().list().limit(1).collect(100)).unwrap();
    assert_eq!(found.iter().map(|plan| plan.id.as_str()).collect::<Vec<_>>(), ["p1", "p2"]);
    assert_eq!(test.request_lines(), ["GET /v1/plans?limit=1", "GET /v1/plans?limit=1&page=2"]);
}

#[test]
fn a_shared_deadline_applies_when_iteration_continues_after_a_page() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 9)).after(Duration::from_secs(2));
    let test = TestClient::new((1..9).map(slow));
    let client = &test.client;
    let within = RequestOptions::new().deadline(Duration::from_secs(5));
    let shared = within.clone().until(client.deadline(&within));
    let first = test.run(client.groups().list().options(shared.clone()).send()).unwrap();
    let summary = PageSummary {
        requested: 1,
        page: Some(first.number()),
        total_pages: Some(9),
        items: 1,
        first_id: None,
    };
    let mut rest = client.groups().list().options(shared).after(summary).pages();
    let error = test.run(async {
        assert_eq!(rest.try_next().await.unwrap().unwrap().number(), 2);
        rest.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(3)));
    assert_eq!(test.clock.elapsed(), Duration::from_secs(5));
    assert!(error.to_string().contains("deadline of 5 s"), "{error}");
}

#[test]
fn the_next_page_shares_the_deadline() {
    let slow = |n: i64| groups(&[&format!("g{n}")], &page_of(n, 9)).after(Duration::from_secs(2));
    let test = TestClient::with((1..9).map(slow), |b| b.deadline(Duration::from_secs(3)));
    let first = test.run(test.client.groups().list().send()).unwrap();
    let error = test.run(first.next_page()).unwrap_err();
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(2)));
    assert_eq!(test.clock.elapsed(), Duration::from_secs(3));
}

#[test]
fn calls_can_share_a_deadline() {
    let slow = || groups(&["g"], &page_of(1, 1)).after(Duration::from_secs(2));
    let test = TestClient::new([slow(), slow(), slow()]);
    let within = RequestOptions::new().deadline(Duration::from_secs(3));
    let deadline = test.client.deadline(&within);
    // `until` takes precedence over `deadline`, and a deadline can be serialized.
    let read: Deadline = serde_json::from_value(serde_json::to_value(deadline).unwrap()).unwrap();
    assert_eq!(read, deadline);
    let shared = || RequestOptions::new().deadline(Duration::from_secs(60)).until(read);
    test.run(test.client.groups().list().options(shared()).send()).unwrap();
    let late = test.run(test.client.groups().list().options(shared()).send()).unwrap_err();
    assert_eq!((late.kind(), late.page()), (ErrorKind::Deadline, None));
    assert!(test.client.deadline(&RequestOptions::new()).is_unlimited());
}

#[test]
fn a_body_without_a_list_is_an_error() {
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
        let test = TestClient::new([ScriptedResponse::json(200, body)]);
        let groups = test.client.groups();
        let kinds = [
            test.run(groups.list().send()).unwrap_err().kind(),
            test.run(groups.list().collect(9)).unwrap_err().kind(),
            test.run(groups.find_by_external_reference_id("t1")).unwrap_err().kind(),
            test.run(groups.get_or_create(GroupCreateParams::new("t1", "n"))).unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::ResponseValidation; 4], "{body}");
        assert!(test.request_lines().iter().all(|line| line.starts_with("GET")), "{body}");
        let call = Call::new(&operation::GROUPS_LIST, &[], RequestOptions::new()).unwrap();
        let error = test.run(test.client.execute(call)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{body}");
        assert_eq!(error.operation(), Some("groups.list"), "{body}");
    }
}

/// Lists cannot use lookups, which are built on lists.
#[test]
fn a_create_sent_as_a_list_is_not_retried() {
    let test = TestClient::new([ScriptedResponse::status(500), groups(&[], &page_of(1, 1))]);
    let call = Call::new(&operation::GROUPS_CREATE, &[], RequestOptions::new()).unwrap();
    let call = call.with_json(&GroupCreateParams::new("tier-1", "Tier 1")).unwrap();
    let list = test.client.list_of::<vitable_groups::model::Group>(call);
    let error = test.run(list.send()).map(|page| page.number()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::InternalServer, true));
    assert_eq!(test.sent(), 1);
}
