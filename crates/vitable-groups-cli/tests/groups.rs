//! `groups …` and `plans list` in every format.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use serde_json::json;
use support::{Fixture, Run};

#[test]
fn a_group_can_be_created_shown_found_and_updated() {
    let fixture = Fixture::new();
    let created = fixture.run(&["groups", "create", "tier-1", "--name", "Tier 1"]).exits(0);
    let created = created.says("group created").json();
    let id = created["id"].as_str().unwrap();
    assert_eq!(created["name"], "Tier 1");
    assert_eq!(fixture.run(&["groups", "get", id]).exits(0).json(), created);
    assert_eq!(fixture.run(&["groups", "find", "tier-1"]).exits(0).json(), created);
    let changed = fixture.run(&["groups", "update", id, "--name", "Gold"]).exits(0).json();
    assert_eq!(
        (&changed["name"], &changed["external_reference_id"]),
        (&json!("Gold"), &json!("tier-1"))
    );
    let changed = fixture.run(&["groups", "update", id, "--reference", "gold"]).exits(0).json();
    assert_eq!(changed["external_reference_id"], "gold");
    fixture.run(&["groups", "update", id]).exits(2).says("--name");
}

#[test]
fn reference_ids_are_unique() {
    let fixture = Fixture::new();
    let id = fixture.group("tier-1");
    let create = ["groups", "create", "tier-1", "--name", "Tier 1"];
    fixture.run(&create).exits(5).says("409").says("groups find");
    let found = fixture.run(&[&create[..], &["--if-missing"]].concat()).exits(0);
    assert_eq!(found.says("already exists").json()["id"], id);
}

#[test]
fn missing_groups_are_reported() {
    let fixture = Fixture::new();
    fixture.run(&["groups", "get", "grp_none"]).exits(5).says("404").says("groups list");
    fixture
        .run(&["groups", "find", "none"])
        .exits(5)
        .says("no group has the reference ID \"none\"");
    fixture.run(&["groups", "get", ".."]).exits(2).says("dot-segment");
}

fn two_groups() -> Fixture {
    let fixture = Fixture::new();
    let special = "comma, \"quote\" and \u{1b}[31mred";
    let groups = json!([
        {"name": "Tier 1", "external_reference_id": "tier-1"},
        {"name": special, "external_reference_id": "tier-2"},
    ]);
    fixture.control().seed(&json!({ "groups": groups })).unwrap();
    fixture
}

#[test]
fn lists_in_every_format() {
    let fixture = two_groups();
    for format in ["table", "json", "jsonl", "csv", "yaml"] {
        let run = fixture.run(&["groups", "list", "--output", format]).exits(0);
        insta::assert_snapshot!(format!("groups_list_{format}"), run.out);
    }
}

#[test]
fn single_objects_in_every_format() {
    let fixture = two_groups();
    for format in ["table", "json", "jsonl", "csv", "yaml"] {
        let run = fixture.run(&["groups", "find", "tier-1", "-o", format]).exits(0);
        insta::assert_snapshot!(format!("groups_find_{format}"), run.out);
    }
}

#[test]
fn piped_output_defaults_to_json() {
    let fixture = two_groups();
    let piped = fixture.run(&["groups", "list"]);
    assert_eq!(piped.out, fixture.run(&["groups", "list", "-o", "json"]).out);
}

#[test]
fn plans_are_listed() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(fixture.run(&["plans", "list", "-o", "csv"]).exits(0).out, @r"
    id,name
    pln_Wgx_PobRSymT_ki30sYaBQ,Basic Care
    pln_7uJ4s0r3Tq2Yx9vKpLwB1A,Premium Care
    ");
}

#[test]
fn lists_request_only_the_pages_they_need() {
    let fixture = Fixture::new();
    fixture.control().seed(&json!({"many_groups": {"count": 250, "prefix": "g"}})).unwrap();
    let lines = |run: Run| run.exits(0).out.lines().count();
    assert_eq!(lines(fixture.run(&["groups", "list", "-o", "jsonl"])), 250);
    assert_eq!(fixture.control().requests().len(), 3);
    fixture.control().clear_requests();
    assert_eq!(lines(fixture.run(&["groups", "list", "-o", "jsonl", "--limit", "7"])), 7);
    let requests = fixture.control().requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(fixture.run(&["groups", "list", "--limit", "0"]).exits(0).json(), json!([]));
}

#[test]
fn a_lost_response_creates_no_second_group() {
    let fixture = Fixture::new();
    fixture.control().fault(&json!({"operation": "groups.create", "drop": "after"})).unwrap();
    let create = ["groups", "create", "tier-1", "--name", "Tier 1"];
    let created = fixture.run(&create).exits(0).says("looked up").json();
    assert_eq!(fixture.run(&["groups", "list"]).exits(0).json(), json!([created]));
    let other = ["groups", "create", "tier-2", "--name", "Tier 2", "--if-missing"];
    fixture.run(&other).exits(0).says("group created");
}
