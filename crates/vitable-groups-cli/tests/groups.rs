//! `groups …` and `plans list`, in every format.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use serde_json::json;
use support::{Bench, Run};

#[test]
fn a_group_is_made_shown_found_and_changed() {
    let bench = Bench::new();
    let made = bench.run(&["groups", "create", "tier-1", "--name", "Tier 1"]).ends(0);
    let made = made.says("group created").json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["name"], "Tier 1");
    assert_eq!(bench.run(&["groups", "get", id]).ends(0).json(), made);
    assert_eq!(bench.run(&["groups", "find", "tier-1"]).ends(0).json(), made);
    let changed = bench.run(&["groups", "update", id, "--name", "Gold"]).ends(0).json();
    assert_eq!(
        (&changed["name"], &changed["external_reference_id"]),
        (&json!("Gold"), &json!("tier-1"))
    );
    let changed = bench.run(&["groups", "update", id, "--reference", "gold"]).ends(0).json();
    assert_eq!(changed["external_reference_id"], "gold");
    bench.run(&["groups", "update", id]).ends(2).says("--name");
}

#[test]
fn a_reference_is_used_once() {
    let bench = Bench::new();
    let id = bench.group("tier-1");
    let create = ["groups", "create", "tier-1", "--name", "Tier 1"];
    bench.run(&create).ends(5).says("409").says("groups find");
    let found = bench.run(&[&create[..], &["--if-missing"]].concat()).ends(0);
    assert_eq!(found.says("was there already").json()["id"], id);
}

#[test]
fn what_is_not_there_is_said() {
    let bench = Bench::new();
    bench.run(&["groups", "get", "grp_none"]).ends(5).says("404").says("groups list");
    bench.run(&["groups", "find", "none"]).ends(5).says("no group has the reference \"none\"");
    bench.run(&["groups", "get", ".."]).ends(2).says("dot-segment");
}

fn two_groups() -> Bench {
    let bench = Bench::new();
    let odd = "comma, \"quote\" and \u{1b}[31mred";
    let groups = json!([
        {"name": "Tier 1", "external_reference_id": "tier-1"},
        {"name": odd, "external_reference_id": "tier-2"},
    ]);
    bench.control().seed(&json!({ "groups": groups })).unwrap();
    bench
}

#[test]
fn lists_in_every_format() {
    let bench = two_groups();
    for format in ["table", "json", "jsonl", "csv", "yaml"] {
        let run = bench.run(&["groups", "list", "--output", format]).ends(0);
        insta::assert_snapshot!(format!("groups_list_{format}"), run.out);
    }
}

#[test]
fn single_things_in_every_format() {
    let bench = two_groups();
    for format in ["table", "json", "jsonl", "csv", "yaml"] {
        let run = bench.run(&["groups", "find", "tier-1", "-o", format]).ends(0);
        insta::assert_snapshot!(format!("groups_find_{format}"), run.out);
    }
}

#[test]
fn without_a_terminal_the_format_is_json() {
    let bench = two_groups();
    let plain = bench.run(&["groups", "list"]);
    assert_eq!(plain.out, bench.run(&["groups", "list", "-o", "json"]).out);
}

#[test]
fn plans_are_listed() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.run(&["plans", "list", "-o", "csv"]).ends(0).out, @r"
    id,name
    pln_Wgx_PobRSymT_ki30sYaBQ,Basic Care
    pln_7uJ4s0r3Tq2Yx9vKpLwB1A,Premium Care
    ");
}

#[test]
fn long_lists_are_read_page_by_page_and_only_as_far_as_wanted() {
    let bench = Bench::new();
    bench.control().seed(&json!({"many_groups": {"count": 250, "prefix": "g"}})).unwrap();
    let lines = |run: Run| run.ends(0).out.lines().count();
    assert_eq!(lines(bench.run(&["groups", "list", "-o", "jsonl"])), 250);
    assert_eq!(bench.control().requests().len(), 3);
    bench.control().clear_requests();
    assert_eq!(lines(bench.run(&["groups", "list", "-o", "jsonl", "--limit", "7"])), 7);
    let requests = bench.control().requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(bench.run(&["groups", "list", "--limit", "0"]).ends(0).json(), json!([]));
}

#[test]
fn a_lost_answer_makes_no_second_group() {
    let bench = Bench::new();
    bench.control().fault(&json!({"operation": "groups.create", "drop": "after"})).unwrap();
    let create = ["groups", "create", "tier-1", "--name", "Tier 1"];
    let made = bench.run(&create).ends(0).says("looked up").json();
    assert_eq!(bench.run(&["groups", "list"]).ends(0).json(), json!([made]));
    let other = ["groups", "create", "tier-2", "--name", "Tier 2", "--if-missing"];
    bench.run(&other).ends(0).says("group created");
}
