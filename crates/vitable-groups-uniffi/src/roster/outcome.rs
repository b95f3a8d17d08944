//! The outcome of a sync, row by row.

use std::fmt;

use vitable_groups::roster as core;

use crate::model::SyncOperation;
use crate::number::count;

/// The overall status of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OutcomeStatus {
    /// Everything was applied, and as planned if there was a baseline.
    Succeeded,
    /// Some rows failed; the others were applied.
    RowsFailed,
    /// The changes differ from the plan: the group did not hold the baseline.
    NotAsPlanned,
    /// The outcome cannot be determined: the results are missing, or they cover only the last of
    /// several submissions.
    Unknown,
}

impl From<core::OutcomeStatus> for OutcomeStatus {
    fn from(status: core::OutcomeStatus) -> Self {
        match status {
            core::OutcomeStatus::Succeeded => Self::Succeeded,
            core::OutcomeStatus::RowsFailed => Self::RowsFailed,
            core::OutcomeStatus::NotAsPlanned => Self::NotAsPlanned,
            // A status unknown to this version needs attention.
            _ => Self::Unknown,
        }
    }
}

/// The changes expected from the baseline.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedChanges {
    /// Members to add, including failed ones; the minimum if one of several rosters may have been
    /// in effect.
    pub adds: i64,
    /// The maximum number of members to add.
    pub adds_at_most: i64,
    /// Members to remove, including failed ones; the maximum if one of several rosters may have
    /// been in effect.
    pub removals: i64,
    /// The minimum number of members to remove.
    pub removals_at_least: i64,
    /// Members whose data changes.
    pub updates: i64,
    /// Plan changes, which the API ignores.
    pub plan_changes: i64,
    /// Members who stay unchanged.
    pub unchanged: i64,
}

impl From<core::ExpectedChanges> for ExpectedChanges {
    fn from(expected: core::ExpectedChanges) -> Self {
        Self {
            adds: count(expected.adds),
            adds_at_most: count(expected.adds_at_most),
            removals: count(expected.removals),
            removals_at_least: count(expected.removals_at_least),
            updates: count(expected.updates),
            plan_changes: count(expected.plan_changes),
            unchanged: count(expected.unchanged),
        }
    }
}

/// A row that failed.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RowFailure {
    /// The submitted row, from 1; none if the reference ID is not in the roster.
    pub row: Option<i64>,
    /// The line of the file, if the roster was read from one.
    pub line: Option<i64>,
    /// The member's reference ID.
    pub reference_id: String,
    /// The operation that failed.
    pub operation: SyncOperation,
    /// The server's reason, human-readable; do not branch on it.
    pub reason: String,
    /// The row's plan ID.
    pub plan_id: Option<String>,
    /// How to fix it.
    pub fix: String,
    /// A human-readable summary.
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
            fix: failure.fix,
        }
    }
}

/// The results of a sync, joined to the submitted rows.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Outcome {
    /// Whether `status` is `succeeded`. False if the outcome is unknown.
    pub is_ok: bool,
    /// The overall status; anything but `succeeded` needs attention.
    pub status: OutcomeStatus,
    /// Number of rows submitted.
    pub submitted: i64,
    /// Number of memberships that began; none if unknown.
    pub added: Option<i64>,
    /// Number of memberships that ended; none if unknown.
    pub removed: Option<i64>,
    /// Number of submitted rows that failed; none if unknown.
    pub failed: Option<i64>,
    /// Number of submitted rows that were neither added nor failed: updated or unchanged, the API
    /// does not distinguish them. `submitted = added + failed + kept`. None if unknown.
    pub kept: Option<i64>,
    /// Number of members who are not in the roster and whose removal failed; none if unknown.
    pub failed_removals: Option<i64>,
    /// Whether the roster was submitted more than once because a response was lost. The results are
    /// those of the last submission and do not include what an earlier one changed.
    pub repeated: bool,
    /// The changes expected from the baseline, if there is one.
    pub expected: Option<ExpectedChanges>,
    /// Submitted rows that failed, in row order.
    pub failures: Vec<RowFailure>,
    /// Failures whose reference ID is not in the roster: failed removals.
    pub other_failures: Vec<RowFailure>,
    /// Notes on how to read the numbers.
    pub notes: Vec<String>,
    /// A human-readable summary.
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
            status: outcome.status.into(),
            added: outcome.added.map(count),
            removed: outcome.removed.map(count),
            failed: outcome.failed.map(count),
            kept: outcome.kept.map(count),
            failed_removals: outcome.failed_removals.map(count),
            repeated: outcome.repeated,
            expected: outcome.expected.map(ExpectedChanges::from),
            failures: failures(outcome.failures),
            other_failures: failures(outcome.other_failures),
            notes: outcome.notes,
        }
    }
}
