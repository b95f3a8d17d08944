//! `members check` and `members plan`, which send nothing.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use serde_json::json;
use support::{BASIC, Fixture, PREMIUM, people, roster};

/// A file with several kinds of errors, and health data that must not be printed.
const BROKEN: &str = "\
Emp ID,First Name,Last Name,DOB,Phone,Email,Plan,Street,City,State,Zip
E1,Canaryfirst,Canarylast,06/05/1987,12-12,canary.mail@nowhere,pln_1,77 Canary Street,Canaryville,New York,1987
E1,,Canarylast,1987-06-05,2125550187,,pln_1,77 Canary Street,Canaryville,NY,10987
";

#[test]
fn findings_name_the_row_and_mask_the_value() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", BROKEN);
    let run = fixture.run(&["members", "check", &file]).exits(3);
    let whole = run.says("7 errors").json();
    assert_eq!(whole["ok"], false);
    let findings = whole["check"]["findings"].as_array().unwrap();
    let rules: Vec<_> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    for rule in ["date_of_birth.format", "phone.invalid", "state.unknown", "reference_id.duplicate"]
    {
        assert!(rules.contains(&rule), "{rule} in {rules:?}");
    }
    for format in ["table", "jsonl", "csv", "yaml"] {
        let run = fixture.run(&["members", "check", &file, "-o", format]).exits(3);
        insta::assert_snapshot!(format!("check_{format}"), run.out);
    }
    assert!(fixture.control().requests().is_empty());
}

#[test]
fn a_valid_file_has_no_findings() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", &people(3));
    let run = fixture.run(&["members", "check", &file, "-o", "table"]).exits(0);
    assert_eq!(run.says("0 errors, 0 warnings").out, "");
}

#[test]
fn options_supply_what_the_file_lacks() {
    let fixture = Fixture::new();
    let text = "Badge;First Name;Last Name;DOB;Street;City;State;Zip;Junk\n\
                B1;Canaryfirst;Canarylast;6/5/1987;77 Canary Street;Canaryville;new york;1098;x\n";
    let file = fixture.file("roster.txt", text);
    fixture.run(&["members", "check", &file]).exits(3);
    let run = fixture.run(&[
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
    let whole = run.exits(0).says("Badge as reference_id").json();
    assert_eq!(whole["normalized"]["total"], 3);
    fixture.run(&["members", "check", &file, "--map", "Badge=badge"]).exits(2).says("reference_id");
    fixture.run(&["members", "check", &file, "--map", "Nope=reference_id"]).exits(2).says("Nope");
    fixture.run(&["members", "check", &file, "--date-format", "yy"]).exits(2).says("mm/dd/yyyy");
}

#[test]
fn files_that_are_not_rosters() {
    let fixture = Fixture::new();
    fixture.run(&["members", "check", "missing.csv"]).exits(1).says("missing.csv");
    for (name, text) in [
        ("empty.csv", ""),
        ("columns.csv", "Name,Town\nCanaryfirst,Canaryville\n"),
        ("quote.csv", "reference_id,first_name\n\"E1,Canaryfirst\n"),
        ("broken.json", "{\"members\": [{\"first_name\": \"Canaryfirst\""),
        ("binary.csv", "PK\u{3}\u{4}\u{0}\u{0}Canaryfirst"),
    ] {
        let file = fixture.file(name, text);
        fixture.run(&["members", "check", &file]).exits(3).says(name).says("error:");
    }
}

#[test]
fn json_and_standard_input_can_be_read() {
    let fixture = Fixture::new();
    let member = json!({
        "reference_id": "E1", "first_name": "Canaryfirst", "last_name": "Canarylast",
        "date_of_birth": "1987-06-05", "plan_id": BASIC,
        "address": {"address_line_1": "77 Canary Street", "city": "Canaryville", "state": "NY", "zipcode": "10987"},
    });
    let file = fixture.file("roster.json", &json!({"members": [member]}).to_string());
    fixture.run(&["members", "check", &file]).exits(0).says("1 row of JSON");
    let mut command = fixture.command(&["members", "check", "-"]);
    command.stdin(std::fs::File::open(fixture.path(&file)).unwrap());
    support::Run::of(command).exits(0).says("standard input: 1 row of JSON");
}

#[test]
fn check_plans_checks_them_against_the_organization() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", &roster(&[("E1", BASIC), ("E2", "pln_other")]));
    fixture.run(&["members", "check", &file]).exits(0).says("0 warnings");
    fixture.run(&["members", "check", &file, "--check-plans"]).exits(0).says("1 warning");
}

#[test]
fn a_plan_compares_with_the_previous_roster() {
    let fixture = Fixture::new();
    fixture.file("old.csv", &roster(&[("E1", BASIC), ("E2", BASIC), ("E3", BASIC)]));
    let new = fixture.file("new.csv", &roster(&[("E1", PREMIUM), ("E2", BASIC), ("E4", BASIC)]));
    let plan = ["members", "plan", "grp_1", &new, "--previous", "old.csv"];
    let run = fixture.run(&plan).exits(0).says("1 to add, 1 to remove (33.3% of 3)");
    let changes = &run.says("1 plan change").json()["changes"];
    assert_eq!(changes["removals"][0]["reference_id"], "E3");
    assert_eq!(changes["adds"][0]["reference_id"], "E4");
    for format in ["table", "csv", "jsonl", "yaml"] {
        let run = fixture.run(&[&plan[..], &["-o", format]].concat()).exits(0);
        insta::assert_snapshot!(format!("plan_{format}"), run.out);
    }
    fixture.run(&[&plan[..], &["--max-removals", "33%"]].concat()).exits(6).says("limit of 33%");
    fixture.run(&[&plan[..], &["--max-removals", "1"]].concat()).exits(0);
    fixture.run(&[&plan[..], &["--max-removals", "lots"]].concat()).exits(2).says("5%");
    assert!(fixture.control().requests().is_empty());
}

#[test]
fn a_plan_without_a_baseline_is_blocked() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", &people(2));
    let plan = ["members", "plan", "grp_1", &file];
    for options in [&[][..], &["--max-removals", "100%"], &["--allow-empty"], &["--no-state"]] {
        let run = fixture.run(&[&plan[..], options].concat()).exits(6);
        run.says("--previous FILE").says("--first-sync").says_not("--no-state");
    }
    let empty = fixture.file("empty.csv", &people(0));
    fixture.run(&["members", "plan", "grp_1", &empty]).exits(6).says("--allow-empty");
    let allowed = ["members", "plan", "grp_1", &empty, "--allow-empty"];
    fixture.run(&allowed).exits(6).says("--previous FILE");
    let first = fixture.run(&[&plan[..], &["--first-sync"]].concat()).exits(0).says("2 to add");
    assert_eq!(first.json()["baseline"], "first_sync");
    let both = ["--first-sync", "--previous", &file];
    fixture.run(&[&plan[..], &both].concat()).exits(6).says("--first-sync or --previous");
}

#[test]
fn the_previous_roster_is_read_with_the_same_options() {
    let fixture = Fixture::new();
    let text = people(20).replace("reference_id", "Badge").replace(",NY,", ",new york,");
    let file = fixture.file("roster.csv", &text);
    let plan = [
        "members",
        "plan",
        "grp_1",
        &file,
        "--map",
        "Badge=reference_id",
        "--normalize",
        "safe",
        "--previous",
    ];
    let run = fixture.run(&[&plan[..], &[&file]].concat()).exits(0);
    run.says("0 to add, 0 to remove (0.0% of 20), 0 to update").says("20 unchanged");
    for (name, text, code) in [
        ("plain.csv", people(20), 2),
        ("wrong.csv", text.replace("1987-06-05", "06/05/1987"), 3),
        ("empty.csv", text.lines().next().unwrap().to_owned() + "\n", 6),
        ("quote.csv", format!("{text}\"E1"), 3),
    ] {
        let previous = fixture.file(name, &text);
        fixture.run(&[&plan[..], &[&previous]].concat()).exits(code).says("previous");
    }
    fixture.run(&[&plan[..], &["none.csv"]].concat()).exits(1).says("none.csv");
}

#[test]
fn people_with_new_reference_ids_are_listed_and_blocked() {
    let fixture = Fixture::new();
    fixture.file("old.csv", &people(12));
    let new = fixture.file("new.csv", &people(12).replace("\nEMP-0", "\nEMP-"));
    let plan = ["members", "plan", "grp_1", &new, "--previous", "old.csv"];
    let run = fixture.run(&plan).exits(6).says("12 people");
    let run = run.says("EMP-001 is now EMP-01").says(", and 2 more");
    let run = run.says("--allow-new-reference-ids").says("--map").says("--normalize trim");
    let pair = &run.json()["changes"]["rekeyed"][0];
    assert_eq!(pair["previous_reference_id"], "EMP-001");
    fixture.run(&[&plan[..], &["--max-removals", "100%"]].concat()).exits(6);
    fixture.run(&[&plan[..], &["--allow-new-reference-ids"]].concat()).exits(0);
}

#[test]
fn a_plan_shows_the_warnings_of_the_file() {
    let fixture = Fixture::new();
    let file = fixture.file("roster.csv", people(2).trim_end());
    let plan = ["members", "plan", "grp_1", &file, "--first-sync", "--quiet"];
    let run = fixture.run(&plan).exits(0).says("the file may be truncated");
    assert_eq!(run.json()["check"]["warnings"], 1);
}

#[test]
fn a_stray_quote_does_not_swallow_rows() {
    let fixture = Fixture::new();
    let header = "reference_id,first_name,last_name,date_of_birth,plan_id,address_line_1,city,\
                  state,zipcode,notes\n";
    let notes = ["", "\"moved in March", "", "", "\"on leave\"", ""];
    let rows = notes.iter().zip(1..).map(|(note, number)| {
        format!(
            "E{number},Canaryfirst,Canarylast,1987-06-05,{BASIC},77 Canary Street,Canaryville,NY,\
             10987,{note}\n"
        )
    });
    let file = fixture.file("roster.csv", &(header.to_owned() + &rows.collect::<String>()));
    let run = fixture.run(&["members", "check", &file, "--ignore-column", "notes"]).exits(3);
    run.says("line 3, column").says("lines 3 to 6");
}

#[test]
fn line_breaks_inside_cells_need_a_flag() {
    let fixture = Fixture::new();
    let text = people(1).replace("77 Canary Street", "\"77 Canary Street\nUpstairs\"");
    let file = fixture.file("roster.csv", &text);
    let check = ["members", "check", &file, "-o", "table"];
    let run = fixture.run(&check).exits(3).says("--multi-line-cells");
    assert!(run.out.contains("lines 2 to 3"), "{run:?}");
    fixture.run(&[&check[..], &["--multi-line-cells"]].concat()).exits(0);
}
