//! Diffs, the guard, and outcomes.

use vitable_groups_model::{Field, SyncResults};
use vitable_groups_roster::{
    Baseline, CorrectionError, Guard, GuardRefusal, MaxRemovals, Outcome, OutcomeStatus,
    ReadOptions, Roster, RosterField, diff,
};

use crate::member;

fn roster(references: &[&str]) -> Roster {
    references.iter().map(|reference| crate::person(reference, reference)).collect()
}

fn previous(references: &[&str]) -> Baseline {
    Baseline::Previous(roster(references).into())
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
fn a_diff_lists_adds_removals_updates_and_plan_changes() {
    let previous = roster(&["A", "B", "C", "D", "E"]);
    let mut members: Vec<_> = previous.members().skip(1).cloned().collect();
    members[0].last_name = "Roe".into();
    members[0].address.city = "Peoria".into();
    members[1].plan_id = "pln_2".to_owned();
    members[2].phone = "+1 217-555-0123".to_owned().into(); // the same number
    members[2].email = Field::Absent; // keeps the stored value
    members[3].email = Field::Null;
    members.push(crate::person("F", "F"));
    let changes = diff(&previous, &Roster::from_members(members));
    let names = |entries: &[vitable_groups_roster::DiffEntry]| {
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
fn the_guard_blocks_accidental_removals() {
    let (five, four, empty) =
        (previous(&["A", "B", "C", "D", "E"]), roster(&["A", "B", "C", "D"]), roster(&[]));
    let guard = Guard::new();
    assert_eq!(guard.check(&five, &empty), Err(GuardRefusal::EmptyRoster));
    assert!(guard.check(&five, &four).is_ok());
    assert!(guard.allow_empty(true).check(&Baseline::FirstSync, &empty).is_ok());
    for (limit, fits) in [("0", false), ("1", true), ("19.9%", false), ("20%", true), ("0%", false)]
    {
        let guard = Guard::new().max_removals(limit.parse().unwrap());
        let verdict = guard.check(&five, &four);
        assert_eq!(verdict.is_ok(), fits, "{limit}");
        let changes = five.compare(&four).unwrap();
        assert_eq!(guard.check_diff(&changes).err(), verdict.err());
    }
    let limited = Guard::new().allow_empty(true).max_removals(MaxRemovals::Count(2));
    let refusal = limited.check(&five, &empty).unwrap_err();
    assert!(refusal.to_string().contains("5 of the 5 members"), "{refusal}");
    for bad in ["", "%", "-1", "1.5", "101%", "x%", "NaN%", "inf%", "1e2%"] {
        assert!(bad.parse::<MaxRemovals>().is_err(), "{bad}");
    }
}

#[test]
fn the_default_limit_is_ten_percent_or_three_people() {
    let people = |count: usize| -> Roster {
        (0..count).map(|number| crate::person(&format!("E{number}"), number)).collect()
    };
    let kept = |before: usize, now: usize| {
        let before = Baseline::Previous(people(before).into());
        Guard::new().check(&before, &people(now)).map(|_| ())
    };
    for (before, now, fits) in [
        (1_000, 900, true),
        (1_000, 899, false),
        (1_000, 500, false),
        (100, 90, true),
        (100, 89, false),
        (100, 1, false),
        (31, 28, true),
        (31, 27, false),
        (4, 1, true),
        (5, 1, false),
    ] {
        assert_eq!(kept(before, now).is_ok(), fits, "{before} > {now}");
    }
    let refusal = kept(1_000, 500).unwrap_err();
    let text = refusal.to_string();
    assert!(
        text.contains("500 of the 1000 members") && text.contains("10% or 3 members"),
        "{text}"
    );
    let lifted = Guard::new().max_removals("100%".parse().unwrap());
    assert!(lifted.check(&Baseline::Previous(people(1_000).into()), &people(1)).is_ok());
    // An empty roster is allowed, but still removes more than the limit.
    let empty = Guard::new().allow_empty(true);
    let refusal = empty.check(&Baseline::Previous(people(100).into()), &people(0)).unwrap_err();
    assert_eq!(refusal.kind(), "too_many_removals");
}

#[test]
fn an_unknown_baseline_blocks_every_roster() {
    let one = roster(&["A"]);
    let refusal = |baseline: &Baseline| Guard::new().check(baseline, &one).unwrap_err();
    let lifted = Guard::new().allow_empty(true).max_removals("100%".parse().unwrap());
    assert_eq!(lifted.check(&Baseline::Unknown, &one), Err(GuardRefusal::NoBaseline));
    assert_eq!(refusal(&Baseline::default()), GuardRefusal::NoBaseline);
    assert_eq!(refusal(&Baseline::Either(vec![])), GuardRefusal::NoBaseline);
    assert_eq!(refusal(&previous(&[])), GuardRefusal::EmptyPreviousRoster);
    let text = refusal(&Baseline::Unknown).to_string();
    assert!(text.contains("previous roster") && text.contains("first_sync"), "{text}");

    let given = |first| Baseline::from_options(Some(roster(&["A"]).into()), first);
    assert_eq!(given(true), Err(GuardRefusal::ContradictingBaseline));
    assert_eq!(given(false), Ok(previous(&["A"])));
    assert_eq!(Baseline::from_options(Some(roster(&[]).into()), true), Ok(Baseline::FirstSync));
    assert_eq!(Baseline::from_options(None, true), Ok(Baseline::FirstSync));
    assert_eq!(Baseline::from_options(None, false), Ok(Baseline::Unknown));
    for known in [Baseline::FirstSync, Baseline::Empty, Baseline::Remembered(roster(&[]).into())] {
        let plan = Guard::new().check(&known, &one).unwrap();
        assert_eq!((plan.adds.len(), plan.removals.len()), (1, 0));
    }
}

#[test]
fn a_previous_roster_with_malformed_rows_is_rejected() {
    let header = "reference_id,first_name,last_name,dob,plan,street,city,state,zip";
    for malformed in ["E2,Ann", ",Ann,Lee,1990-01-01,pln_1,1 Main,Reno,NV,89501"] {
        let text =
            format!("{header}\nE1,Ann,Lee,1990-01-01,pln_1,1 Main,Reno,NV,89501\n{malformed}\n");
        let read = Roster::read_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
        let refusal =
            Guard::new().check(&Baseline::Previous(read.into()), &roster(&["E1"])).unwrap_err();
        assert_eq!(refusal, GuardRefusal::PreviousRosterHasErrors { rows: 1 }, "{malformed}");
    }
}

#[test]
fn all_rosters_that_may_be_in_force_count() {
    let people = |from: usize, to: usize| -> Roster {
        (from..to).map(|number| crate::person(&format!("E{number}"), number)).collect()
    };
    // The group held 50, and a roster of 200 has not settled: sending 50 may remove 150.
    let either = Baseline::Either(vec![people(0, 200).into(), people(0, 50).into()]);
    let refusal = Guard::new().check(&either, &people(0, 50)).unwrap_err();
    assert!(refusal.to_string().contains("150 of the 200 members"), "{refusal}");

    let lifted = Guard::new().max_removals("100%".parse().unwrap());
    let plan = lifted.check(&either, &people(0, 60)).unwrap();
    assert_eq!((plan.removals.len(), plan.adds.len()), (140, 0));
    // 0 to 140 removals and 0 to 10 adds are as planned, more are not.
    let status = |added, removed| {
        Outcome::join(&people(0, 60), Some(&results(added, removed, &[])), &either, false).status
    };
    assert_eq!(status(10, 0), OutcomeStatus::Succeeded);
    assert_eq!(status(0, 140), OutcomeStatus::Succeeded);
    assert_eq!(status(11, 0), OutcomeStatus::NotAsPlanned);
    assert_eq!(status(0, 141), OutcomeStatus::NotAsPlanned);
}

#[test]
fn changed_reference_ids_are_blocked() {
    let people = |name: fn(usize) -> String| -> Roster {
        (0..240).map(|number| crate::person(&name(number), number)).collect()
    };
    let before = people(|number| format!("{number:06}"));
    let now = people(|number| format!("E{number}"));
    let plan = diff(&before, &now);
    assert_eq!((plan.removals.len(), plan.adds.len(), plan.rekeyed.len()), (240, 240, 240));
    let pair = &plan.rekeyed[7];
    assert_eq!((&*pair.previous_reference_id, &*pair.entry.reference_id), ("000007", "E7"));
    let warning = &plan.warnings()[0];
    assert!(warning.starts_with("240 people have new reference IDs"), "{warning}");

    let baseline = Baseline::Previous(before.into());
    let lifted = Guard::new().max_removals("100%".parse().unwrap());
    assert_eq!(lifted.check(&baseline, &now), Err(GuardRefusal::NewReferenceIds { people: 240 }));
    // No member loses coverage, so the removal limit does not apply.
    assert!(Guard::new().allow_new_reference_ids(true).check(&baseline, &now).is_ok());
    // Two members with the same name and date of birth are two people.
    let twins: Roster = ["X", "Y"].iter().map(|id| crate::person(id, 7)).collect();
    assert_eq!(diff(&twins, &[crate::person("Z", 7)].into_iter().collect()).rekeyed.len(), 1);
}

#[test]
fn failures_are_joined_to_rows_and_counts_add_up() {
    let previous = previous(&["A", "B", "C", "X", "Y"]);
    let submitted = roster(&["A", "B", "C", "D", "E"]);
    let failures = [("X", "remove"), ("E", "add")];
    let outcome = Outcome::join(&submitted, Some(&results(1, 1, &failures)), &previous, false);
    assert_eq!(outcome.submitted, 5);
    assert_eq!((outcome.added, outcome.failed, outcome.kept), (Some(1), Some(1), Some(3)));
    assert_eq!((outcome.removed, outcome.failed_removals), (Some(1), Some(1)));
    assert_eq!(outcome.status, OutcomeStatus::RowsFailed);
    let failure = &outcome.failures[0];
    assert_eq!((failure.row, failure.reference_id.as_str()), (Some(5), "E"));
    assert_eq!(outcome.other_failures[0].reference_id, "X");
    let expected = outcome.expected.unwrap();
    assert_eq!((expected.adds, expected.removals, expected.unchanged), (2, 2, 3));
    assert_eq!(outcome.notes.len(), 1, "{outcome}");
}

#[test]
fn unplanned_changes_are_not_a_success() {
    let previous = previous(&["A", "B", "C", "X", "Y"]);
    let submitted = roster(&["A", "B", "C", "D", "E"]);
    let join = |added, removed| {
        Outcome::join(&submitted, Some(&results(added, removed, &[])), &previous, false)
    };
    assert!(join(2, 2).is_ok());
    for (added, removed) in [(5, 2), (2, 0), (2, 3), (1, 2), (9, 2)] {
        let outcome = join(added, removed);
        assert_eq!(outcome.status, OutcomeStatus::NotAsPlanned, "{added} {removed}");
        assert!(outcome.notes.iter().any(|note| note.contains("did not hold")), "{outcome}");
    }
    let first = Outcome::join(&submitted, Some(&results(5, 1, &[])), &Baseline::FirstSync, false);
    assert_eq!(first.status, OutcomeStatus::NotAsPlanned);
    let foreign = Outcome::join(&submitted, Some(&results(9, 0, &[])), &Baseline::Unknown, false);
    assert!(!foreign.is_ok() && foreign.notes[0].contains("another request"), "{foreign}");
}

#[test]
fn missing_results_are_unknown() {
    let outcome = Outcome::join(&roster(&["A"]), None, &previous(&["A"]), false);
    assert_eq!((outcome.status, outcome.is_ok()), (OutcomeStatus::Unknown, false));
    assert_eq!((outcome.added, outcome.removed, outcome.failed), (None, None, None));
    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!((&json["status"], &json["kept"]), (&"unknown".into(), &serde_json::Value::Null));
    assert!(outcome.to_string().contains("? added"), "{outcome}");
}

#[test]
fn a_repeated_submission_without_changes_is_unknown() {
    let submitted = roster(&["A", "B"]);
    // The group did not hold the baseline, and the first request changed it.
    let same = previous(&["A", "B"]);
    let outcome = Outcome::join(&submitted, Some(&results(0, 0, &[])), &same, true);
    assert_eq!((outcome.status, outcome.added), (OutcomeStatus::Unknown, None));
    // A row that fails again is the planned add, regardless of what the first request did.
    let failed = results(0, 0, &[("B", "add")]);
    let outcome = Outcome::join(&submitted, Some(&failed), &previous(&["A"]), true);
    assert_eq!((outcome.status, outcome.removed), (OutcomeStatus::Unknown, None));
    assert_eq!(outcome.failed, Some(1));
}

#[test]
fn a_repeated_submission_reports_counts_only_if_they_match_the_plan() {
    let previous = previous(&["A", "B", "C", "X", "Y", "Z"]);
    let submitted = roster(&["A", "B", "C", "D", "E"]);
    let join = |added, removed, failures: &[(&str, &str)], baseline: &Baseline| {
        Outcome::join(&submitted, Some(&results(added, removed, failures)), baseline, true)
    };
    // The first request made all changes; the second one had nothing to change.
    let lost = join(0, 0, &[], &previous);
    assert_eq!((lost.status, lost.repeated), (OutcomeStatus::Unknown, true));
    assert_eq!((lost.added, lost.removed, lost.kept), (None, None, None));
    assert!(lost.notes.iter().any(|note| note.contains("was repeated")), "{lost}");
    // The failures are valid in any case.
    let failed = join(0, 0, &[("E", "add")], &previous);
    assert_eq!((failed.failed, failed.failures.len()), (Some(1), 1));
    // The first request was never accepted: the numbers are those of the plan.
    let whole = join(2, 3, &[], &previous);
    assert_eq!((whole.status, whole.repeated), (OutcomeStatus::Succeeded, true));
    assert_eq!((whole.added, whole.removed), (Some(2), Some(3)));
    // Without a plan, there is nothing to compare the counts with.
    assert_eq!(join(5, 0, &[], &Baseline::Unknown).status, OutcomeStatus::Unknown);
}

#[test]
fn a_corrected_roster_contains_everyone() {
    let submitted = roster(&["A", "B", "C"]);
    let failed = results(1, 0, &[("B", "add"), ("C", "add")]);
    let outcome = Outcome::join(&submitted, Some(&failed), &Baseline::Unknown, false);
    let mut fixed = member("B");
    fixed.plan_id = "pln_2".to_owned();
    let replace = |reference: &str| (reference.to_owned(), fixed.clone());
    let corrected = outcome.corrected(&submitted, [replace("B")]).unwrap();
    let references: Vec<_> =
        corrected.roster.members().map(|m| (m.reference_id.as_str(), m.plan_id.as_str())).collect();
    assert_eq!(references, [("A", "pln_1"), ("B", "pln_2"), ("C", "pln_1")]);
    assert_eq!((corrected.replaced, corrected.still_failing), (1, vec!["C".to_owned()]));

    let error = |replacements: Vec<_>| outcome.corrected(&submitted, replacements).unwrap_err();
    assert_eq!(error(vec![replace("A")]), CorrectionError::NotFailed("A".to_owned()));
    assert_eq!(error(vec![replace("Z")]), CorrectionError::NoSuchRow("Z".to_owned()));
    assert_eq!(
        error(vec![replace("B"), replace("B")]),
        CorrectionError::GivenTwice("B".to_owned())
    );
    let partial = roster(&["B"]);
    assert_eq!(
        outcome.corrected(&partial, [replace("B")]).unwrap_err(),
        CorrectionError::OtherRoster { rows: 1, submitted: 3 }
    );
}

#[test]
fn control_characters_in_reasons_are_escaped() {
    let results: SyncResults = serde_json::from_value(serde_json::json!({
        "added_group_member_ids": [], "removed_group_member_ids": [], "failures": [
        {"reference_id": "A\u{1b}[2J", "operation": "add\u{7}", "reason": "\u{1b}]0;x\u{7}"}
    ]}))
    .unwrap();
    let text =
        Outcome::join(&roster(&["A"]), Some(&results), &Baseline::Unknown, false).to_string();
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}

#[test]
fn the_group_after_a_sync_is_the_next_baseline() {
    let with_plan = |id: &str, plan: &str| {
        let mut member = crate::person(id, id);
        member.plan_id = plan.to_owned();
        member
    };
    let before: Roster =
        ["stays", "moves", "remains", "leaves"].iter().map(|id| with_plan(id, "p1")).collect();
    let mut without_email = with_plan("stays", "p1");
    without_email.email = Field::Absent;
    let sent: Roster =
        [without_email, with_plan("moves", "p2"), with_plan("new", "p2"), with_plan("fails", "p9")]
            .into_iter()
            .collect();
    let failures = [("fails", "add"), ("remains", "remove"), ("stranger", "remove")];
    let baseline = Baseline::Previous(before.into());
    let outcome = Outcome::join(&sent, Some(&results(1, 1, &failures)), &baseline, false);
    let held = outcome.group_after(&sent, &baseline).unwrap();
    let names: Vec<_> = held.members().map(|m| (&*m.reference_id, &*m.plan_id)).collect();
    let expected =
        [("stays", "p1"), ("moves", "p1"), ("new", "p2"), ("remains", "p1"), ("stranger", "")];
    assert_eq!(names, expected);
    assert_eq!(
        held.get("stays").unwrap().member().email.value().unwrap().as_str(),
        "stays@example.com"
    );

    // The next sync repeats the failed add and removals, as planned.
    let next = Baseline::Previous(held.into());
    let plan = Guard::new().check(&next, &sent).unwrap();
    assert_eq!((plan.adds.len(), plan.removals.len(), plan.updates.len()), (1, 2, 0));
    let fixed = Outcome::join(&sent, Some(&results(1, 2, &[])), &next, false);
    assert_eq!(fixed.status, OutcomeStatus::Succeeded);
    let failing = Outcome::join(&sent, Some(&results(0, 2, &[("fails", "add")])), &next, false);
    assert_eq!(failing.status, OutcomeStatus::RowsFailed);

    let missing = Outcome::join(&sent, None, &next, false);
    assert_eq!(missing.group_after(&sent, &next), None);
}
