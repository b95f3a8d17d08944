//! Success responses with unexpected bodies. These are not shared scenarios, because dynamically
//! typed languages accept some of them.

#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use common::TestClient;
use vitable_groups::ErrorKind;
use vitable_groups::testing::ScriptedResponse;

fn failure(body: &'static str) -> vitable_groups::Error {
    let test = TestClient::new([ScriptedResponse::json(200, body)]);
    let error = test.run(test.client.groups().retrieve("grp_1").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseValidation);
    assert_eq!((error.status(), test.sent()), (Some(200), 1), "it is not retried");
    error
}

#[test]
fn errors_name_the_path_but_not_the_value() {
    let text = failure(r#"{"data": {"id": "grp_1", "name": {"first": "Jane"}}}"#).to_string();
    assert!(text.contains("data.name") && !text.contains("Jane"), "{text}");
    let text = failure(r#"{"data": {"name": "Jane"}}"#).to_string();
    assert!(text.contains("`data`") && !text.contains("Jane"), "{text}");
}

#[test]
fn null_and_empty_bodies_are_errors() {
    failure("null");
    failure(r#"{"data": null}"#);
    assert!(failure("").to_string().contains("empty"));
}

#[test]
fn missing_result_lists_are_errors() {
    let all = r#""added_group_member_ids": [], "removed_group_member_ids": [], "failures": []"#;
    for list in ["added_group_member_ids", "removed_group_member_ids", "failures"] {
        for replacement in ["\"other\": []", "\"other\": null"] {
            let results = all.replace(&format!(r#""{list}": []"#), replacement);
            let state = r#""request_id": "r1", "completed_at": "2026-01-15T10:30:42Z""#;
            let body = format!(r#"{{"data": {{{state}, "results": {{{results}}}}}}}"#);
            let test = TestClient::new([ScriptedResponse::json(200, body)]);
            let sync = test.client.groups().members().sync();
            let error = test.run(sync.retrieve("r1", "grp_1").send()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{list} {replacement}");
            let wait = sync.wait(vitable_groups::SyncHandle::new("grp_1", "r1"));
            let error = test.run(wait.into_future()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{list} {replacement}");
            assert!(error.sync_handle().is_some());
        }
    }
}
