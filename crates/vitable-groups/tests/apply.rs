//! The daily job: check, guard, submit, wait, report.

mod common;

use std::future::IntoFuture as _;

use common::TestClient;
use vitable_groups::ErrorKind;
use vitable_groups::model::{Address, GroupCreateParams, Member};
use vitable_groups::roster::{Baseline, Guard, OutcomeStatus, Roster};
use vitable_groups::testing::ScriptedResponse;

fn member(id: &str) -> Member {
    let address = Address::new("1 Main Street", "Reno", "NV", "89501");
    Member::new(id, "Ann", format!("Lee {id}"), "1990-01-01", "pln_1", address)
}

fn roster(ids: &[&str]) -> Roster {
    Roster::from_members(ids.iter().map(|id| member(id)))
}

fn server() -> [ScriptedResponse; 2] {
    let receipt = r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#;
    let done = r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": "2026-01-15T10:30:42Z",
        "results": {"added_group_member_ids": ["m1"], "removed_group_member_ids": [],
        "failures": [{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]}}}"#;
    [ScriptedResponse::json(202, receipt), ScriptedResponse::json(200, done)]
}

#[test]
fn a_valid_roster_is_applied() {
    let test = TestClient::new(server());
    let apply = test.client.groups().members().sync().apply("g1", roster(&["E1", "E2"]));
    let applied = test.run(async { apply.first_sync().await }).unwrap();
    assert!(applied.state.is_completed() && applied.report.is_ok());
    assert_eq!((applied.outcome.added, applied.outcome.failed), (Some(1), Some(1)));
    assert_eq!(applied.outcome.status, OutcomeStatus::RowsFailed);
    assert_eq!(applied.outcome.failures[0].row, Some(2));
}

#[test]
fn an_invalid_row_prevents_the_submission_and_is_reported_without_its_value() {
    let mut invalid = member("E2");
    invalid.address.state = "Atlantis".into();
    let test = TestClient::new(server());
    let roster = Roster::from_members([member("E1"), invalid]);
    let apply = test.client.groups().members().sync().apply("g1", roster);
    let error = test.run(async { apply.await }).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::InvalidRoster, 0));
    let message = error.to_string();
    assert!(message.contains("row 2") && !message.contains("Atlantis"), "{message}");
    assert_eq!(
        error.details().unwrap().to_json()["findings"][0]["path"],
        "members[1].address.state"
    );
}

#[test]
fn the_guard_prevents_the_submission() {
    let test = TestClient::new(server());
    let sync = test.client.groups().members().sync();
    let empty = sync.apply("g1", roster(&[]));
    let error = test.run(async { empty.await }).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "empty_roster");

    let guard = Guard::new().max_removals("50%".parse().unwrap());
    let apply =
        sync.apply("g1", roster(&["E1"])).previous(roster(&["E1", "E2", "E3"])).guard(guard);
    let error = test.run(async { apply.await }).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::GuardRefused, 0));
    assert!(error.to_string().contains("leaves out 2 of the 3"), "{error}");

    let empty = sync.apply("g1", roster(&[])).first_sync().guard(Guard::new().allow_empty(true));
    test.run(async { empty.await }).unwrap();
    assert_eq!(test.sent(), 2);
}

#[test]
fn half_a_roster_is_blocked_by_default() {
    let ids: Vec<String> = (0..1_000).map(|number| format!("E{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let test = TestClient::new(server());
    let sync = test.client.groups().members().sync();
    let half = || roster(&ids[..500]);
    for (apply, refusal) in [
        (sync.apply("g1", half()).previous(roster(&ids)), "too_many_removals"),
        (sync.apply("g1", half()), "no_baseline"),
        (sync.apply("g1", half()).previous(roster(&[])), "empty_previous_roster"),
    ] {
        let error = test.run(apply.into_future()).unwrap_err();
        assert_eq!((error.kind(), test.sent()), (ErrorKind::GuardRefused, 0));
        assert_eq!(error.details().unwrap().to_json()["kind"], refusal);
        assert!(error.to_string().contains("nothing was sent"), "{error}");
    }
}

const CREATED: &str = r#"{"data": {"id": "g1", "name": "One", "external_reference_id": "one"}}"#;

#[test]
fn only_one_roster_may_rely_on_a_new_group_being_empty() {
    let responses =
        [ScriptedResponse::json(201, CREATED)].into_iter().chain(server()).chain(server());
    let test = TestClient::new(responses);
    let groups = test.client.groups();
    test.run(groups.create(GroupCreateParams::new("one", "One")).into_future()).unwrap();
    let sync = groups.members().sync();
    let apply = || sync.apply("g1", roster(&["E1", "E2"]));

    // A blocked roster leaves the group empty.
    let error = test.run(sync.apply("g1", roster(&[])).into_future()).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "empty_roster");
    let applied = test.run(apply().into_future()).unwrap();
    assert_eq!(applied.outcome.expected.unwrap().adds, 2);
    let error = test.run(apply().into_future()).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "no_baseline");
    let other = sync.apply("g2", roster(&["E1"]));
    assert!(test.run(other.into_future()).is_err());
    assert_eq!(test.sent(), 3);
}

#[test]
fn a_group_is_not_known_to_be_empty_after_a_submission() {
    let test = TestClient::new([ScriptedResponse::json(201, CREATED)].into_iter().chain(server()));
    let groups = test.client.groups();
    test.run(groups.create(GroupCreateParams::new("one", "One")).into_future()).unwrap();
    let sync = groups.members().sync();
    test.run(sync.submit("g1", [member("E1")]).into_future()).unwrap();
    let error = test.run(sync.apply("g1", roster(&["E1"])).into_future()).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "no_baseline");
}

#[test]
fn an_existing_group_is_not_known_to_be_empty() {
    let list = r#"{"data": [{"id": "g1", "name": "One", "external_reference_id": "one"}]}"#;
    let test = TestClient::new([ScriptedResponse::json(200, list)]);
    let groups = test.client.groups();
    test.run(groups.get_or_create(GroupCreateParams::new("one", "One"))).unwrap();
    let apply = groups.members().sync().apply("g1", roster(&["E1"]));
    let error = test.run(apply.into_future()).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "no_baseline");
}

#[test]
fn a_new_group_is_still_empty_after_a_rejected_roster() {
    let rejected = ScriptedResponse::json(400, r#"{"message": "members[0]: no"}"#);
    let responses = [ScriptedResponse::json(201, CREATED), rejected].into_iter().chain(server());
    let test = TestClient::new(responses);
    let groups = test.client.groups();
    test.run(groups.create(GroupCreateParams::new("one", "One")).into_future()).unwrap();
    let apply = || groups.members().sync().apply("g1", roster(&["E1", "E2"]));
    assert_eq!(test.run(apply().into_future()).unwrap_err().kind(), ErrorKind::BadRequest);
    test.run(apply().into_future()).unwrap();
}

#[test]
fn a_lost_response_makes_the_outcome_unknown() {
    let receipt = r#"{"data": {"request_id": "r2", "group_id": "g1"}}"#;
    let done = r#"{"data": {"request_id": "r2", "group_id": "g1", "completed_at": "2026-01-15T10:30:42Z",
        "results": {"added_group_member_ids": [], "removed_group_member_ids": [], "failures": []}}}"#;
    let test = TestClient::new([
        ScriptedResponse::status(502),
        ScriptedResponse::json(202, receipt),
        ScriptedResponse::json(200, done),
    ]);
    let sync = test.client.groups().members().sync();
    let apply = sync.apply("g1", roster(&["E1", "E2", "E3"])).previous(roster(&["E1", "E9"]));
    let applied = test.run(apply.into_future()).unwrap();
    assert!(applied.outcome.repeated && !applied.outcome.is_ok());
    assert_eq!(applied.outcome.status, OutcomeStatus::Unknown);
    assert_eq!((applied.outcome.added, applied.outcome.removed), (None, None));
}

#[test]
fn completed_without_results_is_unknown() {
    let done = r#"{"data": {"request_id": "r1", "group_id": "g1",
        "completed_at": "2026-01-15T10:30:42Z", "results": null}}"#;
    let [receipt, _] = server();
    let test = TestClient::new([receipt, ScriptedResponse::json(200, done)]);
    let apply = test.client.groups().members().sync().apply("g1", roster(&["E1"])).first_sync();
    let applied = test.run(apply.into_future()).unwrap();
    assert_eq!(applied.outcome.status, OutcomeStatus::Unknown);
}

#[test]
fn the_caller_can_pass_several_possible_baselines() {
    let test = TestClient::new([]);
    let either = Baseline::Either(vec![
        roster(&["E1", "E2", "E3", "E4", "E5", "E6"]).into(),
        roster(&["E1"]).into(),
    ]);
    let apply = test.client.groups().members().sync().apply("g1", roster(&["E1"]));
    let error = test.run(apply.baseline(either).into_future()).unwrap_err();
    assert_eq!(error.details().unwrap().to_json()["kind"], "too_many_removals");
}
