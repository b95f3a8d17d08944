//! The outcome of a sync, per row.

mod corrected;
mod group_after;

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;

pub use self::corrected::{CorrectedRoster, CorrectionError};
use super::baseline::Baseline;
use super::diff::RosterDiff;
use super::mask::printable;
use super::roster::Roster;
use vitable_groups_model::{SyncFailure, SyncOperation, SyncResults};

/// The results of a sync, joined to the rows that were sent.
///
/// It holds no members: a retry always sends the full roster, built by
/// [`corrected`](Self::corrected).
///
/// ```
/// use vitable_groups::model::{Address, Member, SyncResults};
/// use vitable_groups::roster::{Baseline, Outcome, OutcomeStatus, Roster};
///
/// let member = |id: &str, plan: &str| {
///     let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
///     Member::new(id, "A", "B", "1990-01-01", plan, address)
/// };
/// let roster = Roster::from_members([member("E1", "pln_1"), member("E2", "pln_x")]);
/// let results: SyncResults = serde_json::from_str(
///     r#"{"added_group_member_ids": ["grpmbr_1"], "removed_group_member_ids": [], "failures":
///         [{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]}"#,
/// )?;
/// let outcome = Outcome::join(&roster, Some(&results), &Baseline::FirstSync, false);
/// assert_eq!((outcome.added, outcome.failed, outcome.kept), (Some(1), Some(1), Some(0)));
/// assert_eq!((outcome.status, outcome.failures[0].row), (OutcomeStatus::RowsFailed, Some(2)));
///
/// let corrected = outcome.corrected(&roster, [("E2".to_owned(), member("E2", "pln_1"))]).unwrap();
/// assert_eq!(corrected.roster.len(), 2); // the full roster
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The overall status; anything but `succeeded` needs attention.
    pub status: OutcomeStatus,
    /// Rows sent.
    pub submitted: u64,
    /// Memberships that began; none if unknown.
    pub added: Option<u64>,
    /// Memberships that ended; none if unknown.
    pub removed: Option<u64>,
    /// Submitted rows that failed; none if unknown.
    pub failed: Option<u64>,
    /// Submitted rows that were neither added nor failed: updated or unchanged, the API does not
    /// report which. `submitted = added + failed + kept`. None if unknown.
    pub kept: Option<u64>,
    /// Members who are not in the roster and whose removal failed; none if unknown.
    pub failed_removals: Option<u64>,
    /// The submission was repeated because a response was lost. The results are those of the last
    /// request and do not include changes made by an earlier one.
    pub repeated: bool,
    /// The changes expected from the baseline, if there is one.
    pub expected: Option<ExpectedChanges>,
    /// Failures of submitted rows, in row order.
    pub failures: Vec<RowFailure>,
    /// Failures whose reference ID is not in the roster: removals.
    pub other_failures: Vec<RowFailure>,
    /// Human-readable remarks on the numbers.
    pub notes: Vec<String>,
}

/// The overall status of a sync's outcome.
///
/// ```
/// use vitable_groups::roster::{Baseline, Outcome, OutcomeStatus, Roster};
///
/// // A completed request without results does not show what happened.
/// let outcome = Outcome::join(&Roster::default(), None, &Baseline::FirstSync, false);
/// assert_eq!((outcome.status, outcome.added), (OutcomeStatus::Unknown, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutcomeStatus {
    /// Everything was applied, and as planned where there was a plan.
    Succeeded,
    /// Some rows failed; the others were applied.
    RowsFailed,
    /// The changes differ from the plan: the group did not hold the baseline.
    NotAsPlanned,
    /// It is not known what happened: the results are missing, or the submission was repeated and
    /// the results may lack changes made by an earlier request.
    Unknown,
}

impl OutcomeStatus {
    /// The stable name, such as `rows_failed`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::RowsFailed => "rows_failed",
            Self::NotAsPlanned => "not_as_planned",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for OutcomeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The changes expected from the baseline.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let before = Roster::from_members([member("E1", "NV")]);
/// let now = Roster::from_members([member("E2", "NV")]);
/// let before = Baseline::Previous(before.into());
/// let outcome = Outcome::join(&now, Some(&Default::default()), &before, false);
/// let expected = outcome.expected.unwrap();
/// assert_eq!((expected.adds, expected.removals), (1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExpectedChanges {
    /// New members, including failed ones; the minimum, if one of several rosters may have been
    /// in force.
    pub adds: u64,
    /// The maximum number of new members.
    pub adds_at_most: u64,
    /// Removed members, including failed ones; the maximum, if one of several rosters may have
    /// been in force.
    pub removals: u64,
    /// The minimum number of removed members.
    pub removals_at_least: u64,
    /// Members whose data should change.
    pub updates: u64,
    /// Plan changes, which were ignored.
    pub plan_changes: u64,
    /// Members who should not change.
    pub unchanged: u64,
}

/// A row that failed.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let results = serde_json::from_str(
///     r#"{"added_group_member_ids": [], "removed_group_member_ids": [],
///         "failures": [{"reference_id": "E1", "operation": "add", "reason": "Invalid plan_id"}]}"#,
/// )?;
/// let roster = Roster::from_members([member("E1", "NV")]);
/// let outcome = Outcome::join(&roster, Some(&results), &Baseline::FirstSync, false);
/// assert_eq!((outcome.failures[0].row, outcome.failures[0].reason.as_str()), (Some(1), "Invalid plan_id"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RowFailure {
    /// The row that was sent, counted from 1; none if the reference ID is not in the roster.
    pub row: Option<u64>,
    /// Its line in the file.
    pub line: Option<u64>,
    /// The reference ID.
    pub reference_id: String,
    /// The operation that failed.
    pub operation: SyncOperation,
    /// The server's human-readable reason.
    pub reason: String,
    /// The plan in the row.
    pub plan_id: Option<String>,
    /// How to fix it.
    pub fix: String,
}

impl Outcome {
    /// Joins results to the roster that was sent. `results` is none if the server reports none;
    /// `repeated` means that the submission was sent more than once.
    pub fn join(
        submitted: &Roster,
        results: Option<&SyncResults>,
        baseline: &Baseline,
        repeated: bool,
    ) -> Self {
        let expected = baseline.compare(submitted).ok().map(|diff| ExpectedChanges::from(&diff));
        Self::with_expected(submitted, results, expected, repeated)
    }

    /// Like [`join`](Self::join), with the expected changes of the diff that the guard allowed.
    pub fn with_expected(
        submitted: &Roster,
        results: Option<&SyncResults>,
        expected: Option<ExpectedChanges>,
        repeated: bool,
    ) -> Self {
        let mut outcome = Self {
            status: OutcomeStatus::Unknown,
            submitted: submitted.len() as u64,
            added: None,
            removed: None,
            failed: None,
            kept: None,
            failed_removals: None,
            repeated,
            expected,
            failures: Vec::new(),
            other_failures: Vec::new(),
            notes: Vec::new(),
        };
        match results {
            Some(results) => outcome.read(submitted, results),
            None => outcome.notes.push(
                "the server reports this request as completed but without results: it is not known \
                 who was added, who was removed and what failed"
                    .to_owned(),
            ),
        }
        outcome.note_plan_changes();
        outcome
    }

    fn read(&mut self, submitted: &Roster, results: &SyncResults) {
        let mut rows = HashMap::new();
        for row in submitted.rows() {
            rows.entry(row.member().reference_id.as_str()).or_insert(row);
        }
        for failure in &results.failures {
            match rows.get(failure.reference_id.as_str()) {
                Some(row) => self.failures.push(RowFailure {
                    row: Some(row.row()),
                    line: row.line(),
                    plan_id: Some(printable(&row.member().plan_id)),
                    ..RowFailure::from_api(failure)
                }),
                None => self.other_failures.push(RowFailure::from_api(failure)),
            }
        }
        self.failures.sort_by_key(|failure| failure.row);
        let failed = distinct(&self.failures);
        let failed_removals = distinct(&self.other_failures);
        (self.failed, self.failed_removals) = (Some(failed), Some(failed_removals));

        let added = results.added_group_member_ids.len() as u64;
        let removed = results.removed_group_member_ids.len() as u64;
        let deviations = self.deviations(added, removed, failed, failed_removals);
        // Changes that match the plan show that no earlier request was applied: it would have left
        // nothing to change. Zero changes prove nothing, as an earlier request may have made them.
        let first = self.expected.is_some() && deviations.is_empty() && added + removed > 0;
        if self.repeated && !first {
            self.notes.push(
                "the submission was repeated after a response was lost: the results do not include \
                 changes made by an earlier request, so it is not known how many were added and \
                 removed. The failures are those of the last request"
                    .to_owned(),
            );
            return;
        }
        (self.added, self.removed) = (Some(added), Some(removed));
        let kept = self.submitted.saturating_sub(added + failed);
        self.kept = Some(kept);
        if kept > 0 {
            let rows = if kept == 1 { "row was" } else { "rows were" };
            self.notes.push(format!(
                "{kept} {rows} neither added nor failed; the API does not distinguish updated from \
                 unchanged rows"
            ));
        }
        self.status = if !deviations.is_empty() {
            OutcomeStatus::NotAsPlanned
        } else if failed + failed_removals > 0 {
            OutcomeStatus::RowsFailed
        } else {
            OutcomeStatus::Succeeded
        };
        self.notes.extend(deviations);
    }

    /// Describes where the numbers differ from the changes expected from the baseline.
    fn deviations(
        &self,
        added: u64,
        removed: u64,
        failed: u64,
        failed_removals: u64,
    ) -> Vec<String> {
        let mut deviations = Vec::new();
        if added + failed > self.submitted {
            deviations.push(format!(
                "the API reports {} rows added or failed, but {} were sent: these may be the \
                 results of another request",
                added + failed,
                self.submitted
            ));
        }
        let Some(expected) = self.expected else { return deviations };
        let adds = self.failures.iter().filter(|f| f.operation != SyncOperation::Remove);
        let failed_adds = adds.map(|f| f.reference_id.as_str()).collect::<HashSet<_>>().len();
        let mut compare = |what: &str, applied: u64, failed: u64, min: u64, max: u64| {
            if !(min..=max).contains(&(applied + failed)) {
                let planned = match (min, max) {
                    (1, 1) => format!("1 {what} was planned"),
                    (min, max) if min == max => format!("{max} {what}s were planned"),
                    (min, max) => format!("{min} to {max} {what}s were planned"),
                };
                deviations.push(format!(
                    "{planned}, but the API reports {applied}, and {failed} failed: the group did not \
                     hold the baseline that the plan was compared with"
                ));
            }
        };
        compare("add", added, failed_adds as u64, expected.adds, expected.adds_at_most);
        let (min, max) = (expected.removals_at_least, expected.removals);
        compare("removal", removed, failed_removals, min, max);
        deviations
    }

    fn note_plan_changes(&mut self) {
        let changes = self.expected.map_or(0, |expected| expected.plan_changes);
        if changes > 0 {
            let had = if changes == 1 { "plan change had" } else { "plan changes had" };
            self.notes
                .push(format!("{changes} {had} no effect. {}", RosterDiff::PLAN_CHANGE_ADVICE));
        }
    }

    /// Whether everything was applied as planned. False if that is not known.
    pub fn is_ok(&self) -> bool {
        self.status == OutcomeStatus::Succeeded
    }
}

fn distinct(failures: &[RowFailure]) -> u64 {
    let references = failures.iter().map(|failure| failure.reference_id.as_str());
    references.collect::<HashSet<_>>().len() as u64
}

impl From<&RosterDiff> for ExpectedChanges {
    fn from(diff: &RosterDiff) -> Self {
        Self {
            adds: diff.adds.len() as u64,
            adds_at_most: diff.adds_at_most,
            removals: diff.removals.len() as u64,
            removals_at_least: diff.removals_at_least,
            updates: diff.updates.len() as u64,
            plan_changes: diff.plan_changes.len() as u64,
            unchanged: diff.unchanged,
        }
    }
}

impl RowFailure {
    fn from_api(failure: &SyncFailure) -> Self {
        let fix = match &failure.operation {
            SyncOperation::Add => {
                "Correct the row as the reason says, then send the full corrected roster, including \
                 all other rows."
            }
            SyncOperation::Remove => {
                "The subscription may still be active. Send the full roster without the member \
                 again; if that fails too, contact Vitable."
            }
            _ => "Correct the row as the reason says, then send the full corrected roster.",
        };
        Self {
            row: None,
            line: None,
            reference_id: failure.reference_id.clone(),
            operation: failure.operation.clone(),
            reason: failure.reason.clone(),
            plan_id: None,
            fix: fix.to_owned(),
        }
    }
}

impl fmt::Display for RowFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}")?;
            if let Some(line) = self.line {
                write!(f, " (line {line})")?;
            }
            write!(f, ", ")?;
        }
        let operation = printable(self.operation.as_str());
        write!(
            f,
            "{}: {operation} failed: {}",
            printable(&self.reference_id),
            printable(&self.reason)
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
        writeln!(
            f,
            "{} rows sent: {} added, {} failed, {} kept; {} removed, {} removals failed ({})",
            self.submitted,
            shown(self.added),
            shown(self.failed),
            shown(self.kept),
            shown(self.removed),
            shown(self.failed_removals),
            self.status.code().replace('_', " ")
        )?;
        for failure in self.failures.iter().chain(&self.other_failures) {
            writeln!(f, "  {failure}\n    {}", failure.fix)?;
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}
