//! No accidental loss of coverage: with unknown, stale or damaged state, nothing is sent.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{BASIC, Fixture, Run, people, roster};
use vitable_groups_sandbox::Sandbox;

fn sync<'a>(group: &'a str, file: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&["members", "sync", group, file, "--yes"], options].concat()
}

fn request(run: &Run) -> String {
    run.json()["request_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_truncated_roster_ends_no_subscription() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 1_000);
    let whole = people(1_000);
    let half = fixture.file("half.csv", &whole[..whole.len() / 2]);
    let lines = fixture.file("lines.csv", &people(500));
    for file in [&half, &lines] {
        // With this machine's state, with a previous roster, and with neither.
        for options in [
            &[][..],
            &["--previous", "synced.csv"],
            &["--no-state"],
            &["--no-state", "--previous", "synced.csv"],
            &["--state-dir", "new"],
        ] {
            let run = fixture.run(&sync(&group, file, options));
            assert!([3, 6].contains(&run.code), "{options:?}: {run:?}");
        }
        fixture.run(&sync(&group, file, &["--first-sync"]));
    }
    assert_eq!(fixture.submissions(), 1);
    assert_eq!(fixture.members(&group).len(), 1_000);
}

#[test]
fn the_baseline_of_a_plan_is_the_roster_the_group_holds() {
    let fixture = Fixture::with(Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let few = fixture.file("few.csv", &people(50));
    let many = fixture.file("many.csv", &people(200));
    fixture.run(&sync(&group, &few, &["--first-sync", "--no-wait"])).exits(0);
    fixture.complete_syncs();
    fixture.run(&sync(&group, &many, &["--no-wait"])).exits(0).says("completed: 50 rows sent");
    // Nothing is sent before the sync settles, and a plan counts both rosters.
    let run = fixture.run(&sync(&group, &few, &["--wait-deadline", "1ms"])).exits(7);
    run.says("nothing was sent").says("still in progress").says("members wait grpmsr_");
    let plan = ["members", "plan", &group, &few];
    fixture.run(&plan).exits(6).says("at most 150 to remove (75.0% of 200)");
    fixture.run(&sync(&group, &few, &["--dry-run"])).exits(6).says("at most 150 to remove");
    fixture.complete_syncs();
    let run = fixture.run(&sync(&group, &few, &[])).exits(6).says("completed: 200 rows sent");
    run.says("150 to remove (75.0% of 200)").says("--max-removals");
    // The sync is settled from then on.
    fixture.run(&plan).exits(6).says(": 0 to add, 150 to remove").says_not("at most");
    assert_eq!(fixture.submissions(), 2);
    assert_eq!(fixture.members(&group).len(), 200);
}

#[test]
fn a_sync_with_a_lost_receipt_counts_with_the_one_before() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let many = fixture.file("many.csv", &people(200));
    for fault in ["before", "after"] {
        let fault = json!({"operation": "groups.members.sync.submit", "drop": fault});
        fixture.control().fault(&fault).unwrap();
        fixture.run(&sync(&group, &many, &["--max-retries", "0"])).exits(5).says("counts both");
    }
    fixture.run(&["members", "forget"]).exits(0).says("2 syncs forgotten").says("still counts");
    let run = fixture.run(&sync(&group, "synced.csv", &[])).exits(6);
    run.says("at most 150 to remove (75.0% of 200)").says("interrupted while it was being sent");
    assert_eq!(fixture.members(&group).len(), 200);
    // Members of either roster are neither added nor removed unexpectedly.
    fixture.run(&sync(&group, &many, &[])).exits(0).says("at least 0 to add, at most 0 to remove");
    fixture.run(&["members", "plan", &group, &many]).exits(0).says("0 to remove (0.0% of 200)");
}

#[test]
fn a_sync_unknown_to_the_server_counts_with_the_one_before() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let many = fixture.file("many.csv", &people(200));
    fixture.run(&sync(&group, &many, &["--no-wait"])).exits(0);
    let gone = json!({"operation": "groups.members.sync.retrieve", "status": 404});
    fixture.control().fault(&gone).unwrap();
    let run = fixture.run(&sync(&group, "synced.csv", &[])).exits(6);
    run.says("the server no longer knows").says("at most 150 to remove");
    // Another error does not settle anything.
    let error = json!({"operation": "groups.members.sync.retrieve", "status": 403});
    fixture.control().fault(&error).unwrap();
    fixture.run(&sync(&group, &many, &[])).exits(5).says("nothing was sent");
    assert_eq!(fixture.submissions(), 2);
    assert_eq!(fixture.members(&group).len(), 200);
}

/// Makes the next poll return a completed sync without results.
fn without_results(fixture: &Fixture) {
    let fault = json!({
        "operation": "groups.members.sync.retrieve", "merge": {"data": {"results": null}}, "times": 1,
    });
    fixture.control().fault(&fault).unwrap();
}

#[test]
fn an_unknown_outcome_is_not_success_and_counts_with_the_roster_before() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let many = fixture.file("many.csv", &people(200));
    without_results(&fixture);
    let run = fixture.run(&sync(&group, &many, &["--quiet"])).exits(10);
    let run = run.says("error: the sync completed, but its outcome is unknown");
    assert_eq!(run.json()["outcome"]["status"], "unknown");
    assert_eq!(run.json()["outcome"]["added"], Value::Null);
    without_results(&fixture);
    let run = fixture.run(&sync(&group, "synced.csv", &[])).exits(6);
    run.says("the numbers of added and removed members are unknown").says("at most 150 to remove");
    // Results in a later response settle it.
    let run = fixture.run(&sync(&group, &many, &[])).exits(0);
    run.says("completed: 200 rows sent").says(": 0 to add, 0 to remove (0.0% of 200)");
    assert_eq!(fixture.members(&group).len(), 200);
}

#[test]
fn the_outcome_is_compared_with_the_plan() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let many = fixture.file("many.csv", &people(60));
    // Another machine syncs the same group.
    let other = ["--state-dir", "other"];
    fixture
        .run(&sync(&group, &many, &[&other[..], &["--previous", "synced.csv"]].concat()))
        .exits(0);
    let run = fixture.run(&sync(&group, "synced.csv", &["-o", "table", "--quiet"])).exits(9);
    run.says("error: the sync completed, but its outcome differs from the plan");
    let more = fixture.file("more.csv", &people(49));
    let run = fixture.run(&sync(&group, &many, &[&other[..], &["-o", "table"]].concat())).exits(9);
    run.says("not shown: 60 rows;").says_not("as planned");
    let run = fixture.run(&sync(&group, &more, &["--no-wait"])).exits(0);
    let request = request(&run);
    let waited = fixture.run(&["members", "wait", &request]).exits(9);
    assert_eq!(waited.json()["outcome"]["status"], "not_as_planned");
    // The group now holds the roster that was sent.
    let run = fixture.run(&["members", "plan", &group, &more]).exits(0);
    run.says("0 to add, 0 to remove (0.0% of 49)");
}

#[test]
fn a_repeated_submission_is_recorded_until_its_outcome_is_read() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 5);
    let more = fixture.file("more.csv", &people(6));
    let fault = json!({"operation": "groups.members.sync.submit", "drop": "after", "times": 1});
    fixture.control().fault(&fault).unwrap();
    let run = fixture.run(&sync(&group, &more, &["--no-wait"])).exits(0);
    let request = request(&run);
    // The results do not include the changes of the first request.
    let run = fixture.run(&["members", "wait", &request]).exits(10).says("repeated");
    assert_eq!(run.json()["outcome"]["repeated"], true);
    let run = fixture.run(&["members", "plan", &group, "synced.csv"]).exits(0);
    run.says("at least 0 to add, at most 1 to remove");
}

#[test]
fn recorded_state_blocks_first_sync_and_counts_with_previous() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let few = fixture.file("few.csv", &people(40));
    for options in [&[][..], &["--dry-run"], &["--max-removals", "100%"]] {
        let run = fixture.run(&sync(&group, &few, &[&["--first-sync"], options].concat())).exits(6);
        run.says("recorded a completed sync of 50 members").says("use --previous");
    }
    // A smaller previous roster does not make the group smaller.
    let run = fixture.run(&sync(&group, &few, &["--previous", &few])).exits(6);
    let run = run.says("differs from").says("50 members: 10 are missing from few.csv");
    run.says("10 to remove (20.0% of 50)");
    // The same roster in another file draws no warning.
    let same = fixture.file("same.csv", &people(50));
    let run = fixture.run(&["members", "plan", &group, &same, "--previous", &same]).exits(0);
    assert_eq!(run.says_not("warning").json()["baseline"], "previous");
    assert_eq!(fixture.members(&group).len(), 50);
}

#[test]
fn damaged_state_never_counts_as_a_smaller_roster() {
    type Damage = fn(&[u8]) -> Vec<u8>;
    let cases: [(&str, Damage); 5] = [
        ("is empty", |_| Vec::new()),
        ("is damaged", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("has no header", |bytes| bytes[100..].to_vec()),
        ("has no header", |bytes| bytes.splitn(2, |byte| *byte == b'\n').last().unwrap().to_vec()),
        ("is damaged", |bytes| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.replacen("EMP-007", "EMP-700", 1).into_bytes()
        }),
    ];
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let file = fixture.state_files("roster-").remove(0);
    let intact = fs::read(&file).unwrap();
    for (message, damage) in cases {
        fs::write(&file, damage(&intact)).unwrap();
        for options in [&[][..], &["--first-sync"], &["--dry-run"], &["--max-removals", "100%"]] {
            let run = fixture.run(&sync(&group, "synced.csv", options)).exits(1).says(message);
            let run = run.says(file.to_str().unwrap()).says("--previous FILE");
            run.says_not("--no-state").says_not("delete");
        }
    }
    assert_eq!(fixture.submissions(), 1);
    // The previous roster replaces the damaged one.
    let run = fixture.run(&sync(&group, "synced.csv", &["--previous", "synced.csv"])).exits(0);
    run.says("is damaged");
    fixture.run(&sync(&group, "synced.csv", &[])).exits(0).says_not("damaged");
}

#[test]
fn a_damaged_journal_never_counts_as_empty() {
    let fixture = Fixture::new();
    let group = fixture.synced("tier-1", 50);
    let journal = fixture.state().join("journal.jsonl");
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str("{\"at\":\"2026-10-01T\n");
    fs::write(&journal, text).unwrap();
    let run = fixture.run(&sync(&group, "synced.csv", &[])).exits(1);
    run.says("journal.jsonl is damaged in line 4").says("--previous FILE");
    let few = fixture.file("few.csv", &people(40));
    fixture.run(&sync(&group, &few, &["--previous", &few])).exits(6).says("of 50)");
    fixture.run(&sync(&group, "synced.csv", &["--previous", "synced.csv"])).exits(0);
    fixture.run(&sync(&group, "synced.csv", &[])).exits(0).says_not("damaged");
    // Other commands do not need the journal.
    fixture.run(&["groups", "list"]).exits(0);
}

#[test]
fn a_missing_pending_roster_is_an_error() {
    let fixture = Fixture::with(Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(50));
    let run = fixture.run(&sync(&group, &file, &["--first-sync", "--no-wait"])).exits(0);
    let request = request(&run);
    fixture.complete_syncs();
    fs::remove_file(&fixture.state_files("pending-")[0]).unwrap();
    let few = fixture.file("few.csv", &people(4));
    fixture.run(&sync(&group, &few, &[])).exits(1).says("is missing").says("--previous FILE");
    fixture.run(&["members", "wait", &request]).exits(0).says("is missing").says("50 added");
    fixture.run(&["members", "plan", &group, &few]).exits(1).says("is missing");
    assert_eq!(fixture.members(&group).len(), 50);
}

#[test]
fn one_sync_of_a_group_at_a_time_regardless_of_state() {
    let fixture = Fixture::with(Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(3));
    let first = sync(&group, &file, &["--first-sync", "--no-state"]);
    let running = fixture.spawn(&first).until("waiting for grpmsr_");
    for options in [&["--no-state"][..], &["--state-dir", "other"], &[]] {
        let run =
            fixture.run(&sync(&group, &file, &[&["--first-sync"], options].concat())).exits(1);
        run.says("syncing group");
    }
    assert_eq!(fixture.submissions(), 1);
    running.signal(Signal::KILL).end().exits(-1);
    // Locks fall back to the temporary directory; if neither is usable, nothing is sent.
    fs::remove_dir_all(fixture.path(".local")).unwrap();
    fixture.file(".local", "a file where a directory should be");
    fs::create_dir(fixture.path("tmp")).unwrap();
    let elsewhere = |temporary: &str| {
        let options = ["--first-sync", "--no-state", "--no-wait"];
        let mut command = fixture.command(&sync(&group, &file, &options));
        command.env("TMPDIR", fixture.path(temporary));
        Run::of(command)
    };
    elsewhere("tmp").exits(0);
    elsewhere("roster.csv").exits(1).says("cannot lock the group");
    assert_eq!(fixture.submissions(), 2);
}

#[test]
fn a_member_whose_removal_failed_stays_in_the_baseline() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    // Another machine added E9 to the group.
    let other = fixture.file("other.csv", &roster(&[("E1", BASIC), ("E9", BASIC)]));
    fixture.run(&sync(&group, &other, &["--first-sync", "--no-state"])).exits(0);
    let forced = json!({"forced_failures": [{"reference_id": "E9", "operation": "remove"}]});
    fixture.control().settings(&forced).unwrap();
    let one = fixture.file("one.csv", &roster(&[("E1", BASIC)]));
    let run = fixture.run(&sync(&group, &one, &["--previous", &one])).exits(9);
    run.says("1 could not be removed");
    let run = fixture.run(&["members", "plan", &group, &one]).exits(0);
    run.says("0 to add, 1 to remove (50.0% of 2)");
}
