//! The daily job: check, guard, submit, wait, explain.

mod common;

use common::World;
use vitable_groups::ErrorKind;
use vitable_groups::model::{Address, Member};
use vitable_groups::roster::{Guard, Roster};
use vitable_groups::testing::Script;

fn member(id: &str) -> Member {
    let address = Address::new("1 Main Street", "Reno", "NV", "89501");
    Member::new(id, "Ann", "Lee", "1990-01-01", "pln_1", address)
}

fn roster(ids: &[&str]) -> Roster {
    Roster::from_members(ids.iter().map(|id| member(id)))
}

fn server() -> [Script; 2] {
    let receipt = r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#;
    let done = r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": "2026-01-15T10:30:42Z",
        "results": {"added_group_member_ids": ["m1"], "removed_group_member_ids": [],
        "failures": [{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]}}}"#;
    [Script::json(202, receipt), Script::json(200, done)]
}

#[test]
fn a_good_roster_goes_all_the_way() {
    let world = World::new(server());
    let apply = world.client.groups().members().sync().apply("g1", roster(&["E1", "E2"]));
    let done = world.run(async { apply.await }).unwrap();
    assert!(done.state.is_completed() && done.report.is_ok());
    assert_eq!((done.outcome.added, done.outcome.failed), (1, 1));
    assert_eq!(done.outcome.failures[0].row, Some(2));
}

#[test]
fn a_wrong_row_stops_everything_and_is_named_without_its_value() {
    let mut wrong = member("E2");
    wrong.address.state = "Atlantis".into();
    let world = World::new(server());
    let roster = Roster::from_members([member("E1"), wrong]);
    let apply = world.client.groups().members().sync().apply("g1", roster);
    let error = world.run(async { apply.await }).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::InvalidRoster, 0));
    let text = error.to_string();
    assert!(text.contains("row 2") && !text.contains("Atlantis"), "{text}");
    assert_eq!(error.details().unwrap()["findings"][0]["path"], "members[1].address.state");
}

#[test]
fn the_guard_stops_everything() {
    let world = World::new(server());
    let sync = world.client.groups().members().sync();
    let empty = sync.apply("g1", roster(&[]));
    let error = world.run(async { empty.await }).unwrap_err();
    assert_eq!(error.details().unwrap()["kind"], "empty_roster");

    let guard = Guard::new().max_removals("50%".parse().unwrap());
    let apply =
        sync.apply("g1", roster(&["E1"])).previous(roster(&["E1", "E2", "E3"])).guard(guard);
    let error = world.run(async { apply.await }).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::GuardRefused, 0));
    assert!(error.to_string().contains("leaves out 2 of the 3"), "{error}");

    let empty = sync.apply("g1", roster(&[])).guard(Guard::new().allow_empty(true));
    world.run(async { empty.await }).unwrap();
    assert_eq!(world.sent(), 2);
}
