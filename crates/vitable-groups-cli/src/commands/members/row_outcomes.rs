//! The outcome of each row, derived from the API's results and the plan.
//!
//! The API names only the rows that failed. If its counts match the plan, the outcomes of the other
//! rows follow from the plan. If they do not, those outcomes are reported as unknown.

use std::collections::HashMap;

use serde::Serialize;
use vitable_groups::roster::{Outcome, Roster, RosterDiff, RowFailure};

use crate::output::{Column, Tone};

pub(super) const COLUMNS: &[Column] = &[
    Column::new("outcome", "Outcome").toned(|outcome| match outcome {
        FAILED | REMOVAL_FAILED => Tone::Bad,
        PLAN_CHANGE_IGNORED => Tone::Notice,
        ADDED => Tone::Good,
        _ => Tone::Plain,
    }),
    Column::new("reference_id", "Reference ID"),
    Column::new("row", "Row"),
    Column::new("line", "Line"),
    Column::hidden("operation"),
    Column::new("reason", "Reason"),
    Column::new("fix", "Fix").toned(|_| Tone::Dim),
];

const FAILED: &str = "failed";
const REMOVAL_FAILED: &str = "removal failed";
const PLAN_CHANGE_IGNORED: &str = "plan change ignored";
const ADDED: &str = "added";
const REMOVED: &str = "removed";
const UPDATED: &str = "updated";
const UNCHANGED: &str = "unchanged";
const KEPT: &str = "updated or unchanged";
const UNKNOWN: &str = "added or kept";

/// Tables list added, removed and updated rows only up to this many.
const MAX_LISTED: usize = 30;

/// The outcome of a row, or of a member who is no longer in the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct RowOutcome {
    pub(super) outcome: &'static str,
    reference_id: String,
    /// The row in the roster that was sent; none for removals.
    row: Option<u64>,
    line: Option<u64>,
    operation: Option<String>,
    reason: Option<String>,
    fix: Option<String>,
}

/// The outcomes of every row of the roster, then of every removal.
pub(super) fn row_outcomes(
    roster: &Roster,
    outcome: &Outcome,
    diff: Option<&RosterDiff>,
) -> Vec<RowOutcome> {
    let diff = diff.filter(|diff| counts_match(outcome, diff));
    let failures: HashMap<&str, &RowFailure> =
        outcome.failures.iter().map(|failure| (&*failure.reference_id, failure)).collect();
    let planned = diff.map(planned_changes).unwrap_or_default();
    let rest = match diff {
        Some(_) => UNCHANGED,
        None if outcome.kept == Some(0) => ADDED,
        None if outcome.added == Some(0) => KEPT,
        None => UNKNOWN,
    };
    let rows = roster.rows().iter().map(|row| {
        let reference = &*row.member().reference_id;
        if let Some(failure) = failures.get(reference) {
            return failed(FAILED, failure);
        }
        let (outcome, reason) = planned.get(reference).cloned().unwrap_or((rest, None));
        RowOutcome {
            outcome,
            reference_id: reference.to_owned(),
            row: Some(row.row()),
            line: row.line(),
            operation: None,
            reason,
            fix: None,
        }
    });
    let failed_removals = outcome.other_failures.iter().map(|f| failed(REMOVAL_FAILED, f));
    let removals = diff.into_iter().flat_map(|diff| &diff.removals).filter(|entry| {
        !outcome.other_failures.iter().any(|failure| failure.reference_id == entry.reference_id)
    });
    let removals = removals.map(|entry| RowOutcome {
        outcome: REMOVED,
        reference_id: entry.reference_id.clone(),
        row: None,
        line: None,
        operation: None,
        reason: Some(format!("no longer in the roster (row {} of the previous one)", entry.row)),
        fix: None,
    });
    rows.chain(failed_removals).chain(removals).collect()
}

/// The rows that a table shows: those that need attention, and the changed ones if they are few.
pub(super) fn notable(rows: &[RowOutcome]) -> Vec<&RowOutcome> {
    let attention =
        |row: &&RowOutcome| matches!(row.outcome, FAILED | REMOVAL_FAILED | PLAN_CHANGE_IGNORED);
    let changed = |row: &&RowOutcome| matches!(row.outcome, ADDED | REMOVED | UPDATED);
    let mut shown: Vec<_> = rows.iter().filter(attention).collect();
    if rows.iter().filter(changed).count() <= MAX_LISTED {
        shown.extend(rows.iter().filter(changed));
    }
    shown
}

/// Whether the API's counts match the plan.
fn counts_match(outcome: &Outcome, diff: &RosterDiff) -> bool {
    let new = |failure: &&RowFailure| {
        diff.adds.iter().any(|entry| entry.reference_id == failure.reference_id)
    };
    let failed_adds = outcome.failures.iter().filter(new).count() as u64;
    let sum = |applied: Option<u64>, failed: Option<u64>| applied.zip(failed).map(|(a, b)| a + b);
    sum(outcome.added, Some(failed_adds)) == Some(diff.adds.len() as u64)
        && sum(outcome.removed, outcome.failed_removals) == Some(diff.removals.len() as u64)
}

/// The planned changes and their details, by reference ID.
fn planned_changes(diff: &RosterDiff) -> HashMap<&str, (&'static str, Option<String>)> {
    let adds = diff.adds.iter().map(|entry| (&*entry.reference_id, (ADDED, None)));
    let updates = diff.updates.iter().map(|update| {
        let fields: Vec<_> = update.fields.iter().map(|field| field.column()).collect();
        (&*update.entry.reference_id, (UPDATED, Some(fields.join(", "))))
    });
    let plans = diff.plan_changes.iter().map(|change| {
        let reason = format!("stays on {}", change.previous_plan_id);
        (&*change.entry.reference_id, (PLAN_CHANGE_IGNORED, Some(reason)))
    });
    adds.chain(updates).chain(plans).collect()
}

fn failed(outcome: &'static str, failure: &RowFailure) -> RowOutcome {
    RowOutcome {
        outcome,
        reference_id: failure.reference_id.clone(),
        row: failure.row,
        line: failure.line,
        operation: Some(failure.operation.as_str().to_owned()),
        reason: Some(failure.reason.clone()),
        fix: Some(failure.fix.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vitable_groups::model::{Address, Member, SyncResults};
    use vitable_groups::roster::{Baseline, diff};

    use super::*;

    fn roster(rows: &[(&str, &str)]) -> Roster {
        let member = |(id, plan): &(&str, &str)| {
            let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
            Member::new(*id, "A", "B", "1990-01-01", *plan, address)
        };
        rows.iter().map(member).collect()
    }

    fn results(added: usize, removed: usize, failures: &[(&str, &str)]) -> SyncResults {
        let failure = |(id, operation): &(&str, &str)| json!({"reference_id": id, "operation": operation, "reason": "Because"});
        let results = json!({
            "added_group_member_ids": vec!["grpmbr"; added],
            "removed_group_member_ids": vec!["grpmbr"; removed],
            "failures": failures.iter().map(failure).collect::<Vec<_>>(),
        });
        serde_json::from_value(results).unwrap()
    }

    fn outcomes(rows: &[RowOutcome]) -> Vec<(&str, &str)> {
        rows.iter().map(|row| (&*row.reference_id, row.outcome)).collect()
    }

    #[test]
    fn matching_counts_give_every_row_an_outcome() {
        let before = roster(&[("A", "p1"), ("B", "p1"), ("C", "p1"), ("D", "p1")]);
        let now = roster(&[("A", "p1"), ("B", "p2"), ("E", "p1"), ("F", "p9")]);
        let results = results(1, 1, &[("F", "add"), ("D", "remove")]);
        let changes = diff(&before, &now);
        let before = Baseline::Previous(before.into());
        let outcome = Outcome::join(&now, Some(&results), &before, false);
        let rows = row_outcomes(&now, &outcome, Some(&changes));
        assert_eq!(
            outcomes(&rows),
            [
                ("A", UNCHANGED),
                ("B", PLAN_CHANGE_IGNORED),
                ("E", ADDED),
                ("F", FAILED),
                ("D", REMOVAL_FAILED),
                ("C", REMOVED),
            ]
        );
        let shown: Vec<_> = notable(&rows).iter().map(|row| &*row.reference_id).collect();
        assert_eq!(shown, ["B", "F", "D", "E", "C"]);
    }

    #[test]
    fn outcomes_are_unknown_if_the_counts_do_not_match_the_plan() {
        let before = roster(&[("A", "p1")]);
        let now = roster(&[("A", "p1"), ("B", "p1"), ("C", "p1")]);
        let results = results(1, 5, &[]);
        let changes = diff(&before, &now);
        let before = Baseline::Previous(before.into());
        let outcome = Outcome::join(&now, Some(&results), &before, false);
        let rows = row_outcomes(&now, &outcome, Some(&changes));
        assert_eq!(outcomes(&rows), [("A", UNKNOWN), ("B", UNKNOWN), ("C", UNKNOWN)]);
    }

    #[test]
    fn outcomes_are_unknown_without_results() {
        let now = roster(&[("A", "p1")]);
        let outcome = Outcome::join(&now, None, &Baseline::FirstSync, false);
        let changes = diff(&Roster::default(), &now);
        assert_eq!(outcomes(&row_outcomes(&now, &outcome, Some(&changes))), [("A", UNKNOWN)]);
    }

    #[test]
    fn without_a_plan_only_unambiguous_counts_give_outcomes() {
        let now = roster(&[("A", "p1"), ("B", "p1")]);
        for (added, name) in [(2, ADDED), (0, KEPT), (1, UNKNOWN)] {
            let results = results(added, 0, &[]);
            let outcome = Outcome::join(&now, Some(&results), &Baseline::Unknown, false);
            assert_eq!(outcomes(&row_outcomes(&now, &outcome, None)), [("A", name), ("B", name)]);
        }
    }
}
