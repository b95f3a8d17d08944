//! Nobody loses coverage by accident: what is not known, stale or damaged sends nothing.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{BASIC, Bench, Run, people, roster};
use vitable_groups_sandbox::Sandbox;

fn sync<'a>(group: &'a str, file: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&["members", "sync", group, file, "--yes"], options].concat()
}

fn request(run: &Run) -> String {
    run.json()["request_id"].as_str().unwrap().to_owned()
}

#[test]
fn half_a_roster_ends_no_subscription() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 1_000);
    let whole = people(1_000);
    let half = bench.file("half.csv", &whole[..whole.len() / 2]);
    let lines = bench.file("lines.csv", &people(500));
    for file in [&half, &lines] {
        // With what this machine remembers, with a previous roster, and with neither.
        for options in [
            &[][..],
            &["--previous", "synced.csv"],
            &["--no-state"],
            &["--no-state", "--previous", "synced.csv"],
            &["--state-dir", "new"],
        ] {
            let run = bench.run(&sync(&group, file, options));
            assert!([3, 6].contains(&run.code), "{options:?}: {run:?}");
        }
        bench.run(&sync(&group, file, &["--first-sync"]));
    }
    assert_eq!(bench.submissions(), 1);
    assert_eq!(bench.members(&group).len(), 1_000);
}

#[test]
fn the_baseline_of_a_plan_is_what_the_group_holds() {
    let bench = Bench::with(Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let few = bench.file("few.csv", &people(50));
    let many = bench.file("many.csv", &people(200));
    bench.run(&sync(&group, &few, &["--first-sync", "--no-wait"])).ends(0);
    bench.complete_syncs();
    bench.run(&sync(&group, &many, &["--no-wait"])).ends(0).says("is completed: 50 rows sent");
    // Nothing is sent while the end is not known, and a plan counts both rosters.
    let run = bench.run(&sync(&group, &few, &["--wait-deadline", "1ms"])).ends(7);
    run.says("nothing was sent").says("still in progress").says("members wait grpmsr_");
    let plan = ["members", "plan", &group, &few];
    bench.run(&plan).ends(6).says("at most 150 to remove (75.0% of 200)");
    bench.run(&sync(&group, &few, &["--dry-run"])).ends(6).says("at most 150 to remove");
    bench.complete_syncs();
    let run = bench.run(&sync(&group, &few, &[])).ends(6).says("is completed: 200 rows sent");
    run.says("150 to remove (75.0% of 200)").says("150 of the 200");
    // It is settled from then on.
    bench.run(&plan).ends(6).says(": 0 to add, 150 to remove").says_not("at most");
    assert_eq!(bench.submissions(), 2);
    assert_eq!(bench.members(&group).len(), 200);
}

#[test]
fn a_sync_whose_receipt_was_lost_counts_with_the_one_before() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let many = bench.file("many.csv", &people(200));
    for fault in ["before", "after"] {
        let fault = json!({"operation": "groups.members.sync.submit", "drop": fault});
        bench.control().fault(&fault).unwrap();
        bench.run(&sync(&group, &many, &["--max-retries", "0"])).ends(5).says("counts both");
    }
    bench.run(&["members", "forget"]).ends(0).says("2 syncs forgotten").says("still counts");
    let run = bench.run(&sync(&group, "synced.csv", &[])).ends(6);
    run.says("at most 150 to remove (75.0% of 200)").says("cut off while it was sent");
    assert_eq!(bench.members(&group).len(), 200);
    // Whoever is in one of them is not a surprise, whether it was there or not.
    bench.run(&sync(&group, &many, &[])).ends(0).says("at least 0 to add, at most 0 to remove");
    bench.run(&["members", "plan", &group, &many]).ends(0).says("0 to remove (0.0% of 200)");
}

#[test]
fn a_sync_that_the_server_does_not_know_any_more_counts_with_the_one_before() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let many = bench.file("many.csv", &people(200));
    bench.run(&sync(&group, &many, &["--no-wait"])).ends(0);
    let gone = json!({"operation": "groups.members.sync.retrieve", "status": 404});
    bench.control().fault(&gone).unwrap();
    let run = bench.run(&sync(&group, "synced.csv", &[])).ends(6);
    run.says("not known to the server any more").says("at most 150 to remove");
    // An error says nothing.
    let error = json!({"operation": "groups.members.sync.retrieve", "status": 403});
    bench.control().fault(&error).unwrap();
    bench.run(&sync(&group, &many, &[])).ends(5).says("nothing was sent");
    assert_eq!(bench.submissions(), 2);
    assert_eq!(bench.members(&group).len(), 200);
}

/// Completes the next request that is looked at, without results.
fn without_results(bench: &Bench) {
    let fault = json!({
        "operation": "groups.members.sync.retrieve", "merge": {"data": {"results": null}}, "times": 1,
    });
    bench.control().fault(&fault).unwrap();
}

#[test]
fn an_outcome_that_is_not_known_is_not_success_and_counts_with_the_one_before() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let many = bench.file("many.csv", &people(200));
    without_results(&bench);
    let run = bench.run(&sync(&group, &many, &["--quiet"])).ends(10);
    let run = run.says("error: the sync is completed, but its outcome is not known");
    assert_eq!(run.json()["outcome"]["status"], "unknown");
    assert_eq!(run.json()["outcome"]["added"], Value::Null);
    without_results(&bench);
    let run = bench.run(&sync(&group, "synced.csv", &[])).ends(6);
    run.says("it is not known how many were added").says("at most 150 to remove");
    // A server that says more the next time settles it.
    let run = bench.run(&sync(&group, &many, &[])).ends(0);
    run.says("is completed: 200 rows sent").says(": 0 to add, 0 to remove (0.0% of 200)");
    assert_eq!(bench.members(&group).len(), 200);
}

#[test]
fn what_happened_is_compared_with_what_was_planned() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let many = bench.file("many.csv", &people(60));
    // Another machine syncs the same group.
    let other = ["--state-dir", "other"];
    bench.run(&sync(&group, &many, &[&other[..], &["--previous", "synced.csv"]].concat())).ends(0);
    let run = bench.run(&sync(&group, "synced.csv", &["-o", "table", "--quiet"])).ends(9);
    run.says("error: the sync is completed, but what happened is not what was planned");
    let more = bench.file("more.csv", &people(49));
    let run = bench.run(&sync(&group, &many, &[&other[..], &["-o", "table"]].concat())).ends(9);
    run.says("60 rows not shown").says_not("worked as planned");
    let run = bench.run(&sync(&group, &more, &["--no-wait"])).ends(0);
    let request = request(&run);
    let waited = bench.run(&["members", "wait", &request]).ends(9);
    assert_eq!(waited.json()["outcome"]["status"], "not_as_planned");
    // What was sent is what the group holds now.
    let run = bench.run(&["members", "plan", &group, &more]).ends(0);
    run.says("0 to add, 0 to remove (0.0% of 49)");
}

#[test]
fn a_repeated_submission_is_remembered_until_its_outcome_is_seen() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 5);
    let more = bench.file("more.csv", &people(6));
    let fault = json!({"operation": "groups.members.sync.submit", "drop": "after", "times": 1});
    bench.control().fault(&fault).unwrap();
    let run = bench.run(&sync(&group, &more, &["--no-wait"])).ends(0);
    let request = request(&run);
    // The results lack what the first request did.
    let run = bench.run(&["members", "wait", &request]).ends(10).says("repeated");
    assert_eq!(run.json()["outcome"]["repeated"], true);
    let run = bench.run(&["members", "plan", &group, "synced.csv"]).ends(0);
    run.says("at least 0 to add, at most 1 to remove");
}

#[test]
fn known_state_contradicts_a_first_sync_and_counts_with_a_previous_roster() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let few = bench.file("few.csv", &people(40));
    for options in [&[][..], &["--dry-run"], &["--max-removals", "100%"]] {
        let run = bench.run(&sync(&group, &few, &[&["--first-sync"], options].concat())).ends(6);
        run.says("remembers a completed sync of 50 members").says("give --previous");
    }
    // A smaller previous roster does not make the group smaller.
    let run = bench.run(&sync(&group, &few, &["--previous", &few])).ends(6);
    let run = run.says("remembers another roster").says("50 members; 10 of them not in few.csv");
    run.says("10 of the 50");
    // Neither does the same one in another file draw a warning.
    let same = bench.file("same.csv", &people(50));
    let run = bench.run(&["members", "plan", &group, &same, "--previous", &same]).ends(0);
    assert_eq!(run.says_not("warning").json()["baseline"], "previous");
    assert_eq!(bench.members(&group).len(), 50);
}

#[test]
fn damaged_state_is_not_a_smaller_roster() {
    type Harm = fn(&[u8]) -> Vec<u8>;
    let harms: [(&str, Harm); 5] = [
        ("is empty", |_| Vec::new()),
        ("is damaged", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("has no header", |bytes| bytes[100..].to_vec()),
        ("has no header", |bytes| bytes.splitn(2, |byte| *byte == b'\n').last().unwrap().to_vec()),
        ("is damaged", |bytes| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.replacen("EMP-007", "EMP-700", 1).into_bytes()
        }),
    ];
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let file = bench.state_files("roster-").remove(0);
    let good = fs::read(&file).unwrap();
    for (how, harm) in harms {
        fs::write(&file, harm(&good)).unwrap();
        for options in [&[][..], &["--first-sync"], &["--dry-run"], &["--max-removals", "100%"]] {
            let run = bench.run(&sync(&group, "synced.csv", options)).ends(1).says(how);
            let run = run.says(file.to_str().unwrap()).says("--previous FILE");
            run.says_not("--no-state").says_not("delete");
        }
    }
    assert_eq!(bench.submissions(), 1);
    // The previous roster stands in, and what is remembered is whole again.
    let run = bench.run(&sync(&group, "synced.csv", &["--previous", "synced.csv"])).ends(0);
    run.says("is damaged");
    bench.run(&sync(&group, "synced.csv", &[])).ends(0).says_not("damaged");
}

#[test]
fn a_damaged_journal_is_not_an_empty_one() {
    let bench = Bench::new();
    let group = bench.synced("tier-1", 50);
    let journal = bench.state().join("journal.jsonl");
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str("{\"at\":\"2026-10-01T\n");
    fs::write(&journal, text).unwrap();
    let run = bench.run(&sync(&group, "synced.csv", &[])).ends(1);
    run.says("journal.jsonl is damaged in line 4").says("--previous FILE");
    let few = bench.file("few.csv", &people(40));
    bench.run(&sync(&group, &few, &["--previous", &few])).ends(6).says("10 of the 50");
    bench.run(&sync(&group, "synced.csv", &["--previous", "synced.csv"])).ends(0);
    bench.run(&sync(&group, "synced.csv", &[])).ends(0).says_not("damaged");
    // Other commands do not need it.
    bench.run(&["groups", "list"]).ends(0);
}

#[test]
fn a_pending_roster_that_is_gone_is_not_forgotten() {
    let bench = Bench::with(Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(50));
    let run = bench.run(&sync(&group, &file, &["--first-sync", "--no-wait"])).ends(0);
    let request = request(&run);
    bench.complete_syncs();
    fs::remove_file(&bench.state_files("pending-")[0]).unwrap();
    let few = bench.file("few.csv", &people(4));
    bench.run(&sync(&group, &few, &[])).ends(1).says("is missing").says("--previous FILE");
    bench.run(&["members", "wait", &request]).ends(0).says("is missing").says("50 added");
    bench.run(&["members", "plan", &group, &few]).ends(1).says("is missing");
    assert_eq!(bench.members(&group).len(), 50);
}

#[test]
fn one_sync_of_a_group_at_a_time_whatever_state_each_has() {
    let bench = Bench::with(Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(3));
    let first = sync(&group, &file, &["--first-sync", "--no-state"]);
    let running = bench.spawn(&first).until("waiting for grpmsr_");
    for options in [&["--no-state"][..], &["--state-dir", "other"], &[]] {
        let run = bench.run(&sync(&group, &file, &[&["--first-sync"], options].concat())).ends(1);
        run.says("syncing group");
    }
    assert_eq!(bench.submissions(), 1);
    running.signal(Signal::KILL).end().ends(-1);
    // Where the user's own place cannot be used, there is another one; else nothing is sent.
    fs::remove_dir_all(bench.path(".local")).unwrap();
    bench.file(".local", "a file where a directory should be");
    fs::create_dir(bench.path("tmp")).unwrap();
    let elsewhere = |temporary: &str| {
        let options = ["--first-sync", "--no-state", "--no-wait"];
        let mut command = bench.command(&sync(&group, &file, &options));
        command.env("TMPDIR", bench.path(temporary));
        Run::of(command)
    };
    elsewhere("tmp").ends(0);
    elsewhere("roster.csv").ends(1).says("no lock can be taken");
    assert_eq!(bench.submissions(), 2);
}

#[test]
fn a_member_whose_removal_failed_stays_known() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    // Somebody else put E9 into the group.
    let strange = bench.file("strange.csv", &roster(&[("E1", BASIC), ("E9", BASIC)]));
    bench.run(&sync(&group, &strange, &["--first-sync", "--no-state"])).ends(0);
    let forced = json!({"forced_failures": [{"reference_id": "E9", "operation": "remove"}]});
    bench.control().settings(&forced).unwrap();
    let one = bench.file("one.csv", &roster(&[("E1", BASIC)]));
    let run = bench.run(&sync(&group, &one, &["--previous", &one])).ends(9);
    run.says("1 failed to be removed");
    let run = bench.run(&["members", "plan", &group, &one]).ends(0);
    run.says("0 to add, 1 to remove (50.0% of 2)");
}
