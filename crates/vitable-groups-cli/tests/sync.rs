//! `members sync`: from a file to the explained outcome.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use serde_json::json;
use support::{BASIC, Bench, PREMIUM, people, roster};

#[test]
fn a_roster_is_synced_and_the_next_one_explained_row_by_row() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let first = [("E1", BASIC), ("E2", BASIC), ("E3", BASIC), ("E4", BASIC)];
    let october = bench.file("october.csv", &roster(&first));
    let first = ["members", "sync", &group, &october, "--first-sync", "--yes"];
    let run = bench.run(&first).ends(0);
    let whole = run.says("never synced (--first-sync)").says("4 rows sent: 4 added").json();
    assert_eq!(whole["outcome"]["added"], 4);
    assert_eq!(whole["outcome"]["status"], "succeeded");
    assert_eq!(whole["outcome"]["repeated"], false);
    assert_eq!(bench.members(&group), ["E1", "E2", "E3", "E4"]);

    let second = [("E1", BASIC), ("E2", PREMIUM), ("E3", BASIC), ("E5", BASIC), ("E6", "pln_no")];
    let text = roster(&second).replacen("77 Canary Street", "78 Canary Street", 1);
    let november = bench.file("november.csv", &text);
    let sync = ["members", "sync", &group, &november, "--yes", "--max-removals", "30%"];
    let run = bench.run(&sync).ends(4);
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
    assert_eq!(bench.members(&group), ["E1", "E2", "E3", "E5"]);

    // The next plan starts from what the group has, not from what was sent.
    let run = bench.run(&["members", "plan", &group, &november]).ends(0);
    run.says("1 to add, 0 to remove (0.0% of 4), 0 to update, 1 plan change ignored, 3 unchanged");
}

#[test]
fn the_outcome_in_every_format() {
    for format in ["table", "jsonl", "csv", "yaml", "json"] {
        let bench = Bench::new();
        let group = bench.group("tier-1");
        bench.file("old.csv", &roster(&[("E1", BASIC), ("E9", BASIC)]));
        let seeding = ["members", "sync", &group, "old.csv", "--first-sync", "--yes"];
        bench.run(&seeding).ends(0);
        bench.file("new.csv", &roster(&[("E1", PREMIUM), ("E2", BASIC), ("E3", "pln_no")]));
        let run = bench.run(&["members", "sync", &group, "new.csv", "--yes", "-o", format]).ends(4);
        insta::assert_snapshot!(format!("outcome_{format}"), run.out);
        insta::assert_snapshot!("outcome_talk", run.err.replace(bench.sandbox.base_url(), "URL"));
    }
}

#[test]
fn an_invalid_roster_is_not_sent() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2).replace(",NY,", ",Canaryland,"));
    let run = bench.run(&["members", "sync", &group, &file, "--yes", "-o", "table"]).ends(3);
    assert!(run.says("nothing was sent").out.contains("USPS"));
    assert_eq!(bench.submissions(), 0);
}

#[test]
fn a_dry_run_sends_nothing_and_needs_no_key() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    let dry = ["members", "sync", &group, &file, "--first-sync", "--dry-run"];
    let mut command = bench.command(&dry);
    command.env_remove("VITABLE_CONNECT_API_KEY");
    let run = support::Run::of(command).ends(0).says("dry run: nothing was sent");
    assert_eq!(run.json()["rows"], 2);
    assert!(bench.control().requests().is_empty());
}

#[test]
fn the_guard_refuses_what_nobody_can_have_meant() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 10);
    let less = bench.file("less.csv", &people(8));
    let sync = ["members", "sync", &group, &less, "--yes", "--max-removals"];
    bench.run(&[&sync[..], &["1"]].concat()).ends(6).says("2 of the 10").says("--max-removals");
    bench.run(&[&sync[..], &["19%"]].concat()).ends(6);
    let none = bench.file("none.csv", &people(0));
    let empty = ["members", "sync", &group, &none, "--yes"];
    bench.run(&empty).ends(6).says("--allow-empty");
    bench.run(&[&empty[..], &["--allow-empty"]].concat()).ends(6).says("10 of the 10");
    assert_eq!(bench.submissions(), 1);
    assert_eq!(bench.members(&group).len(), 10);
    bench.run(&[&sync[..], &["2"]].concat()).ends(0);
    bench.run(&[&empty[..], &["--allow-empty", "--max-removals", "100%"]].concat()).ends(0);
    assert_eq!(bench.members(&group).len(), 0);
    // Nobody is known to be in the group: that is a baseline, too.
    bench.run(&[&sync[..], &["0"]].concat()).ends(0);
    assert_eq!(bench.members(&group).len(), 8);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    bench.run(&["members", "sync", &group, &file]).ends(2).says("--yes");
    bench.run(&["members", "sync", &group, "-"]).ends(2).says("--yes");
    bench.run(&["members", "sync", &group]).ends(2);
    assert!(bench.control().requests().is_empty());
}

#[test]
fn unknown_groups_and_refused_rosters() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", &people(1));
    bench.run(&["members", "sync", "grp_none", &file, "--first-sync", "--yes"]).ends(5).says("404");
    let group = bench.group("tier-1");
    let fault = json!({"operation": "groups.members.sync.submit", "status": 422});
    bench.control().fault(&fault).unwrap();
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes"];
    bench.run(&sync).ends(5).says("422").says("nothing was changed");
    // What was refused is not left behind.
    bench.run(&sync).ends(0).says_not("warning: the sync of");
}

#[test]
fn a_lost_answer_is_called_uncertain() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "drop": "after"});
    bench.control().fault(&fault).unwrap();
    let sync = ["members", "sync", &group, &file, "--yes", "--max-retries", "0"];
    let run = bench.run(&[&sync[..], &["--first-sync"]].concat()).ends(5);
    run.says("not known whether the roster was accepted").says_not("no harm");
    let reminded = bench.run(&["groups", "list"]).ends(0).says("cut off while it was sent");
    reminded.says("minute ago").says("counts both rosters").says_not("no harm");
    // It is not the first sync any more, whatever the command line says.
    bench.run(&[&sync[..], &["--first-sync"]].concat()).ends(6).says("1 member whose end");
    bench.run(&sync).ends(0).says("the end of 1 earlier sync");
    bench.run(&["groups", "list"]).ends(0).says_not("warning");
}

#[test]
fn one_idempotency_key_for_all_attempts() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "status": 503});
    bench.control().fault(&fault).unwrap();
    bench.run(&["members", "sync", &group, &file, "--first-sync", "--yes"]).ends(0);
    assert_eq!(bench.submissions(), 2);
}

#[test]
fn no_wait_gives_the_receipt_and_wait_the_outcome() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    let run = bench
        .run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait"])
        .ends(0);
    let receipt = run.says("members wait grpmsr_").json();
    let request = receipt["request_id"].as_str().unwrap();
    let status = bench.run(&["members", "status", request]).ends(0);
    assert_eq!(status.says("its outcome was not seen").json()["state"], "completed");
    // The group is remembered with the request, and so are the rows.
    let outcome = bench.run(&["members", "wait", request]).ends(0).json();
    assert_eq!(outcome["rows"].as_array().unwrap().len(), 2);
    bench.run(&["plans", "list"]).ends(0).says_not("outcome");
    // Seen a second time, only the server's own answer is left.
    let again = bench.run(&["members", "wait", request]).ends(0).json();
    assert_eq!(again["outcome"]["status"], "succeeded");
    assert_eq!(again["results"]["added_group_member_ids"].as_array().unwrap().len(), 2);
}

#[test]
fn status_of_a_sync_in_progress() {
    let bench = Bench::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    let run = bench
        .run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait"])
        .ends(0);
    let request = run.json()["request_id"].as_str().unwrap().to_owned();
    let status = bench.run(&["members", "status", &request]).ends(0).json();
    assert_eq!((&status["state"], &status["added"]), (&json!("in progress"), &json!(null)));
    bench.run(&["members", "status", "grpmsr_none"]).ends(2).says("--group");
    bench.run(&["members", "status", "grpmsr_none", "--group", &group]).ends(5).says("404");
    bench.run(&["members", "wait", &request, "--group", "grp_other"]).ends(5).says("404");
}

#[test]
fn a_wait_that_takes_too_long_can_be_resumed() {
    let bench = Bench::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(3));
    let sync =
        ["members", "sync", &group, &file, "--first-sync", "--yes", "--wait-deadline", "1ms"];
    let run = bench.run(&sync).ends(7).says("the sync keeps running").says("members wait grpmsr_");
    let run = run.says("(at most 1 ms)").says("deadline of 1 ms passed");
    let request = run.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    bench.complete_syncs();
    let outcome = bench.run(&["members", "sync", "--resume", request]).ends(0).json();
    assert_eq!(outcome["outcome"]["added"], 3);
    assert_eq!(outcome["file"], "roster.csv");
}

#[test]
fn without_state_nothing_is_kept() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    bench.run(&["members", "sync", &group, &file, "--first-sync", "--yes", "--no-state"]).ends(0);
    // Locks are kept all the same. They are empty, and so is what their names tell.
    let [locks] = &bench.state_files("")[..] else { panic!("there is more than locks") };
    for lock in std::fs::read_dir(locks).unwrap().map(|file| file.unwrap()) {
        assert_eq!(lock.metadata().unwrap().len(), 0);
        assert!(!lock.file_name().to_str().unwrap().contains(&group));
    }
    bench.run(&["members", "plan", &group, &file]).ends(6).says("not known who is in the group");
    let named =
        ["members", "sync", &group, &file, "--previous", &file, "--yes", "--state-dir", "here"];
    bench.run(&named).ends(0);
    assert!(bench.path("here/journal.jsonl").exists());
    assert_eq!(bench.state_files("").len(), 1);
}

#[test]
fn state_that_cannot_be_written_stops_before_sending() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    bench.file("flat", "a file where a directory should be");
    let sync = ["members", "sync", &group, &file, "--yes", "--state-dir", "flat"];
    bench.run(&[&sync[..], &["--first-sync"]].concat()).ends(1).says("--previous FILE");
    let run = bench.run(&[&sync[..], &["--previous", &file]].concat()).ends(1);
    run.says("cannot write").says("--state-dir").says_not("--no-state");
    assert_eq!(bench.submissions(), 0);
}

#[test]
fn a_sync_of_another_machine_is_explained_as_far_as_the_server_does() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &roster(&[("E1", BASIC), ("E2", "pln_no")]));
    let sync =
        ["members", "sync", &group, &file, "--first-sync", "--yes", "--no-wait", "--no-state"];
    let receipt = bench.run(&sync).ends(0).json();
    let request = receipt["request_id"].as_str().unwrap();
    let wait = ["members", "wait", request, "--group", &group, "-o", "csv"];
    let run = bench.run(&wait).ends(4).says("1 added, 0 removed, 1 failed");
    assert_eq!(run.out, "reference_id,operation,reason\nE2,add,Invalid plan_id\n");
}

#[test]
fn a_removal_that_failed_is_a_partial_failure_and_stays_in_the_next_plan() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    bench.file("old.csv", &roster(&[("E1", BASIC), ("E2", BASIC)]));
    bench.run(&["members", "sync", &group, "old.csv", "--first-sync", "--yes"]).ends(0);
    let forced = json!({"forced_failures": [{"reference_id": "E2", "operation": "remove"}]});
    bench.control().settings(&forced).unwrap();
    bench.file("new.csv", &roster(&[("E1", BASIC)]));
    let sync = ["members", "sync", &group, "new.csv", "--yes"];
    let whole = bench.run(&sync).ends(4).says("1 failed to be removed").json();
    assert_eq!(whole["rows"][1]["outcome"], "removal failed");
    bench.control().settings(&json!({"forced_failures": []})).unwrap();
    bench.run(&sync).ends(0).says("1 to remove (50.0% of 2)");
}

#[test]
fn an_outcome_is_shown_even_if_it_cannot_be_remembered() {
    let bench = Bench::with(vitable_groups_sandbox::Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes", "--state-dir", "state"];
    let running = bench.spawn(&sync).until("waiting for");
    // Nothing can be written there any more, whoever runs this test.
    std::fs::rename(bench.path("state"), bench.path("gone")).unwrap();
    bench.file("state", "a file where the directory was");
    bench.complete_syncs();
    let run = running.end().ends(0).says("the next sync looks at this one again");
    assert_eq!(run.json()["outcome"]["added"], 2);
}
