//! `members check` and `members plan`: nothing is sent.

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

/// A file with a mistake of each sort, and health data that must not be shown.
const BROKEN: &str = "\
Emp ID,First Name,Last Name,DOB,Phone,Email,Plan,Street,City,State,Zip
E1,Canaryfirst,Canarylast,06/05/1987,12-12,canary.mail@nowhere,pln_1,77 Canary Street,Canaryville,New York,1987
E1,,Canarylast,1987-06-05,2125550187,,pln_1,77 Canary Street,Canaryville,NY,10987
";

#[test]
fn findings_name_the_place_and_mask_the_value() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", BROKEN);
    let run = bench.run(&["members", "check", &file]).ends(3);
    let whole = run.says("7 errors").json();
    assert_eq!(whole["ok"], false);
    let findings = whole["check"]["findings"].as_array().unwrap();
    let rules: Vec<_> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    for rule in ["date_of_birth.format", "phone.invalid", "state.unknown", "reference_id.duplicate"]
    {
        assert!(rules.contains(&rule), "{rule} in {rules:?}");
    }
    for format in ["table", "jsonl", "csv", "yaml"] {
        let run = bench.run(&["members", "check", &file, "-o", format]).ends(3);
        insta::assert_snapshot!(format!("check_{format}"), run.out);
    }
    assert!(bench.control().requests().is_empty());
}

#[test]
fn a_good_file_is_good() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", &people(3));
    let run = bench.run(&["members", "check", &file, "-o", "table"]).ends(0);
    assert_eq!(run.says("0 errors, 0 warnings").out, "");
}

#[test]
fn options_say_what_the_file_does_not() {
    let bench = Bench::new();
    let text = "Badge;First Name;Last Name;DOB;Street;City;State;Zip;Junk\n\
                B1;Canaryfirst;Canarylast;6/5/1987;77 Canary Street;Canaryville;new york;1098;x\n";
    let file = bench.file("roster.txt", text);
    bench.run(&["members", "check", &file]).ends(3);
    let run = bench.run(&[
        "members",
        "check",
        &file,
        "--map",
        "Badge=reference_id",
        "--default-plan",
        BASIC,
        "--ignore-column",
        "Junk",
        "--normalize",
        "safe,zip",
        "--date-format",
        "mm/dd/yyyy",
    ]);
    let whole = run.ends(0).says("Badge as reference_id").json();
    assert_eq!(whole["normalized"]["total"], 3);
    bench.run(&["members", "check", &file, "--map", "Badge=badge"]).ends(2).says("reference_id");
    bench.run(&["members", "check", &file, "--map", "Nope=reference_id"]).ends(2).says("Nope");
    bench.run(&["members", "check", &file, "--date-format", "yy"]).ends(2).says("mm/dd/yyyy");
}

#[test]
fn files_that_are_no_rosters() {
    let bench = Bench::new();
    bench.run(&["members", "check", "missing.csv"]).ends(1).says("missing.csv");
    for (name, text) in [
        ("empty.csv", ""),
        ("columns.csv", "Name,Town\nCanaryfirst,Canaryville\n"),
        ("quote.csv", "reference_id,first_name\n\"E1,Canaryfirst\n"),
        ("broken.json", "{\"members\": [{\"first_name\": \"Canaryfirst\""),
        ("binary.csv", "PK\u{3}\u{4}\u{0}\u{0}Canaryfirst"),
    ] {
        let file = bench.file(name, text);
        bench.run(&["members", "check", &file]).ends(3).says(name).says("error:");
    }
}

#[test]
fn json_and_standard_input_are_read() {
    let bench = Bench::new();
    let member = json!({
        "reference_id": "E1", "first_name": "Canaryfirst", "last_name": "Canarylast",
        "date_of_birth": "1987-06-05", "plan_id": BASIC,
        "address": {"address_line_1": "77 Canary Street", "city": "Canaryville", "state": "NY", "zipcode": "10987"},
    });
    let file = bench.file("roster.json", &json!({"members": [member]}).to_string());
    bench.run(&["members", "check", &file]).ends(0).says("1 row of JSON");
    let mut command = bench.command(&["members", "check", "-"]);
    command.stdin(std::fs::File::open(bench.path(&file)).unwrap());
    support::Run::of(command).ends(0).says("standard input: 1 row of JSON");
}

#[test]
fn plans_are_checked_against_the_organization_on_request() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", &roster(&[("E1", BASIC), ("E2", "pln_other")]));
    bench.run(&["members", "check", &file]).ends(0).says("0 warnings");
    bench.run(&["members", "check", &file, "--check-plans"]).ends(0).says("1 warning");
}

#[test]
fn a_plan_compares_with_a_named_roster() {
    let bench = Bench::new();
    bench.file("old.csv", &roster(&[("E1", BASIC), ("E2", BASIC), ("E3", BASIC)]));
    let new = bench.file("new.csv", &roster(&[("E1", PREMIUM), ("E2", BASIC), ("E4", BASIC)]));
    let plan = ["members", "plan", "grp_1", &new, "--previous", "old.csv"];
    let run = bench.run(&plan).ends(0).says("1 to add, 1 to remove (33.3% of 3)");
    let changes = &run.says("1 plan change").json()["changes"];
    assert_eq!(changes["removals"][0]["reference_id"], "E3");
    assert_eq!(changes["adds"][0]["reference_id"], "E4");
    for format in ["table", "csv", "jsonl", "yaml"] {
        let run = bench.run(&[&plan[..], &["-o", format]].concat()).ends(0);
        insta::assert_snapshot!(format!("plan_{format}"), run.out);
    }
    bench.run(&[&plan[..], &["--max-removals", "33%"]].concat()).ends(6).says("limit of 33%");
    bench.run(&[&plan[..], &["--max-removals", "1"]].concat()).ends(0);
    bench.run(&[&plan[..], &["--max-removals", "lots"]].concat()).ends(2).says("5%");
    assert!(bench.control().requests().is_empty());
}

#[test]
fn a_plan_without_a_previous_roster_says_so() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", &people(2));
    bench.run(&["members", "plan", "grp_1", &file]).ends(0).says("no previous roster");
    let limited = ["members", "plan", "grp_1", &file, "--max-removals", "5%"];
    bench.run(&limited).ends(6).says("--previous FILE");
}
