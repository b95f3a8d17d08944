//! What became of a roster, row by row.

mod correct;

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;

pub use self::correct::{Corrected, CorrectionError};
use super::Roster;
use super::mask::printable;
use crate::model::{SyncFailure, SyncOperation, SyncResults};

/// The results of a sync, joined to the rows that were sent.
///
/// It holds no members: what is sent again is always the full roster, made by
/// [`corrected`](Self::corrected).
///
/// ```
/// use vitable_groups::model::{Address, Member, SyncResults};
/// use vitable_groups::roster::{Outcome, Roster};
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
/// let outcome = Outcome::join(&roster, &results, None);
/// assert_eq!((outcome.added, outcome.failed, outcome.kept), (1, 1, 0));
/// assert_eq!(outcome.failures[0].row, Some(2));
///
/// let corrected = outcome.corrected(&roster, [("E2".to_owned(), member("E2", "pln_1"))]).unwrap();
/// assert_eq!(corrected.roster.len(), 2); // the full roster
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// Rows sent.
    pub submitted: u64,
    /// Memberships that began.
    pub added: u64,
    /// Memberships that ended.
    pub removed: u64,
    /// Submitted rows that failed.
    pub failed: u64,
    /// Submitted rows that were neither added nor failed: updated or unchanged, the API does not
    /// tell which. `submitted = added + failed + kept`.
    pub kept: u64,
    /// Members who are not in the roster and whose removal failed.
    pub failed_removals: u64,
    /// What the previous roster led to expect, where there is one.
    pub expected: Option<Expected>,
    /// Failures of submitted rows, in the order of the rows.
    pub failures: Vec<RowFailure>,
    /// Failures whose reference is not in the roster: removals.
    pub other_failures: Vec<RowFailure>,
    /// What a person should know about the numbers.
    pub notes: Vec<String>,
}

/// What a previous roster led to expect.
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
/// let outcome = Outcome::join(&now, &Default::default(), Some(&before));
/// let expected = outcome.expected.unwrap();
/// assert_eq!((expected.adds, expected.removals), (1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Expected {
    /// New members, failed ones included.
    pub adds: u64,
    /// Missing members, failed ones included.
    pub removals: u64,
    /// Members whose data were to change.
    pub updates: u64,
    /// Plan changes, which were ignored.
    pub plan_changes: u64,
    /// Members who were to stay as they are.
    pub unchanged: u64,
}

/// A row that did not work.
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
/// let outcome = Outcome::join(&Roster::from_members([member("E1", "NV")]), &results, None);
/// assert_eq!((outcome.failures[0].row, outcome.failures[0].reason.as_str()), (Some(1), "Invalid plan_id"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RowFailure {
    /// The row that was sent, counted from 1; none if the reference is not in the roster.
    pub row: Option<u64>,
    /// Its line in the file.
    pub line: Option<u64>,
    /// The reference.
    pub reference_id: String,
    /// What was tried.
    pub operation: SyncOperation,
    /// The server's reason, for people.
    pub reason: String,
    /// The plan the row asked for.
    pub plan_id: Option<String>,
    /// What to do about it.
    pub next: String,
}

impl Outcome {
    /// Joins results to the roster that was sent; a previous roster lets expectations be compared.
    pub fn join(submitted: &Roster, results: &SyncResults, previous: Option<&Roster>) -> Self {
        let mut places = HashMap::new();
        for row in submitted.rows() {
            places.entry(row.member().reference_id.as_str()).or_insert(row);
        }
        let (mut failures, mut other_failures) = (Vec::new(), Vec::new());
        for failure in &results.failures {
            match places.get(failure.reference_id.as_str()) {
                Some(row) => failures.push(RowFailure {
                    row: Some(row.row()),
                    line: row.line(),
                    plan_id: Some(printable(&row.member().plan_id)),
                    ..RowFailure::from_api(failure)
                }),
                None => other_failures.push(RowFailure::from_api(failure)),
            }
        }
        failures.sort_by_key(|failure| failure.row);
        let distinct = |failures: &[RowFailure]| {
            failures
                .iter()
                .map(|failure| failure.reference_id.as_str())
                .collect::<HashSet<_>>()
                .len() as u64
        };
        let mut outcome = Self {
            submitted: submitted.len() as u64,
            added: results.added_group_member_ids.len() as u64,
            removed: results.removed_group_member_ids.len() as u64,
            failed: distinct(&failures),
            kept: 0,
            failed_removals: distinct(&other_failures),
            expected: previous.map(|previous| Expected::of(previous, submitted)),
            failures,
            other_failures,
            notes: Vec::new(),
        };
        outcome.count();
        outcome
    }

    /// Derives what the API does not say, and says where the numbers do not fit.
    fn count(&mut self) {
        let known = self.added + self.failed;
        self.kept = self.submitted.saturating_sub(known);
        let mut note = |text: String| self.notes.push(text);
        if known > self.submitted {
            note(format!(
                "the API reports {known} rows added or failed, but {} were sent: these may be the \
                 results of another request",
                self.submitted
            ));
        }
        if self.kept > 0 {
            let rows = if self.kept == 1 { "row was" } else { "rows were" };
            note(format!(
                "{} {rows} neither added nor failed; the API does not tell what was updated and \
                 what is unchanged",
                self.kept
            ));
        }
        if let Some(expected) = self.expected {
            let fits = |name: &str, done: u64, failed: u64, expected: u64| {
                let seen = done + failed;
                (seen != expected).then(|| {
                    format!(
                        "{expected} {name} were expected from the previous roster, the API reports \
                         {done} and {failed} failures: the group did not hold the previous roster"
                    )
                })
            };
            let adds = self.failures.iter().filter(|f| f.operation == SyncOperation::Add).count();
            let removals = self.other_failures.len();
            for text in [
                fits("adds", self.added, adds as u64, expected.adds),
                fits("removals", self.removed, removals as u64, expected.removals),
            ]
            .into_iter()
            .flatten()
            {
                note(text);
            }
            if expected.plan_changes > 0 {
                let changes = expected.plan_changes;
                let had = if changes == 1 { "plan change had" } else { "plan changes had" };
                note(format!("{changes} {had} no effect. {}", super::Diff::PLAN_CHANGE_ADVICE));
            }
        }
    }

    /// Whether everything worked.
    pub fn is_ok(&self) -> bool {
        self.failures.is_empty() && self.other_failures.is_empty()
    }
}

impl Expected {
    fn of(previous: &Roster, submitted: &Roster) -> Self {
        let diff = super::diff(previous, submitted);
        Self {
            adds: diff.adds.len() as u64,
            removals: diff.removals.len() as u64,
            updates: diff.updates.len() as u64,
            plan_changes: diff.plan_changes.len() as u64,
            unchanged: diff.unchanged,
        }
    }
}

impl RowFailure {
    fn from_api(failure: &SyncFailure) -> Self {
        let next = match &failure.operation {
            SyncOperation::Add => {
                "Correct the row as the reason says, then send the full corrected roster; the other \
                 rows stay in it."
            }
            SyncOperation::Remove => {
                "The subscription may still be active. Send the full roster without the member \
                 again; if that fails too, ask Vitable."
            }
            SyncOperation::Unknown(_) => {
                "Look at the reason; after a correction send the full corrected roster."
            }
        };
        Self {
            row: None,
            line: None,
            reference_id: failure.reference_id.clone(),
            operation: failure.operation.clone(),
            reason: failure.reason.clone(),
            plan_id: None,
            next: next.to_owned(),
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
        writeln!(
            f,
            "{} rows sent: {} added, {} failed, {} kept; {} removed, {} removals failed",
            self.submitted, self.added, self.failed, self.kept, self.removed, self.failed_removals
        )?;
        for failure in self.failures.iter().chain(&self.other_failures) {
            writeln!(f, "  {failure}\n    {}", failure.next)?;
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}
