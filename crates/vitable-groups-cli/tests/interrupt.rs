//! Ctrl-C, SIGTERM and SIGKILL during a sync.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{Fixture, Run, people};
use vitable_groups_sandbox::Sandbox;

/// A sync that is accepted and waited for, and does not complete by itself.
fn waiting() -> (Fixture, String, support::Running) {
    let fixture = Fixture::with(Sandbox::builder().sync_never());
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(4));
    let running = fixture
        .spawn(&["members", "sync", &group, &file, "--first-sync", "--yes"])
        .until("waiting for grpmsr_");
    (fixture, group, running)
}

/// The arguments of the suggested command that resumes the wait.
fn resume_arguments(run: &Run, group: &str) -> Vec<String> {
    let command = run.err.split("vitable-groups ").last().unwrap().lines().next().unwrap();
    let arguments: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
    assert_eq!(arguments[..2], ["members", "wait"], "{run:?}");
    assert_eq!(arguments[3..], ["--group", group], "{run:?}");
    arguments
}

fn resume(fixture: &Fixture, arguments: &[String]) -> Value {
    fixture.complete_syncs();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = fixture.run(&arguments).exits(0).json();
    fixture.run(&["groups", "list"]).exits(0).says_not("warning");
    outcome
}

#[test]
fn ctrl_c_during_the_wait_prints_how_to_resume() {
    let (fixture, group, running) = waiting();
    let run = running.signal(Signal::INT).end().exits(130).says("the sync keeps running");
    let outcome = resume(&fixture, &resume_arguments(&run, &group));
    assert_eq!(outcome["rows"].as_array().unwrap().len(), 4);
}

#[test]
fn sigterm_has_its_own_exit_code() {
    let (_bench, group, running) = waiting();
    let run = running.signal(Signal::TERM).end().exits(143);
    resume_arguments(&run, &group);
}

#[test]
fn after_a_kill_the_next_command_warns_about_the_sync() {
    let (fixture, group, running) = waiting();
    // While a process waits for the sync, other commands do not warn about it.
    fixture.run(&["groups", "list"]).exits(0).says_not("warning");
    let file = "roster.csv";
    let second = ["members", "sync", &group, file, "--yes"];
    fixture.run(&second).exits(1).says("syncing group");
    running.signal(Signal::KILL).end().exits(-1);
    let run = fixture.run(&["groups", "list"]).exits(0).says("its outcome was never read");
    let run = run.says("minute ago").says("to see it, run: vitable-groups members wait");
    let outcome = resume(&fixture, &resume_arguments(&run, &group));
    assert_eq!(outcome["file"], file);
    assert_eq!(outcome["outcome"]["added"], 4);
}

/// Waits until a request is hanging in the sandbox.
fn until_it_hangs(fixture: &Fixture) {
    let hanging =
        || fixture.control().call("GET", "/faults", &Value::Null).unwrap()["hanging"] == json!(1);
    while !hanging() {
        std::thread::yield_now();
    }
}

fn sending() -> (Fixture, support::Running) {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(1));
    let fault = json!({"operation": "groups.members.sync.submit", "hang": "after"});
    fixture.control().fault(&fault).unwrap();
    let running = fixture.spawn(&["members", "sync", &group, &file, "--first-sync", "--yes"]);
    until_it_hangs(&fixture);
    (fixture, running)
}

#[test]
fn a_kill_before_the_receipt_is_reported() {
    let (fixture, running) = sending();
    running.signal(Signal::KILL).end().exits(-1);
    fixture
        .run(&["plans", "list"])
        .exits(0)
        .says("interrupted while it was being sent")
        .says("roster.csv");
}

#[test]
fn ctrl_c_while_sending_reports_an_unknown_outcome() {
    let (fixture, running) = sending();
    running
        .signal(Signal::INT)
        .end()
        .exits(130)
        .says("unknown whether the server accepted the roster");
    fixture.run(&["plans", "list"]).exits(0).says("interrupted while it was being sent");
}

#[test]
fn ctrl_c_ends_other_commands_immediately() {
    let fixture = Fixture::new();
    fixture.control().fault(&json!({"operation": "groups.list", "hang": "before"})).unwrap();
    let running = fixture.spawn(&["groups", "list"]);
    until_it_hangs(&fixture);
    running.signal(Signal::INT).end().exits(130).says("interrupted");
}

#[test]
fn an_unfinished_sync_can_be_forgotten() {
    let (fixture, group, running) = waiting();
    running.signal(Signal::KILL).end().exits(-1);
    let warned = fixture.run(&["groups", "list"]).exits(0).says("members wait grpmsr_");
    let request = warned.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    fixture.run(&["members", "forget", "grpmsr_none"]).exits(2).says("grpmsr_none");
    fixture.run(&["members", "forget", request]).exits(0).says("1 sync forgotten");
    fixture.run(&["groups", "list"]).exits(0).says_not("warning");
    fixture.run(&["members", "forget"]).exits(0).says("no unfinished syncs");
    // The roster still counts: the group may hold it.
    assert_eq!(fixture.state_files("pending-").len(), 1);
    fixture.run(&["members", "plan", &group, "roster.csv"]).exits(0).says("1 earlier sync");
    fixture.complete_syncs();
    let next = ["members", "sync", &group, "roster.csv", "--yes", "--wait-deadline", "1ms"];
    let forgotten = fixture.state_files("pending-");
    fixture.run(&next).exits(7).says("completed: ");
    assert_ne!(fixture.state_files("pending-"), forgotten);
}

#[test]
fn a_wait_at_another_base_url_names_the_right_one() {
    let (fixture, _, running) = waiting();
    let run = running.signal(Signal::INT).end().exits(130);
    let request = run.err.split("members wait ").nth(1).unwrap().split(' ').next().unwrap();
    let elsewhere = ["members", "wait", request, "--base-url", "http://127.0.0.1:9"];
    fixture.run(&elsewhere).exits(2).says(&format!("--base-url {}", fixture.sandbox.base_url()));
}
