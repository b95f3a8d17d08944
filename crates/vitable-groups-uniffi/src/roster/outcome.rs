//! What became of a roster, row by row.

use std::fmt;

use vitable_groups::roster as core;

use crate::model::SyncOperation;
use crate::number::count;

/// What a previous roster led to expect.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedOutcome {
    /// New members, failed ones included.
    pub adds: i64,
    /// Missing members, failed ones included.
    pub removals: i64,
    /// Members whose data were to change.
    pub updates: i64,
    /// Plan changes, which were ignored.
    pub plan_changes: i64,
    /// Members who were to stay as they are.
    pub unchanged: i64,
}

impl From<core::Expected> for ExpectedOutcome {
    fn from(expected: core::Expected) -> Self {
        Self {
            adds: count(expected.adds),
            removals: count(expected.removals),
            updates: count(expected.updates),
            plan_changes: count(expected.plan_changes),
            unchanged: count(expected.unchanged),
        }
    }
}

/// A row that did not work.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RowFailure {
    /// The row that was sent, counted from 1; none if the reference is not in the roster.
    pub row: Option<i64>,
    /// Its line in the file.
    pub line: Option<i64>,
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
    /// All of it, to show to a person.
    pub text: String,
}

impl fmt::Display for RowFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::RowFailure> for RowFailure {
    fn from(failure: core::RowFailure) -> Self {
        Self {
            text: failure.to_string(),
            row: failure.row.map(count),
            line: failure.line.map(count),
            reference_id: failure.reference_id,
            operation: failure.operation.into(),
            reason: failure.reason,
            plan_id: failure.plan_id,
            next: failure.next,
        }
    }
}

/// The results of a sync, joined to the rows that were sent.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Outcome {
    /// Whether everything worked.
    pub is_ok: bool,
    /// Rows sent.
    pub submitted: i64,
    /// Memberships that began.
    pub added: i64,
    /// Memberships that ended.
    pub removed: i64,
    /// Submitted rows that failed.
    pub failed: i64,
    /// Submitted rows that were neither added nor failed: updated or unchanged, the API does not
    /// tell which. `submitted = added + failed + kept`.
    pub kept: i64,
    /// Members who are not in the roster and whose removal failed.
    pub failed_removals: i64,
    /// What the previous roster led to expect, where there is one.
    pub expected: Option<ExpectedOutcome>,
    /// Failures of submitted rows, in the order of the rows.
    pub failures: Vec<RowFailure>,
    /// Failures whose reference is not in the roster: removals.
    pub other_failures: Vec<RowFailure>,
    /// What a person should know about the numbers.
    pub notes: Vec<String>,
    /// All of it, to show to a person.
    pub text: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::Outcome> for Outcome {
    fn from(outcome: core::Outcome) -> Self {
        let failures = |failures: Vec<core::RowFailure>| -> Vec<RowFailure> {
            failures.into_iter().map(RowFailure::from).collect()
        };
        Self {
            is_ok: outcome.is_ok(),
            text: outcome.to_string(),
            submitted: count(outcome.submitted),
            added: count(outcome.added),
            removed: count(outcome.removed),
            failed: count(outcome.failed),
            kept: count(outcome.kept),
            failed_removals: count(outcome.failed_removals),
            expected: outcome.expected.map(ExpectedOutcome::from),
            failures: failures(outcome.failures),
            other_failures: failures(outcome.other_failures),
            notes: outcome.notes,
        }
    }
}
