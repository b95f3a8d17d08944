//! Help, version, completions, the manifest, pipes, the sandbox and the demo.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use rustix::process::Signal;
use serde_json::json;
use support::{Bench, Run, Running, people};

#[test]
fn the_version_needs_nothing() {
    let bench = Bench::new();
    let run = bench.run(&["--version"]).ends(0);
    assert_eq!(run.out, format!("vitable-groups {}\n", env!("CARGO_PKG_VERSION")));
    assert!(!bench.path(".local").exists() && !bench.path(".config").exists());
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let bench = Bench::new();
    let run = bench.run(&["--help"]).ends(0);
    for text in
        ["vitable-groups demo", "Exit codes:", "  4  the sync is done", "  9  ", " 10  ", "130"]
    {
        assert!(run.out.contains(text), "{text}");
    }
    let run = bench.run(&["members", "sync", "--help"]).ends(0);
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
    bench.run(&[]).ends(2).says("Usage:");
    bench.run(&["members", "synk"]).ends(2).says("sync");
}

#[test]
fn the_rosters_of_the_demo_are_those_of_the_examples() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours: Vec<_> = std::fs::read_dir(package.join("rosters")).unwrap().collect();
    assert_eq!(ours.len(), 3);
    for file in ours {
        let file = file.unwrap();
        let example = package.join("../../examples/rosters").join(file.file_name());
        assert_eq!(std::fs::read(file.path()).unwrap(), std::fs::read(example).unwrap());
    }
}

#[test]
fn completions_for_every_shell() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(bench.run(&["completions", shell]).ends(0).out.contains("vitable-groups"));
    }
    bench.run(&["completions", "tcl"]).ends(2);
}

#[test]
fn a_man_page_for_every_command() {
    let bench = Bench::new();
    bench.run(&["man", "pages"]).ends(0);
    let page = std::fs::read_to_string(bench.path("pages/vitable-groups-members-sync.1")).unwrap();
    assert!(page.contains("max\\-removals"), "{page}");
    assert!(bench.path("pages/vitable-groups.1").exists());
}

#[test]
fn the_manifest_lists_the_operations() {
    let bench = Bench::new();
    let manifest = bench.run(&["manifest"]).ends(0).json();
    assert_eq!(manifest["operations"][0]["name"], "groups.list");
    let lines = bench.run(&["manifest", "-o", "csv"]).ends(0).out.lines().count();
    assert_eq!(lines, manifest["operations"].as_array().unwrap().len() + 1);
}

#[test]
fn every_operation_has_a_command() {
    let bench = Bench::new();
    let manifest = bench.run(&["manifest"]).ends(0).json();
    for operation in manifest["operations"].as_array().unwrap() {
        let command: &[&str] = match operation["name"].as_str().unwrap() {
            "groups.list" => &["groups", "list"],
            "groups.create" => &["groups", "create"],
            "groups.retrieve" => &["groups", "get"],
            "groups.update" => &["groups", "update"],
            "groups.members.sync.submit" => &["members", "sync"],
            "groups.members.sync.retrieve" => &["members", "status"],
            "plans.list" => &["plans", "list"],
            other => panic!("no command for {other}"),
        };
        bench.run(&[command, &["--help"]].concat()).ends(0);
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let bench = Bench::new();
    bench.control().seed(&json!({"many_groups": {"count": 3000, "prefix": "g"}})).unwrap();
    let unread = |format: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = bench.command(&["groups", "list", "-o", format]);
        command.stdout(writer);
        Run::of(command)
    };
    for format in ["jsonl", "json", "table", "csv", "yaml"] {
        assert_eq!(unread(format).ends(0).err, "", "{format}");
    }
    // A stream stops asking for pages when nobody reads.
    bench.control().clear_requests();
    unread("jsonl").ends(0);
    assert_eq!(bench.control().requests().len(), 1);
}

#[test]
fn results_and_talk_are_apart_and_quiet_is_quiet() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    let sync = ["members", "sync", &group, &file, "--first-sync", "--yes", "--quiet"];
    let run = bench.run(&sync).ends(0);
    assert_eq!(run.err, "");
    assert_eq!(run.json()["outcome"]["added"], 2);
}

#[test]
fn colour_is_for_terminals_unless_forced() {
    let bench = Bench::new();
    bench.group("tier-1");
    let list = ["groups", "list", "-o", "table"];
    assert!(!bench.run(&list).ends(0).out.contains('\u{1b}'));
    let forced = bench.run(&[&list[..], &["--color", "always"]].concat()).ends(0);
    assert!(forced.out.contains("\u{1b}["));
}

#[test]
fn the_log_shows_what_happens_without_contents() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(2));
    let run =
        bench.run(&["members", "sync", &group, &file, "--first-sync", "--yes", "-vvv"]).ends(0);
    run.says("groups.members.sync.submit");
}

#[test]
fn the_sandbox_serves_until_it_is_told_to_stop() {
    let bench = Bench::new();
    let database = ["sandbox", "--port", "0", "--db", "sandbox.db", "--key", "made-up"];
    let start = || {
        let mut running = Running::of(bench.command(&database));
        let line = running.out_line();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        (running, url)
    };
    let at = |url: &str, arguments: &[&str]| {
        let mut command = bench.command(arguments);
        command.env("VITABLE_CONNECT_API_KEY", "made-up").env("VITABLE_CONNECT_BASE_URL", url);
        Run::of(command)
    };
    let (running, url) = start();
    at(&url, &["groups", "create", "a", "--name", "A"]).ends(0);
    running.signal(Signal::INT).end().ends(0).says("stopped");
    let (running, url) = start();
    assert_eq!(at(&url, &["groups", "find", "a"]).ends(0).json()["name"], "A");
    running.signal(Signal::TERM).end().ends(0);
    let seed = json!({"groups": [{"id": "grp_seed", "name": "S", "external_reference_id": "s"}]});
    bench.file("seed.json", &seed.to_string());
    let seeded = ["sandbox", "--port", "0", "--seed", "seed.json", "--random-seed", "1"];
    let mut running = Running::of(bench.command(&seeded));
    let url = running.out_line().trim().rsplit(' ').next().unwrap().to_owned();
    at(&url, &["groups", "get", "grp_seed"]).ends(0);
    running.signal(Signal::INT).end().ends(0);
    bench.run(&["sandbox", "--seed", "none.json"]).ends(2).says("none.json");
    bench.run(&["sandbox", "--sync-delay", "soon"]).ends(2).says("500ms");
    let port = bench.sandbox.address().port().to_string();
    bench.run(&["sandbox", "--port", &port]).ends(1).says("--port");
}

#[test]
fn the_demo_tells_its_story() {
    let bench = Bench::new();
    let run = bench.run(&["demo"]).ends(0);
    for text in [
        "$ vitable-groups members check 2026-10-members.csv",
        "EMP-1124",
        "250 rows sent: 250 added",
        "Invalid plan_id",
        "plan change ignored",
        "(exit code 4)",
        "the server is stopped",
    ] {
        assert!(run.out.contains(text), "{text} in {}", run.out);
    }
    // It leaves nothing, and touches nothing of the user's.
    assert_eq!(std::fs::read_dir(bench.folder.path()).unwrap().count(), 0);
    assert!(bench.control().requests().is_empty());
}
