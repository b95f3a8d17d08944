//! Injected faults and recorded requests.

use std::io::Read as _;

use serde_json::{Value, json};
use vitable_groups_sandbox::{RecordedRequest, Sandbox};

use crate::common::{Client, member};
use crate::{group, sandbox};

fn fault(sandbox: &Sandbox, fault: &Value) {
    sandbox.control().fault(fault).unwrap();
}

fn create(client: &Client, reference: &str) -> Option<crate::common::Response> {
    let body = json!({"name": "n", "external_reference_id": reference}).to_string();
    client.try_send("POST", "/v1/groups", Some(&body))
}

fn total(client: &Client) -> Value {
    client.get("/v1/groups").json()["pagination"]["total"].clone()
}

/// Waits until a condition holds; panics if it never does.
fn until(condition: impl Fn() -> bool) {
    for _ in 0..10_000_000 {
        if condition() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("the condition never held");
}

#[test]
fn a_response_is_replaced() {
    let (sandbox, client) = sandbox();
    fault(
        &sandbox,
        &json!({"operation": "groups.create", "status": 503, "headers": {"Retry-After": 7, "x-a": ["1", "2"]}}),
    );
    assert_eq!(client.get("/v1/groups").status, 200, "the fault is for another operation");
    let response = create(&client, "r").unwrap();
    let (status, code, _) = response.error();
    assert_eq!((status, code.as_str()), (503, "internal_error"));
    assert_eq!(response.header("retry-after"), Some("7"));
    assert_eq!(response.headers.iter().filter(|(name, _)| name == "x-a").count(), 2);
    assert_eq!(total(&client), 0, "the operation did not run");

    fault(&sandbox, &json!({"status": 502, "body": "<html>Bad gateway</html>", "effect": true}));
    let response = create(&client, "r").unwrap();
    assert_eq!((response.status, response.body.as_str()), (502, "<html>Bad gateway</html>"));
    assert_eq!(response.header("content-type"), Some("text/html"));
    assert_eq!(total(&client), 1, "the operation ran");

    fault(
        &sandbox,
        &json!([{"status": 429, "body": {"error": "e"}}, {"status": 204, "body": ""}, {"headers": {"x-b": "1"}}]),
    );
    assert_eq!(client.get("/v1/plans").json(), json!({"error": "e"}));
    assert_eq!(client.get("/v1/plans").status, 204);
    let own = client.get("/v1/plans");
    assert_eq!((own.status, own.header("x-b")), (200, Some("1")));
}

#[test]
fn a_connection_is_dropped_before_or_after_the_operation() {
    let (sandbox, client) = sandbox();
    fault(&sandbox, &json!({"operation": "groups.create", "drop": "before"}));
    assert!(client.raw("POST", "/v1/groups", Some("{}")).is_empty());
    assert_eq!(total(&client), 0);
    fault(&sandbox, &json!({"operation": "groups.create", "drop": "after"}));
    assert!(create(&client, "r").is_none());
    assert_eq!(total(&client), 1);
    assert_eq!(create(&client, "r").unwrap().status, 409);
}

#[test]
fn a_body_is_truncated_or_replaced_by_garbage() {
    let (sandbox, client) = sandbox();
    fault(&sandbox, &json!([{"cut_at": 9}, {"cut_at": 0}, {"cut_at": 1_000_000}]));
    for want in [Some(9), Some(0), None] {
        let response = client.get("/v1/plans");
        assert_eq!(response.status, 200);
        assert!(!response.complete);
        assert!(want.is_none_or(|length| response.body.len() == length));
    }
    fault(&sandbox, &json!([{"garbage": true}, {"garbage": "HTTP/9 hello"}]));
    let garbage = client.raw("GET", "/v1/plans", None);
    assert!(!garbage.is_empty() && !garbage.starts_with(b"HTTP/"));
    assert_eq!(client.raw("GET", "/v1/plans", None), b"HTTP/9 hello");
    assert_eq!(client.get("/v1/plans").status, 200);
}

#[test]
fn a_body_may_be_arbitrary_bytes_and_arrive_slowly() {
    let (sandbox, client) = sandbox();
    fault(&sandbox, &json!({"status": 500, "body_base64": "/wD+"}));
    assert!(client.raw("GET", "/v1/plans", None).ends_with(b"\r\n\r\n\xff\0\xfe"));
    let full = client.get("/v1/plans");
    fault(&sandbox, &json!({"drip_ms": 1}));
    let dripped = client.get("/v1/plans");
    assert!(dripped.complete);
    assert_eq!((dripped.status, dripped.body), (200, full.body));
}

#[test]
fn values_are_merged_into_a_response() {
    let (sandbox, client) = sandbox();
    let group = group(&client, "r");
    fault(
        &sandbox,
        &json!({"operation": "groups.retrieve", "merge": {"data": {"name": null, "new": {"a": 1}}}}),
    );
    let path = format!("/v1/groups/{group}");
    let changed = client.get(&path);
    assert_eq!((changed.status, &changed.data()["name"]), (200, &Value::Null));
    assert_eq!(changed.data()["new"], json!({"a": 1}));
    assert_eq!(changed.data()["id"], group.as_str());
    assert_eq!(client.get(&path).data()["external_reference_id"], "r");
}

#[test]
fn a_sync_has_the_idempotency_key_of_its_request() {
    let (sandbox, client) = sandbox();
    let group = group(&client, "r");
    let path = format!("/v1/groups/{group}/members/sync");
    client.with("Idempotency-Key", "k-1").post(&path, &json!({"members": []}));
    client.post(&path, &json!({"members": []}));
    let syncs = sandbox.control().state().unwrap()["syncs"].take();
    assert_eq!(
        (&syncs[0]["idempotency_key"], &syncs[1]["idempotency_key"]),
        (&json!("k-1"), &Value::Null)
    );
}

#[test]
fn a_request_hangs_until_released() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    fault(&sandbox, &json!({"operation": "groups.create", "hang": "before"}));
    fault(&sandbox, &json!({"operation": "groups.create", "hang": "after"}));
    let hanging = |count: u64| {
        until(|| control.call("GET", "/faults", &Value::Null).unwrap()["hanging"] == count);
    };
    let body =
        |reference: &str| json!({"name": "n", "external_reference_id": reference}).to_string();
    let mut first = client.open("POST", "/v1/groups", Some(&body("a")));
    hanging(1);
    let mut second = client.open("POST", "/v1/groups", Some(&body("b")));
    hanging(2);
    assert_eq!(total(&client), 1, "only the second one ran");
    control.release();
    for stream in [&mut first, &mut second] {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 201"), "{text}");
    }
    assert_eq!(total(&client), 2);
}

#[test]
fn delays_apply_before_and_after_the_operation() {
    let (sandbox, client) = sandbox();
    fault(
        &sandbox,
        &json!({"operation": "groups.create", "delay_ms": 30, "delay_after_ms": 3_600_000}),
    );
    let body = json!({"name": "n", "external_reference_id": "r"}).to_string();
    let stream = client.open("POST", "/v1/groups", Some(&body));
    until(|| total(&client) == 1);
    let status = || sandbox.control().requests()[0].status;
    assert_eq!(status(), None);
    drop(stream);
    until(|| sandbox.control().requests()[0].aborted);
}

#[test]
fn a_disconnected_client_is_noticed() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    fault(&sandbox, &json!({"hang": "before"}));
    let stream = client.open("GET", "/v1/groups", None);
    until(|| control.call("GET", "/faults", &Value::Null).unwrap()["hanging"] == 1);
    assert!(!control.requests()[0].aborted);
    drop(stream);
    until(|| control.requests()[0].aborted);
    until(|| control.call("GET", "/faults", &Value::Null).unwrap()["hanging"] == 0);
    // Disconnects after half of the body.
    let mut half = client.clone();
    half.headers.push(("content-length".to_owned(), "100".to_owned()));
    drop(half.open("POST", "/v1/groups", None));
    until(|| control.requests().get(1).is_some_and(|request| request.aborted));
    client.get("/v1/groups");
    let last = control.requests().pop().unwrap();
    assert!(!last.aborted && last.status == Some(200));
}

#[test]
fn requests_are_recorded() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    let body = json!({"members": [member("E1")]});
    client.with("X-Custom", "ü").post(&format!("/v1/groups/{id}/members/sync"), &body);
    client.get("/v1/groups?limit=2&page=%31");
    client.get("/nowhere");
    client.send("PUT", "/v1/groups", None);
    fault(&sandbox, &json!({"drop": "before"}));
    client.raw("GET", "/v1/plans", None);

    let requests = sandbox.control().requests();
    let over_http = client.get("/__sandbox/requests").json()["requests"].clone();
    assert_eq!(over_http, serde_json::to_value(&requests).unwrap());
    let operations: Vec<_> = requests.iter().map(|request| request.operation).collect();
    assert_eq!(
        operations,
        [
            Some("groups.create"),
            Some("groups.members.sync.submit"),
            Some("groups.list"),
            None,
            None,
            Some("plans.list")
        ]
    );
    let RecordedRequest { method, path, query, headers, .. } = &requests[1];
    assert_eq!((method.as_str(), query.as_deref()), ("POST", None));
    assert_eq!(*path, format!("/v1/groups/{id}/members/sync"));
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["host", "connection", "authorization", "x-custom", "content-length"]);
    assert_eq!(requests[1].header("x-custom"), Some("ü"));
    assert_eq!(serde_json::from_str::<Value>(&requests[1].body).unwrap(), body);
    assert_eq!(requests[2].query.as_deref(), Some("limit=2&page=%31"));
    let statuses: Vec<_> = requests[3..].iter().map(|request| request.status).collect();
    assert_eq!(statuses, [Some(404), Some(405), None]);
    assert_eq!(requests[5].fault, Some(1));

    client.send("DELETE", "/__sandbox/requests", None);
    assert!(sandbox.control().requests().is_empty());
}
