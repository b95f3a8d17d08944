//! Pages of groups and plans.

use serde_json::json;

use crate::common::Client;
use crate::{group, sandbox, text};

fn references(client: &Client, query: &str) -> Vec<String> {
    let data = client.get(&format!("/v1/groups?{query}")).data();
    let groups = data.as_array().unwrap();
    groups.iter().map(|group| text(&group["external_reference_id"])).collect()
}

#[test]
fn pages_are_in_order_and_have_totals() {
    let (_sandbox, client) = sandbox();
    let empty = client.get("/v1/groups").json();
    assert_eq!(
        empty,
        json!({"data": [], "pagination": {"page": 1, "limit": 20, "total": 0, "total_pages": 0}})
    );
    for number in 1..=5 {
        group(&client, &format!("r{number}"));
    }
    assert_eq!(references(&client, "limit=2"), ["r1", "r2"]);
    assert_eq!(references(&client, "limit=2&page=3"), ["r5"]);
    let past = client.get("/v1/groups?limit=2&page=4").json();
    assert_eq!(
        past,
        json!({"data": [], "pagination": {"page": 4, "limit": 2, "total": 5, "total_pages": 3}})
    );
    let far = client.get("/v1/groups?page=18446744073709551616");
    assert_eq!((far.status, far.data()), (200, json!([])));
    assert_eq!(references(&client, "").len(), 5);
}

#[test]
fn bounds_are_checked_on_both_lists() {
    let (_sandbox, client) = sandbox();
    for list in ["/v1/groups", "/v1/plans"] {
        for query in ["limit=0", "limit=101", "limit=x", "limit=", "page=0", "page=-1", "page=1.5"]
        {
            let (status, code, message) = client.get(&format!("{list}?{query}")).error();
            assert_eq!((status, code.as_str()), (400, "validation_error"), "{query}");
            assert!(message.starts_with(query.split('=').next().unwrap()), "{message}");
        }
        assert_eq!(client.get(&format!("{list}?limit=100&page=1")).status, 200);
    }
}

#[test]
fn groups_are_filtered_by_reference() {
    let (_sandbox, client) = sandbox();
    group(&client, "a b&c");
    group(&client, "other");
    assert_eq!(references(&client, "external_reference_id=a%20b%26c"), ["a b&c"]);
    assert!(references(&client, "external_reference_id=A").is_empty());
    let page = client.get("/v1/groups?external_reference_id=other&limit=1").json();
    assert_eq!(page["pagination"]["total"], 1);
}

#[test]
fn plans_are_paged() {
    let (sandbox, client) = sandbox();
    assert_eq!(client.get("/v1/plans").json()["pagination"]["total"], 2);
    sandbox.control().seed(&json!({"plans": [{"id": "pln_gold", "name": "Gold"}]})).unwrap();
    let page = client.get("/v1/plans?limit=2&page=2").json();
    assert_eq!(page["data"], json!([{"id": "pln_gold", "name": "Gold"}]));
    assert_eq!(page["pagination"], json!({"page": 2, "limit": 2, "total": 3, "total_pages": 2}));
    assert_eq!(client.get("/v1/plans?limit=2&page=3").data(), json!([]));
    sandbox.control().seed(&json!({"remove_plans": ["pln_gold"]})).unwrap();
    assert_eq!(client.get("/v1/plans").json()["pagination"]["total"], 2);
}

#[test]
fn twenty_thousand_groups_are_listed() {
    let (sandbox, client) = sandbox();
    sandbox.control().seed(&json!({"many_groups": {"count": 20_000, "prefix": "g"}})).unwrap();
    let mut seen = std::collections::HashSet::new();
    for page in 1..=200 {
        seen.extend(references(&client, &format!("limit=100&page={page}")));
    }
    assert_eq!(seen.len(), 20_000);
    assert_eq!(references(&client, "limit=1"), ["g-00001"]);
    assert_eq!(references(&client, "limit=1&page=20000"), ["g-20000"]);
}
