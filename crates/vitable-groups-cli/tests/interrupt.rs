//! Ctrl-C, SIGTERM and SIGKILL at the worst moments.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{Bench, Run, people};
use vitable_groups_sandbox::Sandbox;

/// A sync that is accepted and waited for, and will not end by itself.
fn waiting() -> (Bench, String, support::Running) {
    let bench = Bench::with(Sandbox::builder().sync_never());
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(4));
    let running = bench
        .spawn(&["members", "sync", &group, &file, "--first-sync", "--yes"])
        .until("waiting for grpmsr_");
    (bench, group, running)
}

fn resumable(run: &Run, group: &str) -> Vec<String> {
    let command = run.err.split("vitable-groups ").last().unwrap().lines().next().unwrap();
    let words: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
    assert_eq!(words[..2], ["members", "wait"], "{run:?}");
    assert_eq!(words[3..], ["--group", group], "{run:?}");
    words
}

fn resume(bench: &Bench, words: &[String]) -> Value {
    bench.complete_syncs();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let outcome = bench.run(&words).ends(0).json();
    bench.run(&["groups", "list"]).ends(0).says_not("warning");
    outcome
}

#[test]
fn ctrl_c_during_the_wait_says_how_to_resume() {
    let (bench, group, running) = waiting();
    let run = running.signal(Signal::INT).end().ends(130).says("the sync goes on");
    let outcome = resume(&bench, &resumable(&run, &group));
    assert_eq!(outcome["rows"].as_array().unwrap().len(), 4);
}

#[test]
fn sigterm_is_told_apart() {
    let (_bench, group, running) = waiting();
    let run = running.signal(Signal::TERM).end().ends(143);
    resumable(&run, &group);
}

#[test]
fn after_a_kill_the_next_command_tells_of_the_sync() {
    let (bench, group, running) = waiting();
    // While it is waited for, it is nobody else's business.
    bench.run(&["groups", "list"]).ends(0).says_not("warning");
    let file = "roster.csv";
    let second = ["members", "sync", &group, file, "--yes"];
    bench.run(&second).ends(1).says("syncing group");
    running.signal(Signal::KILL).end().ends(-1);
    let run = bench.run(&["groups", "list"]).ends(0).says("its outcome was not seen");
    let run = run.says("minute ago").says("to settle it: vitable-groups members wait");
    let outcome = resume(&bench, &resumable(&run, &group));
    assert_eq!(outcome["file"], file);
    assert_eq!(outcome["outcome"]["added"], 4);
}

/// Waits until a request hangs in the sandbox.
fn until_it_hangs(bench: &Bench) {
    let hanging =
        || bench.control().call("GET", "/faults", &Value::Null).unwrap()["hanging"] == json!(1);
    while !hanging() {
        std::thread::yield_now();
    }
}

fn sending() -> (Bench, support::Running) {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "hang": "after"});
    bench.control().fault(&fault).unwrap();
    let running = bench.spawn(&["members", "sync", &group, &file, "--first-sync", "--yes"]);
    until_it_hangs(&bench);
    (bench, running)
}

#[test]
fn a_kill_between_sending_and_the_answer_is_visible() {
    let (bench, running) = sending();
    running.signal(Signal::KILL).end().ends(-1);
    bench.run(&["plans", "list"]).ends(0).says("cut off while it was sent").says("roster.csv");
}

#[test]
fn ctrl_c_while_sending_says_that_the_outcome_is_unknown() {
    let (bench, running) = sending();
    running.signal(Signal::INT).end().ends(130).says("not known whether the roster was accepted");
    bench.run(&["plans", "list"]).ends(0).says("cut off while it was sent");
}

#[test]
fn ctrl_c_ends_other_commands_at_once() {
    let bench = Bench::new();
    bench.control().fault(&json!({"operation": "groups.list", "hang": "before"})).unwrap();
    let running = bench.spawn(&["groups", "list"]);
    until_it_hangs(&bench);
    running.signal(Signal::INT).end().ends(130).says("interrupted");
}

#[test]
fn a_sync_that_nobody_cares_for_can_be_forgotten() {
    let (bench, group, running) = waiting();
    running.signal(Signal::KILL).end().ends(-1);
    let warned = bench.run(&["groups", "list"]).ends(0).says("members wait grpmsr_");
    let request = warned.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    bench.run(&["members", "forget", "grpmsr_none"]).ends(2).says("grpmsr_none");
    bench.run(&["members", "forget", request]).ends(0).says("1 sync forgotten");
    bench.run(&["groups", "list"]).ends(0).says_not("warning");
    bench.run(&["members", "forget"]).ends(0).says("0 syncs forgotten");
    // The doubt is not forgotten: the group may hold the roster.
    assert_eq!(bench.state_files("pending-").len(), 1);
    bench.run(&["members", "plan", &group, "roster.csv"]).ends(0).says("1 earlier sync");
    bench.complete_syncs();
    let next = ["members", "sync", &group, "roster.csv", "--yes", "--wait-deadline", "1ms"];
    let forgotten = bench.state_files("pending-");
    bench.run(&next).ends(7).says("is completed");
    assert_ne!(bench.state_files("pending-"), forgotten);
}

#[test]
fn a_sync_is_looked_for_where_it_was_submitted() {
    let (bench, _, running) = waiting();
    let run = running.signal(Signal::INT).end().ends(130);
    let request = run.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    let elsewhere = ["members", "wait", request, "--base-url", "http://127.0.0.1:9"];
    bench.run(&elsewhere).ends(2).says(&format!("--base-url {}", bench.sandbox.base_url()));
}
