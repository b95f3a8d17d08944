//! Help, version, completions, the manifest, pipes, the sandbox and the demo.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use rustix::process::Signal;
use serde_json::json;
use support::{Fixture, Run, Running, people};

#[test]
fn version_creates_no_files() {
    let fixture = Fixture::new();
    let run = fixture.run(&["--version"]).exits(0);
    assert_eq!(run.out, format!("vitable-groups {}\n", env!("CARGO_PKG_VERSION")));
    assert!(!fixture.path(".local").exists() && !fixture.path(".config").exists());
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let fixture = Fixture::new();
    let run = fixture.run(&["--help"]).exits(0);
    for text in
        ["vitable-groups demo", "Exit codes:", "  4  the sync completed", "  9  ", " 10  ", "130"]
    {
        assert!(run.out.contains(text), "{text}");
    }
    let run = fixture.run(&["members", "sync", "--help"]).exits(0);
    for text in [
        "--max-removals",
        "10% or 3 members",
        "--first-sync",
        "--allow-empty",
        "--resume",
        "Examples:",
    ] {
        assert!(run.out.contains(text), "{text}");
    }
    fixture.run(&[]).exits(2).says("Usage:");
    fixture.run(&["members", "synk"]).exits(2).says("sync");
}

#[test]
fn the_demo_uses_the_example_rosters() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let rosters: Vec<_> = std::fs::read_dir(package.join("rosters")).unwrap().collect();
    assert_eq!(rosters.len(), 3);
    for file in rosters {
        let file = file.unwrap();
        let example = package.join("../../examples/rosters").join(file.file_name());
        assert_eq!(std::fs::read(file.path()).unwrap(), std::fs::read(example).unwrap());
    }
}

#[test]
fn completions_for_every_shell() {
    let fixture = Fixture::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(fixture.run(&["completions", shell]).exits(0).out.contains("vitable-groups"));
    }
    fixture.run(&["completions", "tcl"]).exits(2);
}

#[test]
fn a_man_page_for_every_command() {
    let fixture = Fixture::new();
    fixture.run(&["man", "pages"]).exits(0);
    let page =
        std::fs::read_to_string(fixture.path("pages/vitable-groups-members-sync.1")).unwrap();
    assert!(page.contains("max\\-removals"), "{page}");
    assert!(fixture.path("pages/vitable-groups.1").exists());
}

#[test]
fn the_manifest_lists_the_operations() {
    let fixture = Fixture::new();
    let manifest = fixture.run(&["manifest"]).exits(0).json();
    assert_eq!(manifest["operations"][0]["name"], "groups.list");
    let lines = fixture.run(&["manifest", "-o", "csv"]).exits(0).out.lines().count();
    assert_eq!(lines, manifest["operations"].as_array().unwrap().len() + 1);
}

#[test]
fn the_operations_that_have_commands() {
    let fixture = Fixture::new();
    let manifest = fixture.run(&["manifest"]).exits(0).json();
    let operations = manifest["operations"].as_array().unwrap();
    let commands: &[(&str, &[&str])] = &[
        ("groups.list", &["groups", "list"]),
        ("groups.create", &["groups", "create"]),
        ("groups.retrieve", &["groups", "get"]),
        ("groups.update", &["groups", "update"]),
        ("groups.members.sync.submit", &["members", "sync"]),
        ("groups.members.sync.retrieve", &["members", "status"]),
        ("plans.list", &["plans", "list"]),
    ];
    for (name, command) in commands {
        assert!(operations.iter().any(|operation| operation["name"] == *name), "{name}");
        fixture.run(&[command, &["--help"][..]].concat()).exits(0);
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let fixture = Fixture::new();
    fixture.control().seed(&json!({"many_groups": {"count": 3000, "prefix": "g"}})).unwrap();
    let unread = |format: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = fixture.command(&["groups", "list", "-o", format]);
        command.stdout(writer);
        Run::of(command)
    };
    for format in ["jsonl", "json", "table", "csv", "yaml"] {
        assert_eq!(unread(format).exits(0).err, "", "{format}");
    }
    // A streamed list requests no more pages after the pipe is closed.
    fixture.control().clear_requests();
    unread("jsonl").exits(0);
    assert_eq!(fixture.control().requests().len(), 1);
}

#[test]
fn quiet_prints_only_the_result() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes", "--quiet"];
    let run = fixture.run(&sync).exits(0);
    assert_eq!(run.err, "");
    assert_eq!(run.json()["outcome"]["added"], 2);
}

#[test]
fn piped_output_has_color_only_if_forced() {
    let fixture = Fixture::new();
    fixture.group("tier-1");
    let list = ["groups", "list", "-o", "table"];
    assert!(!fixture.run(&list).exits(0).out.contains('\u{1b}'));
    let forced = fixture.run(&[&list[..], &["--color", "always"]].concat()).exits(0);
    assert!(forced.out.contains("\u{1b}["));
}

#[test]
fn the_log_shows_operations() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(2));
    let run =
        fixture.run(&["members", "sync", &group, &file, "--first-sync", "--yes", "-vvv"]).exits(0);
    run.says("groups.members.sync.submit");
}

#[test]
fn the_sandbox_serves_until_a_signal() {
    let fixture = Fixture::new();
    let database = ["sandbox", "--port", "0", "--db", "sandbox.db", "--key", "made-up"];
    let start = || {
        let mut running = Running::of(fixture.command(&database));
        let line = running.out_line();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        (running, url)
    };
    let at = |url: &str, arguments: &[&str]| {
        let mut command = fixture.command(arguments);
        command.env("VITABLE_CONNECT_API_KEY", "made-up").env("VITABLE_CONNECT_BASE_URL", url);
        Run::of(command)
    };
    let (running, url) = start();
    at(&url, &["groups", "create", "a", "--name", "A"]).exits(0);
    running.signal(Signal::INT).end().exits(0).says("stopped");
    let (running, url) = start();
    assert_eq!(at(&url, &["groups", "find", "a"]).exits(0).json()["name"], "A");
    running.signal(Signal::TERM).end().exits(0);
    let seed = json!({"groups": [{"id": "grp_seed", "name": "S", "external_reference_id": "s"}]});
    fixture.file("seed.json", &seed.to_string());
    let seeded = ["sandbox", "--port", "0", "--seed", "seed.json", "--random-seed", "1"];
    let mut running = Running::of(fixture.command(&seeded));
    let url = running.out_line().trim().rsplit(' ').next().unwrap().to_owned();
    at(&url, &["groups", "get", "grp_seed"]).exits(0);
    running.signal(Signal::INT).end().exits(0);
    fixture.run(&["sandbox", "--seed", "none.json"]).exits(2).says("none.json");
    fixture.run(&["sandbox", "--sync-delay", "soon"]).exits(2).says("500ms");
    let port = fixture.sandbox.address().port().to_string();
    fixture.run(&["sandbox", "--port", &port]).exits(1).says("--port");
}

#[test]
fn the_demo_runs_all_its_steps() {
    let fixture = Fixture::new();
    let run = fixture.run(&["demo"]).exits(0);
    for text in [
        "$ vitable-groups members check 2026-10-members.csv",
        "EMP-1124",
        "250 rows sent: 250 added",
        "Invalid plan_id",
        "plan change ignored",
        "(exit code 4)",
        "The server is stopped",
    ] {
        assert!(run.out.contains(text), "{text} in {}", run.out);
    }
    // It leaves no files and does not use the user's settings.
    assert_eq!(std::fs::read_dir(fixture.folder.path()).unwrap().count(), 0);
    assert!(fixture.control().requests().is_empty());
}
