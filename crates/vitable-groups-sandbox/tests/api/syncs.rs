//! Syncs, from the receipt to the results.

use serde_json::{Value, json};

use crate::common::{PLAN, member};
use crate::{counts, group, sandbox, state, submit, sync, text};

#[test]
fn a_receipt_is_followed_by_results() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.call("POST", "/clock", &json!({"now": "2026-01-15T10:30:00Z"})).unwrap();
    control.settings(&json!({"sync_delay_ms": "42s"})).unwrap();
    let id = group(&client, "r");
    let body = json!({"members": [member("E1")]});
    let response = client.post(&format!("/v1/groups/{id}/members/sync"), &body);
    assert_eq!(response.status, 202);
    let receipt = response.data();
    let request = text(&receipt["request_id"]);
    assert!(request.starts_with("grpmsr_"));
    assert_eq!(
        receipt,
        json!({"request_id": request, "group_id": id, "accepted_at": "2026-01-15T10:30:00Z"})
    );

    let waiting = state(&client, &id, &request);
    assert_eq!(waiting["completed_at"], Value::Null);
    assert_eq!(waiting["results"], Value::Null);
    assert_eq!(waiting.as_object().unwrap().len(), 5);
    control.advance(std::time::Duration::from_millis(41_999));
    assert_eq!(state(&client, &id, &request), waiting);

    control.advance(std::time::Duration::from_millis(1));
    let completed = state(&client, &id, &request);
    assert_eq!(completed["completed_at"], "2026-01-15T10:30:42Z");
    assert_eq!(counts(&completed["results"]), (1, 0, vec![]));
    assert!(text(&completed["results"]["added_group_member_ids"][0]).starts_with("grpmbr_"));

    // Later syncs do not change the results.
    control.settings(&json!({"sync_delay_ms": 0})).unwrap();
    assert_eq!(counts(&sync(&client, &id, &json!([]))), (0, 1, vec![]));
    assert_eq!(state(&client, &id, &request), completed);
}

#[test]
fn a_request_is_found_only_in_its_group() {
    let (_sandbox, client) = sandbox();
    let (one, two) = (group(&client, "one"), group(&client, "two"));
    let request = submit(&client, &one, &json!([]));
    state(&client, &one, &request);
    let error = client.get(&format!("/v1/groups/{two}/members/sync/{request}")).error();
    assert_eq!(error, (404, "not_found".to_owned(), "Sync request not found".to_owned()));
    assert_eq!(client.get(&format!("/v1/groups/{one}/members/sync/grpmsr_x")).error().0, 404);
    let other = client.get(&format!("/v1/groups/grp_x/members/sync/{request}")).error();
    assert_eq!(other.2, "Group not found");
}

#[test]
fn a_violation_queues_nothing() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let path = format!("/v1/groups/{id}/members/sync");
    sync(&client, &id, &json!([member("E1")]));
    let mut bad_state = member("E3");
    bad_state["address"]["state"] = json!("XX");
    for (body, want) in [
        (
            json!({"members": [member("E1"), member("E1")]}),
            "members[1].reference_id: duplicates members[0].reference_id",
        ),
        (
            json!({"members": [member("E2"), bad_state]}),
            "members[1].address.state: must be a two-letter USPS state or territory code",
        ),
        (json!({"members": null}), "members: is required"),
        (json!({}), "members: is required"),
        (json!({"members": {}}), "members: must be an array"),
        (json!([]), "The body must be a JSON object"),
    ] {
        let error = client.post(&path, &body).error();
        assert_eq!(error, (400, "validation_error".to_owned(), want.to_owned()));
    }
    let many: Vec<Value> = (0..5_001).map(|number| member(&number.to_string())).collect();
    let error = client.post(&path, &json!({"members": many})).error();
    assert_eq!((error.0, error.2.as_str()), (400, "members: must have at most 5000 rows"));
    // E1 is still the only member.
    assert_eq!(counts(&sync(&client, &id, &json!([member("E1")]))), (0, 0, vec![]));
}

#[test]
fn a_date_of_birth_is_compared_with_the_clock() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    sandbox.control().call("POST", "/clock", &json!({"now": "1990-05-14T23:59:59Z"})).unwrap();
    let path = format!("/v1/groups/{id}/members/sync");
    let body = json!({"members": [member("E1")]});
    let error = client.post(&path, &body).error();
    assert_eq!(error.2, "members[0].date_of_birth: must not be in the future");
    sandbox.control().advance(std::time::Duration::from_secs(1));
    assert_eq!(client.post(&path, &body).status, 202);
}

#[test]
fn five_thousand_rows_are_accepted() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let rows = |from: u32| -> Value {
        (from..from + 5_000)
            .map(|number| {
                let mut row = member(&format!("EMP-{number}"));
                row["email"] = json!(format!("p{number}@example.com"));
                row
            })
            .collect()
    };
    assert_eq!(counts(&sync(&client, &id, &rows(0))), (5_000, 0, vec![]));
    assert_eq!(counts(&sync(&client, &id, &rows(100))), (100, 100, vec![]));
}

#[test]
fn requests_of_a_group_run_one_after_another() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.advance(std::time::Duration::ZERO);
    control.settings(&json!({"sync_delay_ms": 1_000})).unwrap();
    let (one, two) = (group(&client, "one"), group(&client, "two"));
    let first = submit(&client, &one, &json!([member("A"), member("B")]));
    let second = submit(&client, &one, &json!([member("B"), member("C")]));
    let other = submit(&client, &two, &json!([member("A")]));
    let completed =
        |group: &str, request: &str| state(&client, group, request)["completed_at"].is_string();

    control.advance(std::time::Duration::from_secs(1));
    assert!(completed(&one, &first));
    assert!(!completed(&one, &second));
    assert!(completed(&two, &other), "another group does not wait");
    control.advance(std::time::Duration::from_secs(1));
    // It starts from the roster at that time, which has B.
    let results = state(&client, &one, &second)["results"].clone();
    assert_eq!(counts(&results), (1, 1, vec![]));
    assert_eq!(
        results["removed_group_member_ids"][0],
        state(&client, &one, &first)["results"]["added_group_member_ids"][0]
    );
}

#[test]
fn a_sync_may_stay_in_progress_until_it_is_completed() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.settings(&json!({"sync_delay_ms": "never"})).unwrap();
    let id = group(&client, "r");
    let requests =
        [submit(&client, &id, &json!([member("A")])), submit(&client, &id, &json!([member("B")]))];
    control.advance(std::time::Duration::from_secs(100 * 365 * 24 * 3600));
    for request in &requests {
        assert_eq!(state(&client, &id, request)["results"], Value::Null);
    }
    control.call("POST", "/syncs/complete", &Value::Null).unwrap();
    assert_eq!(counts(&state(&client, &id, &requests[1])["results"]), (1, 1, vec![]));

    let third = submit(&client, &id, &json!([]));
    assert_eq!(state(&client, &id, &third)["results"], Value::Null);
    control.settings(&json!({"sync_delay_ms": 0})).unwrap();
    assert_eq!(counts(&state(&client, &id, &third)["results"]), (0, 1, vec![]));
}

#[test]
fn the_plan_of_a_subscribed_member_does_not_change() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    sync(&client, &id, &json!([member("E1")]));
    let mut changed = member("E1");
    changed["plan_id"] = json!("pln_unknown");
    assert_eq!(counts(&sync(&client, &id, &json!([changed.clone()]))), (0, 0, vec![]));
    assert_eq!(sandbox.control().state().unwrap()["members"][0]["plan_id"], PLAN);
    // When the member is removed and added again, the new plan is checked.
    sync(&client, &id, &json!([]));
    let (added, _, failures) = counts(&sync(&client, &id, &json!([changed])));
    assert_eq!((added, failures[0].2.as_str()), (0, "Invalid plan_id"));
}
