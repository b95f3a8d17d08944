//! Successes that are not what the operation returns. Untyped languages take some of these as they
//! are, so they are no shared scenarios.

#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use common::World;
use vitable_groups::ErrorKind;
use vitable_groups::testing::ScriptedResponse;

fn failure(body: &'static str) -> vitable_groups::Error {
    let world = World::new([ScriptedResponse::json(200, body)]);
    let error = world.run(world.client.groups().retrieve("grp_1").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseValidation);
    assert_eq!((error.status(), world.sent()), (Some(200), 1), "it is not tried again");
    error
}

#[test]
fn the_place_is_named_and_the_value_is_not() {
    let text = failure(r#"{"data": {"id": "grp_1", "name": {"first": "Jane"}}}"#).to_string();
    assert!(text.contains("data.name") && !text.contains("Jane"), "{text}");
    let text = failure(r#"{"data": {"name": "Jane"}}"#).to_string();
    assert!(text.contains("`data`") && !text.contains("Jane"), "{text}");
}

#[test]
fn null_and_nothing_are_no_group() {
    failure("null");
    failure(r#"{"data": null}"#);
    assert!(failure("").to_string().contains("empty"));
}

#[test]
fn missing_lists_of_results_are_not_empty_ones() {
    let all = r#""added_group_member_ids": [], "removed_group_member_ids": [], "failures": []"#;
    for list in ["added_group_member_ids", "removed_group_member_ids", "failures"] {
        for instead in ["\"other\": []", "\"other\": null"] {
            let results = all.replace(&format!(r#""{list}": []"#), instead);
            let state = r#""request_id": "r1", "completed_at": "2026-01-15T10:30:42Z""#;
            let body = format!(r#"{{"data": {{{state}, "results": {{{results}}}}}}}"#);
            let world = World::new([ScriptedResponse::json(200, body)]);
            let sync = world.client.groups().members().sync();
            let error = world.run(sync.retrieve("r1", "grp_1").send()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{list} {instead}");
            let wait = sync.wait(vitable_groups::SyncHandle::new("grp_1", "r1"));
            let error = world.run(wait.into_future()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{list} {instead}");
            assert!(error.sync_handle().is_some());
        }
    }
}
