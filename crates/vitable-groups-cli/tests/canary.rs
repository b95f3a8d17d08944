//! Runs every command against every fault, with all logs; `Run` searches the output for secrets.

mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::{BASIC, Fixture, KEY, people};

/// Command lines, and the API operations that they call. Together they cover every operation.
fn commands() -> Vec<(&'static [&'static str], &'static [&'static str])> {
    vec![
        (&["groups.list"], &["groups", "list"]),
        (&["groups.list"], &["groups", "find", "tier-1"]),
        (&["groups.create"], &["groups", "create", "tier-2", "--name", "Tier 2"]),
        (
            &["groups.create", "groups.list"],
            &["groups", "create", "tier-1", "--name", "T", "--if-missing"],
        ),
        (&["groups.retrieve"], &["groups", "get", "GROUP"]),
        (&["groups.update"], &["groups", "update", "GROUP", "--name", "Tier 3"]),
        (&["plans.list"], &["plans", "list"]),
        (&["plans.list"], &["members", "check", "roster.csv", "--check-plans"]),
        (&[], &["members", "plan", "GROUP", "roster.csv", "--previous", "roster.csv"]),
        (
            &["groups.members.sync.submit", "groups.members.sync.retrieve"],
            &[
                "members",
                "sync",
                "GROUP",
                "roster.csv",
                "--previous",
                "roster.csv",
                "--yes",
                "--wait-deadline",
                "300ms",
            ],
        ),
        (&["groups.members.sync.retrieve"], &["members", "status", "grpmsr_1", "--group", "GROUP"]),
        (
            &["groups.members.sync.retrieve"],
            &["members", "wait", "grpmsr_1", "--group", "GROUP", "--wait-deadline", "300ms"],
        ),
    ]
}

#[test]
fn no_command_prints_a_key_or_a_member_under_any_fault() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    fixture.file("roster.csv", &people(3));
    let echo = json!({"extra": [{"first_name": "Canaryfirst", "email": "canary.mail@x.example"}]});
    let mut faults = vec![
        json!({"times": 0}),
        json!({"status": 200, "body": echo}),
        json!({"status": 200, "body": {"data": echo}}),
        json!({"drop": "before"}),
        json!({"drop": "after"}),
        json!({"cut_at": 9}),
        json!({"garbage": true}),
    ];
    for status in [302, 401, 404, 409, 422, 429, 500] {
        faults.push(json!({"status": status, "body": echo, "headers": {"retry-after-ms": "1"}}));
    }
    let mut seen = BTreeSet::new();
    let mut codes = BTreeSet::new();
    let mut logged_retry = false;
    for fault in &mut faults {
        fixture.control().call("DELETE", "/faults", &json!(null)).unwrap();
        if fault["times"].is_null() {
            fault["times"] = json!(null);
            fixture.control().fault(fault).unwrap();
        }
        for (_, arguments) in commands() {
            let arguments: Vec<&str> = arguments
                .iter()
                .map(|argument| if *argument == "GROUP" { &group } else { *argument })
                .collect();
            let mut command = fixture.command(&arguments);
            // Only responses with a status carry the header that shortens the backoff.
            let (retries, format) =
                if fault["status"].is_null() { ("0", "table") } else { ("1", "json") };
            command.args(["-vvv", "--max-retries", retries, "-o", format]);
            command.env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace");
            let run = support::Run::of(command);
            logged_retry |= run.err.contains("retry=1");
            codes.insert(run.code);
        }
        seen.extend(fixture.control().requests().iter().filter_map(|request| request.operation));
    }
    let covered: BTreeSet<_> =
        commands().iter().flat_map(|(operations, _)| operations.iter().copied()).collect();
    let manifest = vitable_groups::binding::manifest();
    let all: BTreeSet<_> = manifest["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["name"].as_str().unwrap())
        .collect();
    assert_eq!(covered, all, "an operation has no command");
    assert!(seen.is_superset(&all), "{seen:?} reached the server");
    assert!(codes.contains(&0) && codes.len() > 2, "too few exit codes: {codes:?}");
    assert!(logged_retry, "no retry was logged");

    let sent = format!("{:?}", fixture.control().requests());
    for canary in [KEY, "Canaryfirst", "Canarylast", "1987-06-05", "2125550187", "77 Canary", BASIC]
    {
        assert!(sent.contains(canary), "{canary} was never sent");
    }
}

#[test]
#[should_panic(expected = "is in the output")]
fn the_search_finds_a_secret() {
    let fixture = Fixture::new();
    drop(fixture.run(&["groups", "find", KEY]).says("not reached: the search panics first"));
}
