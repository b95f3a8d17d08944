//! `members sync`, from a roster file to the outcome of each row.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use serde_json::json;
use support::{BASIC, Fixture, PREMIUM, people, roster};

#[test]
fn two_syncs_report_the_outcome_of_each_row() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let first = [("E1", BASIC), ("E2", BASIC), ("E3", BASIC), ("E4", BASIC)];
    let october = fixture.file("october.csv", &roster(&first));
    let first = ["members", "sync", &group, &october, "--first-sync", "--yes"];
    let run = fixture.run(&first).exits(0);
    let whole =
        run.says("an empty group, never synced (--first-sync)").says("4 rows sent: 4 added").json();
    assert_eq!(whole["outcome"]["added"], 4);
    assert_eq!(whole["outcome"]["status"], "succeeded");
    assert_eq!(whole["outcome"]["repeated"], false);
    assert_eq!(fixture.members(&group), ["E1", "E2", "E3", "E4"]);

    let second = [("E1", BASIC), ("E2", PREMIUM), ("E3", BASIC), ("E5", BASIC), ("E6", "pln_no")];
    let text = roster(&second).replacen("77 Canary Street", "78 Canary Street", 1);
    let november = fixture.file("november.csv", &text);
    let sync = ["members", "sync", &group, &november, "--yes", "--max-removals", "30%"];
    let run = fixture.run(&sync).exits(4);
    let run = run.says("2 to add, 1 to remove (25.0% of 4), 1 to update, 1 plan change ignored");
    let run = run.says("to remove: E4").says("to add: E5, E6").says("plan change ignored: E2");
    let run = run.says("some rows failed");
    let whole = run.json();
    let outcomes: Vec<_> = whole["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["reference_id"].as_str().unwrap(), row["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("E1", "updated"),
            ("E2", "plan change ignored"),
            ("E3", "unchanged"),
            ("E5", "added"),
            ("E6", "failed"),
            ("E4", "removed"),
        ]
    );
    assert_eq!(whole["rows"][4]["row"], 5);
    assert_eq!(whole["rows"][4]["line"], 6);
    assert_eq!(fixture.members(&group), ["E1", "E2", "E3", "E5"]);

    // The next plan starts from what the group holds, not from what was sent.
    let run = fixture.run(&["members", "plan", &group, &november]).exits(0);
    run.says("1 to add, 0 to remove (0.0% of 4), 0 to update, 1 plan change ignored, 3 unchanged");
}

#[test]
fn the_outcome_in_every_format() {
    for format in ["table", "jsonl", "csv", "yaml", "json"] {
        let fixture = Fixture::new();
        let group = fixture.group("tier-1");
        fixture.file("old.csv", &roster(&[("E1", BASIC), ("E9", BASIC)]));
        let first = ["members", "sync", &group, "old.csv", "--first-sync", "--yes"];
        fixture.run(&first).exits(0);
        fixture.file("new.csv", &roster(&[("E1", PREMIUM), ("E2", BASIC), ("E3", "pln_no")]));
        let run =
            fixture.run(&["members", "sync", &group, "new.csv", "--yes", "-o", format]).exits(4);
        insta::assert_snapshot!(format!("outcome_{format}"), run.out);
        insta::assert_snapshot!(
            "outcome_messages",
            run.err.replace(fixture.sandbox.base_url(), "URL")
        );
    }
}

#[test]
fn an_invalid_roster_is_not_sent() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2).replace(",NY,", ",Canaryland,"));
    let run = fixture.run(&["members", "sync", &group, &file, "--yes", "-o", "table"]).exits(3);
    assert!(run.says("nothing was sent").out.contains("USPS"));
    assert_eq!(fixture.submissions(), 0);
}

#[test]
fn a_dry_run_sends_nothing_and_needs_no_key() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    let dry = ["members", "sync", &group, &file, "--first-sync", "--dry-run"];
    let mut command = fixture.command(&dry);
    command.env_remove("VITABLE_CONNECT_API_KEY");
    let run = support::Run::of(command).exits(0).says("dry run: nothing was sent");
    assert_eq!(run.json()["rows"], 2);
    assert!(fixture.control().requests().is_empty());
}

#[test]
fn the_guard_blocks_probable_mistakes() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 10);
    let less = fixture.file("less.csv", &people(8));
    let sync = ["members", "sync", &group, &less, "--yes", "--max-removals"];
    fixture
        .run(&[&sync[..], &["1"]].concat())
        .exits(6)
        .says("2 to remove (20.0% of 10)")
        .says("--max-removals");
    fixture.run(&[&sync[..], &["19%"]].concat()).exits(6);
    let none = fixture.file("none.csv", &people(0));
    let empty = ["members", "sync", &group, &none, "--yes"];
    fixture.run(&empty).exits(6).says("--allow-empty");
    fixture
        .run(&[&empty[..], &["--allow-empty"]].concat())
        .exits(6)
        .says("10 to remove (100.0% of 10)");
    assert_eq!(fixture.submissions(), 1);
    assert_eq!(fixture.members(&group).len(), 10);
    fixture.run(&[&sync[..], &["2"]].concat()).exits(0);
    fixture.run(&[&empty[..], &["--allow-empty", "--max-removals", "100%"]].concat()).exits(0);
    assert_eq!(fixture.members(&group).len(), 0);
    // A group that is known to be empty is a baseline, too.
    fixture.run(&[&sync[..], &["0"]].concat()).exits(0);
    assert_eq!(fixture.members(&group).len(), 8);
}

#[test]
fn without_a_terminal_or_yes_nothing_is_sent() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    fixture.run(&["members", "sync", &group, &file]).exits(2).says("--yes");
    fixture.run(&["members", "sync", &group, "-"]).exits(2).says("--yes");
    fixture.run(&["members", "sync", &group]).exits(2);
    assert!(fixture.control().requests().is_empty());
}

#[test]
fn unknown_groups_and_rejected_rosters() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", &people(1));
    fixture
        .run(&["members", "sync", "grp_none", &file, "--first-sync", "--yes"])
        .exits(5)
        .says("404");
    let group = fixture.group("tier-1");
    let fault = json!({"operation": "groups.members.sync.submit", "status": 422});
    fixture.control().fault(&fault).unwrap();
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes"];
    fixture.run(&sync).exits(5).says("422").says("the group was not changed");
    // A rejected sync is not unfinished.
    fixture.run(&sync).exits(0).says_not("warning: the sync of");
}

#[test]
fn a_lost_response_is_reported_as_uncertain() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "drop": "after"});
    fixture.control().fault(&fault).unwrap();
    let sync = ["members", "sync", &group, &file, "--yes", "--max-retries", "0"];
    let run = fixture.run(&[&sync[..], &["--first-sync"]].concat()).exits(5);
    run.says("unknown whether the server accepted the roster");
    let reminded =
        fixture.run(&["groups", "list"]).exits(0).says("interrupted while it was being sent");
    reminded.says("minute ago").says("counts both rosters");
    // --first-sync no longer holds.
    fixture
        .run(&[&sync[..], &["--first-sync"]].concat())
        .exits(6)
        .says("a sync of 1 member with an unknown outcome");
    fixture.run(&sync).exits(0).says("the outcome of 1 earlier sync");
    fixture.run(&["groups", "list"]).exits(0).says_not("warning");
}

#[test]
fn one_idempotency_key_for_all_attempts() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "status": 503});
    fixture.control().fault(&fault).unwrap();
    fixture.run(&["members", "sync", &group, &file, "--first-sync", "--yes"]).exits(0);
    assert_eq!(fixture.submissions(), 2);
}

#[test]
fn no_wait_prints_the_receipt_and_wait_the_outcome() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    let run = fixture
        .run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait"])
        .exits(0);
    let receipt = run.says("members wait grpmsr_").json();
    let request = receipt["request_id"].as_str().unwrap();
    let status = fixture.run(&["members", "status", request]).exits(0);
    assert_eq!(status.says("its outcome was never read").json()["state"], "completed");
    // The group and the rows are recorded with the request.
    let outcome = fixture.run(&["members", "wait", request]).exits(0).json();
    assert_eq!(outcome["rows"].as_array().unwrap().len(), 2);
    fixture.run(&["plans", "list"]).exits(0).says_not("outcome");
    // After that, only the server's results are left.
    let again = fixture.run(&["members", "wait", request]).exits(0).json();
    assert_eq!(again["outcome"]["status"], "succeeded");
    assert_eq!(again["results"]["added_group_member_ids"].as_array().unwrap().len(), 2);
}

#[test]
fn status_of_a_sync_in_progress() {
    let fixture = Fixture::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    let run = fixture
        .run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait"])
        .exits(0);
    let request = run.json()["request_id"].as_str().unwrap().to_owned();
    let status = fixture.run(&["members", "status", &request]).exits(0).json();
    assert_eq!((&status["state"], &status["added"]), (&json!("in progress"), &json!(null)));
    fixture.run(&["members", "status", "grpmsr_none"]).exits(2).says("--group");
    fixture.run(&["members", "status", "grpmsr_none", "--group", &group]).exits(5).says("404");
    fixture.run(&["members", "wait", &request, "--group", "grp_other"]).exits(5).says("404");
}

#[test]
fn a_wait_past_its_deadline_can_be_resumed() {
    let fixture = Fixture::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(3));
    let sync =
        ["members", "sync", &group, &file, "--first-sync", "--yes", "--wait-deadline", "1ms"];
    let run = fixture.run(&sync).exits(7).says("members wait grpmsr_");
    let run = run.says("(at most 1 ms)").says("deadline");
    let request = run.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    fixture.complete_syncs();
    let outcome = fixture.run(&["members", "sync", "--resume", request]).exits(0).json();
    assert_eq!(outcome["outcome"]["added"], 3);
    assert_eq!(outcome["file"], "roster.csv");
}

#[test]
fn without_state_no_roster_is_stored() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    fixture
        .run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-state"])
        .exits(0);
    // There are still locks, but they are empty, and their names reveal nothing.
    let [locks] = &fixture.state_files("")[..] else { panic!("more than locks was stored") };
    for lock in std::fs::read_dir(locks).unwrap().map(|file| file.unwrap()) {
        assert_eq!(lock.metadata().unwrap().len(), 0);
        assert!(!lock.file_name().to_str().unwrap().contains(&group));
    }
    fixture.run(&["members", "plan", &group, &file]).exits(6).says("--first-sync");
    let explicit =
        ["members", "sync", &group, &file, "--previous", &file, "--yes", "--state-dir", "here"];
    fixture.run(&explicit).exits(0);
    assert!(fixture.path("here/journal.jsonl").exists());
    assert_eq!(fixture.state_files("").len(), 1);
}

#[test]
fn unwritable_state_fails_before_sending() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    fixture.file("flat", "a file where a directory should be");
    let sync = ["members", "sync", &group, &file, "--yes", "--state-dir", "flat"];
    fixture.run(&[&sync[..], &["--first-sync"]].concat()).exits(1).says("--previous FILE");
    let run = fixture.run(&[&sync[..], &["--previous", &file]].concat()).exits(1);
    run.says("cannot write").says("--state-dir").says_not("--no-state");
    assert_eq!(fixture.submissions(), 0);
}

#[test]
fn a_sync_of_another_machine_shows_the_servers_results() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &roster(&[("E1", BASIC), ("E2", "pln_no")]));
    let sync =
        ["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait", "--no-state"];
    let receipt = fixture.run(&sync).exits(0).json();
    let request = receipt["request_id"].as_str().unwrap();
    let wait = ["members", "wait", request, "--group", &group, "-o", "csv"];
    let run = fixture.run(&wait).exits(4).says("1 added, 0 removed, 1 failed");
    assert_eq!(run.out, "reference_id,operation,reason\nE2,add,Invalid plan_id\n");
}

#[test]
fn a_removal_that_failed_is_a_partial_failure_and_stays_in_the_next_plan() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    fixture.file("old.csv", &roster(&[("E1", BASIC), ("E2", BASIC)]));
    fixture.run(&["members", "sync", &group, "old.csv", "--first-sync", "--yes"]).exits(0);
    let forced = json!({"forced_failures": [{"reference_id": "E2", "operation": "remove"}]});
    fixture.control().settings(&forced).unwrap();
    fixture.file("new.csv", &roster(&[("E1", BASIC)]));
    let sync = ["members", "sync", &group, "new.csv", "--yes"];
    let whole = fixture.run(&sync).exits(4).says("1 could not be removed").json();
    assert_eq!(whole["rows"][1]["outcome"], "removal failed");
    fixture.control().settings(&json!({"forced_failures": []})).unwrap();
    fixture.run(&sync).exits(0).says("1 to remove (50.0% of 2)");
}

#[test]
fn an_outcome_is_printed_even_if_it_cannot_be_recorded() {
    let fixture = Fixture::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes", "--state-dir", "state"];
    let running = fixture.spawn(&sync).until("waiting for");
    // Makes the state unwritable, even for root.
    std::fs::rename(fixture.path("state"), fixture.path("gone")).unwrap();
    fixture.file("state", "a file where the directory was");
    fixture.complete_syncs();
    let run = running.end().exits(0).says("the next sync checks this one again");
    assert_eq!(run.json()["outcome"]["added"], 2);
}
