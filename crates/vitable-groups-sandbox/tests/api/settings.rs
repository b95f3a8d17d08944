//! Each setting, with the behavior other than its default.

use serde_json::{Value, json};

use crate::common::member;
use crate::{group, sandbox, state, submit, sync};

#[test]
fn a_401_may_be_nested() {
    let (sandbox, client) = sandbox();
    sandbox
        .control()
        .settings(&json!({"unauthorized_body": "nested", "accept_any_key": false}))
        .unwrap();
    let response = client.get("/v1/groups");
    assert_eq!(response.status, 401);
    let want = json!({"error": {"code": "unauthorized", "message": "Invalid or missing API key"}});
    assert_eq!(response.json(), want);
}

#[test]
fn timestamps_have_other_formats() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.call("POST", "/clock", &json!({"now": "2026-01-15T10:30:00.25Z"})).unwrap();
    let id = group(&client, "r");
    let created = || client.get(&format!("/v1/groups/{id}")).data()["created_at"].clone();
    assert_eq!(created(), "2026-01-15T10:30:00Z");
    control.settings(&json!({"timestamp_offset": "+00:00"})).unwrap();
    assert_eq!(created(), "2026-01-15T10:30:00+00:00");
    control.settings(&json!({"timestamp_fraction": true})).unwrap();
    assert_eq!(created(), "2026-01-15T10:30:00.250000+00:00");
    control.settings(&json!({"null_timestamps": true})).unwrap();
    assert_eq!(created(), Value::Null);
    control.settings(&json!({"omit_null_keys": true})).unwrap();
    let group = client.get(&format!("/v1/groups/{id}")).data();
    assert!(group.get("created_at").is_none() && group.get("name").is_some());
}

#[test]
fn pagination_may_be_missing() {
    let (sandbox, client) = sandbox();
    sandbox.control().settings(&json!({"omit_pagination": true})).unwrap();
    for list in ["/v1/groups", "/v1/plans"] {
        let body = client.get(list).json();
        assert!(body.get("pagination").is_none() && body["data"].is_array());
    }
}

#[test]
fn a_second_sync_may_be_a_conflict() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.settings(&json!({"concurrent_sync": "conflict", "sync_delay_ms": "never"})).unwrap();
    let (one, two) = (group(&client, "one"), group(&client, "two"));
    let request = submit(&client, &one, &json!([member("A")]));
    let path = format!("/v1/groups/{one}/members/sync");
    assert_eq!(client.post(&path, &json!({"members": []})).error().1, "conflict");
    assert_eq!(client.post(&path, &json!({"members": 1})).error().0, 400);
    submit(&client, &two, &json!([]));
    control.settings(&json!({"sync_delay_ms": 0})).unwrap();
    assert!(state(&client, &one, &request)["results"].is_object());
    sync(&client, &one, &json!([]));
}

#[test]
fn a_rate_limit_returns_retry_after() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.advance(std::time::Duration::ZERO);
    control.settings(&json!({"rate_limit": {"requests": 2, "per_seconds": 30}})).unwrap();
    assert_eq!(client.get("/v1/plans").status, 200);
    control.advance(std::time::Duration::from_secs(10));
    assert_eq!(client.get("/v1/plans").status, 200);
    let limited = client.get("/v1/plans");
    assert_eq!(limited.error().1, "rate_limited");
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("20")));
    assert_eq!(client.key("other").get("/v1/plans").status, 200);
    control.advance(std::time::Duration::from_secs(20));
    assert_eq!(client.get("/v1/plans").status, 200);
}

#[test]
fn settings_are_changed_one_by_one() {
    let (_sandbox, client) = sandbox();
    let path = "/__sandbox/settings";
    let before = client.get(path).json();
    assert_eq!(before["sync_delay_ms"], 0);
    let after =
        client.patch(path, &json!({"sync_delay_ms": "1.5s", "omit_pagination": true})).json();
    assert_eq!(
        (after["sync_delay_ms"].clone(), after["omit_pagination"].clone()),
        (json!(1_500), json!(true))
    );
    for wrong in
        [json!({"delay": 1}), json!({"sync_delay_ms": "soon"}), json!([]), json!({"rate_limit": 1})]
    {
        assert_eq!(client.patch(path, &wrong).error().0, 400, "{wrong}");
    }
    assert_eq!(client.get(path).json(), after);
}
