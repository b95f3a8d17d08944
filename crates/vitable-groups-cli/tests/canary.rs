//! Every command against every failure, as loud as it goes: what it says is searched by `Run`.

mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::{BASIC, Bench, KEY, people};

/// What the operations of the API are called as. A new operation needs a command, or an entry here.
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
fn no_command_shows_a_key_or_a_member_whatever_fails() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    bench.file("roster.csv", &people(3));
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
    let mut heard = false;
    for fault in &mut faults {
        bench.control().call("DELETE", "/faults", &json!(null)).unwrap();
        if fault["times"].is_null() {
            fault["times"] = json!(null);
            bench.control().fault(fault).unwrap();
        }
        for (_, arguments) in commands() {
            let words: Vec<&str> = arguments
                .iter()
                .map(|word| if *word == "GROUP" { &group } else { *word })
                .collect();
            let mut command = bench.command(&words);
            // Only the answers that can ask for it are tried again at once.
            let (retries, format) =
                if fault["status"].is_null() { ("0", "table") } else { ("1", "json") };
            command.args(["-vvv", "--max-retries", retries, "-o", format]);
            command.env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace");
            let run = support::Run::of(command);
            heard |= run.err.contains("retrying");
            codes.insert(run.code);
        }
        seen.extend(bench.control().requests().iter().filter_map(|request| request.operation));
    }
    let covered: BTreeSet<_> =
        commands().iter().flat_map(|(operations, _)| operations.iter().copied()).collect();
    let manifest = vitable_groups::manifest::manifest();
    let all: BTreeSet<_> = manifest["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["name"].as_str().unwrap())
        .collect();
    assert_eq!(covered, all, "an operation has no canary command");
    assert!(seen.is_superset(&all), "{seen:?} reached the server");
    assert!(codes.contains(&0) && codes.len() > 2, "they ended in several ways: {codes:?}");
    assert!(heard, "the log was heard");

    let sent = format!("{:?}", bench.control().requests());
    for canary in [KEY, "Canaryfirst", "Canarylast", "1987-06-05", "2125550187", "77 Canary", BASIC]
    {
        assert!(sent.contains(canary), "{canary} was sent");
    }
}

#[test]
#[should_panic(expected = "is shown")]
fn the_search_finds_what_is_there() {
    let bench = Bench::new();
    drop(bench.run(&["groups", "find", KEY]).says("nothing is said: the search ends this first"));
}
