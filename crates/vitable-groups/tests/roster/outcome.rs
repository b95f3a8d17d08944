//! Differences, the guard, and outcomes.

use vitable_groups::model::{Field, SyncResults};
use vitable_groups::roster::{
    CorrectionError, Guard, GuardRefusal, MaxRemovals, Outcome, Roster, RosterField, diff,
};

use crate::member;

fn roster(references: &[&str]) -> Roster {
    references.iter().map(|reference| member(reference)).collect()
}

fn results(added: usize, removed: usize, failures: &[(&str, &str)]) -> SyncResults {
    let failures: Vec<_> = failures
        .iter()
        .map(|(reference, operation)| {
            serde_json::json!({"reference_id": reference, "operation": operation, "reason": "Invalid plan_id"})
        })
        .collect();
    let ids = |count| (0..count).map(|number| format!("grpmbr_{number}")).collect::<Vec<_>>();
    serde_json::from_value(serde_json::json!({
        "added_group_member_ids": ids(added), "removed_group_member_ids": ids(removed), "failures": failures,
    }))
    .unwrap()
}

#[test]
fn a_diff_tells_adds_removals_updates_and_plan_changes() {
    let previous = roster(&["A", "B", "C", "D", "E"]);
    let mut members: Vec<_> = previous.members().skip(1).cloned().collect();
    members[0].last_name = "Roe".into();
    members[0].address.city = "Peoria".into();
    members[1].plan_id = "pln_2".to_owned();
    members[2].phone = "+1 217-555-0123".to_owned().into(); // the same number
    members[2].email = Field::Absent; // keeps what the server has
    members[3].email = Field::Null;
    members.push(member("F"));
    let changes = diff(&previous, &Roster::from_members(members));
    let names = |entries: &[vitable_groups::roster::DiffEntry]| {
        entries.iter().map(|entry| (entry.reference_id.clone(), entry.row)).collect::<Vec<_>>()
    };
    assert_eq!(names(&changes.adds), [("F".to_owned(), 5)]);
    assert_eq!(names(&changes.removals), [("A".to_owned(), 1)]);
    let updates: Vec<_> =
        changes.updates.iter().map(|u| (u.entry.reference_id.as_str(), u.fields.clone())).collect();
    assert_eq!(
        updates,
        [("B", vec![RosterField::LastName, RosterField::City]), ("E", vec![RosterField::Email])]
    );
    let plan = &changes.plan_changes[0];
    assert_eq!((plan.previous_plan_id.as_str(), plan.plan_id.as_str()), ("pln_1", "pln_2"));
    assert_eq!(changes.unchanged, 1);
    assert!((changes.removal_share() - 20.0).abs() < f64::EPSILON);
    assert!(changes.warnings()[0].contains("no coverage"));
    let json = serde_json::to_value(&changes).unwrap();
    assert_eq!(json["updates"][0]["fields"], serde_json::json!(["last_name", "address.city"]));
}

#[test]
fn the_guard_stops_what_nobody_meant() {
    let (five, four, nobody) =
        (roster(&["A", "B", "C", "D", "E"]), roster(&["A", "B", "C", "D"]), roster(&[]));
    let guard = Guard::new();
    assert_eq!(guard.check(Some(&five), &nobody), Err(GuardRefusal::EmptyRoster));
    assert_eq!(guard.check(Some(&five), &four), Ok(()));
    assert_eq!(guard.allow_empty(true).check(None, &nobody), Ok(()));
    for (limit, fits) in [("0", false), ("1", true), ("19.9%", false), ("20%", true), ("0%", false)]
    {
        let guard = Guard::new().max_removals(limit.parse().unwrap());
        let verdict = guard.check(Some(&five), &four);
        assert_eq!(verdict.is_ok(), fits, "{limit}");
        assert_eq!(guard.check_diff(&diff(&five, &four)), verdict);
        let refusal = guard.check(None, &four).unwrap_err();
        assert_eq!(refusal.kind(), "no_previous_roster");
    }
    let limited = Guard::new().allow_empty(true).max_removals(MaxRemovals::Count(2));
    let refusal = limited.check(Some(&five), &nobody).unwrap_err();
    assert!(refusal.to_string().contains("5 of the 5 members"), "{refusal}");
    for bad in ["", "%", "-1", "1.5", "101%", "x%", "NaN%", "inf%", "1e2%"] {
        assert!(bad.parse::<MaxRemovals>().is_err(), "{bad}");
    }
}

#[test]
fn failures_find_their_rows_and_the_counts_add_up() {
    let previous = roster(&["A", "B", "C", "X", "Y"]);
    let submitted = roster(&["A", "B", "C", "D", "E"]);
    let outcome = Outcome::join(
        &submitted,
        &results(1, 1, &[("X", "remove"), ("E", "add")]),
        Some(&previous),
    );
    assert_eq!((outcome.submitted, outcome.added, outcome.failed, outcome.kept), (5, 1, 1, 3));
    assert_eq!((outcome.removed, outcome.failed_removals), (1, 1));
    let failure = &outcome.failures[0];
    assert_eq!((failure.row, failure.reference_id.as_str()), (Some(5), "E"));
    assert_eq!(outcome.other_failures[0].reference_id, "X");
    let expected = outcome.expected.unwrap();
    assert_eq!((expected.adds, expected.removals, expected.unchanged), (2, 2, 3));
    assert_eq!(outcome.notes.len(), 1, "{outcome}");

    let surprised = Outcome::join(&submitted, &results(5, 0, &[]), Some(&previous));
    assert!(surprised.notes.iter().any(|note| note.contains("did not hold")), "{surprised}");
    let foreign = Outcome::join(&submitted, &results(9, 0, &[]), None);
    assert!(foreign.notes[0].contains("another request"));
}

#[test]
fn what_is_sent_again_is_always_everybody() {
    let submitted = roster(&["A", "B", "C"]);
    let outcome = Outcome::join(&submitted, &results(1, 0, &[("B", "add"), ("C", "add")]), None);
    let mut fixed = member("B");
    fixed.plan_id = "pln_2".to_owned();
    let give = |reference: &str| (reference.to_owned(), fixed.clone());
    let corrected = outcome.corrected(&submitted, [give("B")]).unwrap();
    let references: Vec<_> =
        corrected.roster.members().map(|m| (m.reference_id.as_str(), m.plan_id.as_str())).collect();
    assert_eq!(references, [("A", "pln_1"), ("B", "pln_2"), ("C", "pln_1")]);
    assert_eq!((corrected.replaced, corrected.still_failing), (1, vec!["C".to_owned()]));

    let refused = |given: Vec<_>| outcome.corrected(&submitted, given).unwrap_err();
    assert_eq!(refused(vec![give("A")]), CorrectionError::NotFailed("A".to_owned()));
    assert_eq!(refused(vec![give("Z")]), CorrectionError::NoSuchRow("Z".to_owned()));
    assert_eq!(refused(vec![give("B"), give("B")]), CorrectionError::GivenTwice("B".to_owned()));
    let partial = roster(&["B"]);
    assert_eq!(
        outcome.corrected(&partial, [give("B")]).unwrap_err(),
        CorrectionError::OtherRoster { rows: 1, submitted: 3 }
    );
}

#[test]
fn hostile_reasons_do_not_reach_the_terminal() {
    let results: SyncResults = serde_json::from_value(serde_json::json!({
        "added_group_member_ids": [], "removed_group_member_ids": [], "failures": [
        {"reference_id": "A\u{1b}[2J", "operation": "add\u{7}", "reason": "\u{1b}]0;x\u{7}"}
    ]}))
    .unwrap();
    let text = Outcome::join(&roster(&["A"]), &results, None).to_string();
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}
