//! What became of a roster, row by row.

use std::fmt;

use vitable_groups::roster as core;

use crate::model::SyncOperation;

/// What a previous roster led to expect.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedOutcome {
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

impl From<core::Expected> for ExpectedOutcome {
    fn from(expected: core::Expected) -> Self {
        let core::Expected { adds, removals, updates, plan_changes, unchanged, .. } = expected;
        Self { adds, removals, updates, plan_changes, unchanged }
    }
}

/// A row that did not work.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
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
            row: failure.row,
            line: failure.line,
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
            submitted: outcome.submitted,
            added: outcome.added,
            removed: outcome.removed,
            failed: outcome.failed,
            kept: outcome.kept,
            failed_removals: outcome.failed_removals,
            expected: outcome.expected.map(ExpectedOutcome::from),
            failures: failures(outcome.failures),
            other_failures: failures(outcome.other_failures),
            notes: outcome.notes,
        }
    }
}
