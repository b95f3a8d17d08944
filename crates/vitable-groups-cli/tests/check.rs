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
fn a_plan_without_a_baseline_is_refused() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", &people(2));
    let plan = ["members", "plan", "grp_1", &file];
    for options in [&[][..], &["--max-removals", "100%"], &["--allow-empty"], &["--no-state"]] {
        let run = bench.run(&[&plan[..], options].concat()).ends(6);
        run.says("--previous FILE").says("--first-sync").says_not("--no-state");
    }
    let empty = bench.file("empty.csv", &people(0));
    bench.run(&["members", "plan", "grp_1", &empty]).ends(6).says("--allow-empty");
    let allowed = ["members", "plan", "grp_1", &empty, "--allow-empty"];
    bench.run(&allowed).ends(6).says("--previous FILE");
    let first = bench.run(&[&plan[..], &["--first-sync"]].concat()).ends(0).says("2 to add");
    assert_eq!(first.json()["baseline"], "first_sync");
    let both = ["--first-sync", "--previous", &file];
    bench.run(&[&plan[..], &both].concat()).ends(6).says("--first-sync or --previous");
}

#[test]
fn a_previous_roster_is_read_like_the_roster() {
    let bench = Bench::new();
    let text = people(20).replace("reference_id", "Badge").replace(",NY,", ",new york,");
    let file = bench.file("roster.csv", &text);
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
    let run = bench.run(&[&plan[..], &[&file]].concat()).ends(0);
    run.says("0 to add, 0 to remove (0.0% of 20), 0 to update").says("20 unchanged");
    for (name, text, code) in [
        ("plain.csv", people(20), 2),
        ("wrong.csv", text.replace("1987-06-05", "06/05/1987"), 3),
        ("empty.csv", text.lines().next().unwrap().to_owned() + "\n", 6),
        ("quote.csv", format!("{text}\"E1"), 3),
    ] {
        let previous = bench.file(name, &text);
        bench.run(&[&plan[..], &[&previous]].concat()).ends(code).says("previous");
    }
    bench.run(&[&plan[..], &["none.csv"]].concat()).ends(1).says("none.csv");
}

#[test]
fn people_with_new_reference_ids_are_shown_as_pairs_and_refused() {
    let bench = Bench::new();
    bench.file("old.csv", &people(12));
    let new = bench.file("new.csv", &people(12).replace("\nEMP-0", "\nEMP-"));
    let plan = ["members", "plan", "grp_1", &new, "--previous", "old.csv"];
    let run = bench.run(&plan).ends(6).says("12 people have new reference IDs");
    let run = run.says("EMP-001 is now EMP-01").says(", and 2 more");
    let run = run.says("--allow-new-reference-ids").says("--map").says("--normalize trim");
    let pair = &run.json()["changes"]["rekeyed"][0];
    assert_eq!(pair["previous_reference_id"], "EMP-001");
    bench.run(&[&plan[..], &["--max-removals", "100%"]].concat()).ends(6);
    bench.run(&[&plan[..], &["--allow-new-reference-ids"]].concat()).ends(0);
}

#[test]
fn what_is_doubtful_in_a_file_is_shown_in_the_plan() {
    let bench = Bench::new();
    let file = bench.file("roster.csv", people(2).trim_end());
    let plan = ["members", "plan", "grp_1", &file, "--first-sync", "--quiet"];
    let run = bench.run(&plan).ends(0).says("the file may be truncated");
    assert_eq!(run.json()["check"]["warnings"], 1);
}

#[test]
fn a_stray_quote_swallows_nobody() {
    let bench = Bench::new();
    let header = "reference_id,first_name,last_name,date_of_birth,plan_id,address_line_1,city,\
                  state,zipcode,notes\n";
    let notes = ["", "\"moved in March", "", "", "\"on leave\"", ""];
    let rows = notes.iter().zip(1..).map(|(note, number)| {
        format!(
            "E{number},Canaryfirst,Canarylast,1987-06-05,{BASIC},77 Canary Street,Canaryville,NY,\
             10987,{note}\n"
        )
    });
    let file = bench.file("roster.csv", &(header.to_owned() + &rows.collect::<String>()));
    let run = bench.run(&["members", "check", &file, "--ignore-column", "notes"]).ends(3);
    run.says("line 3, column").says("lines 3 to 6");
}

#[test]
fn line_breaks_inside_cells_are_allowed_by_name() {
    let bench = Bench::new();
    let text = people(1).replace("77 Canary Street", "\"77 Canary Street\nUpstairs\"");
    let file = bench.file("roster.csv", &text);
    let check = ["members", "check", &file, "-o", "table"];
    let run = bench.run(&check).ends(3).says("--multi-line-cells");
    assert!(run.out.contains("lines 2 to 3"), "{run:?}");
    bench.run(&[&check[..], &["--multi-line-cells"]].concat()).ends(0);
}
