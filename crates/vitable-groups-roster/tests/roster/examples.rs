//! The example rosters have the errors and changes that their generator describes.

use std::path::PathBuf;

use vitable_groups_roster::{ReadOptions, Roster, diff};

use crate::{found, options};

const PLANS: [&str; 2] = ["pln_Wgx_PobRSymT_ki30sYaBQ", "pln_C506ZkHHTlKfgy16G-TJBQ"];

fn example(name: &str) -> Roster {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/rosters");
    Roster::read_path(folder.join(name), &ReadOptions::default()).unwrap()
}

#[test]
fn october_has_exactly_the_planned_errors() {
    let rules: Vec<_> = found(&example("2026-10-members.csv"))
        .into_iter()
        .map(|(rule, row, line)| (rule, row.unwrap(), line.unwrap()))
        .collect();
    let rules: Vec<_> =
        rules.iter().map(|(rule, row, line)| (rule.as_str(), *row, *line)).collect();
    assert_eq!(
        rules,
        [
            ("state.unknown", 17, 18),
            ("reference_id.duplicate", 42, 43),
            ("date_of_birth.future", 89, 90),
            ("zipcode.format", 124, 125),
            ("email.invalid", 171, 172),
            ("last_name.required", 230, 231),
        ]
    );
}

#[test]
fn corrected_october_has_no_findings() {
    let roster = example("2026-10-members-fixed.csv");
    let report = roster.check(&options().plan_ids(PLANS));
    assert_eq!((report.rows, report.errors, report.warnings), (250, 0, 0), "{report}");
}

#[test]
fn november_has_the_planned_changes() {
    let (october, november) =
        (example("2026-10-members-fixed.csv"), example("2026-11-members.csv"));
    let report = november.check(&options().plan_ids(PLANS));
    assert!(report.is_ok());
    assert_eq!(
        report.findings.iter().map(|f| f.rule.id()).collect::<Vec<_>>(),
        ["plan_id.unknown"]
    );
    let changes = diff(&october, &november);
    assert_eq!((changes.adds.len(), changes.removals.len()), (12, 8));
    assert_eq!((changes.updates.len(), changes.plan_changes.len(), changes.unchanged), (5, 1, 236));
}
