//! The outcome of a sync, row by row.

use std::fmt;

use vitable_groups::roster as core;

use crate::model::SyncOperation;
use crate::number::count;

/// What the outcome of a sync comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OutcomeStatus {
    /// Everything was applied, and as planned where there was a plan.
    Succeeded,
    /// Some rows failed; the others were applied.
    RowsFailed,
    /// What happened is not what was planned: the group did not hold the baseline.
    NotAsPlanned,
    /// It is not known what happened: the results are missing, or those of a repeated request
    /// cannot be told apart from those of the first.
    Unknown,
}

impl From<core::OutcomeStatus> for OutcomeStatus {
    fn from(status: core::OutcomeStatus) -> Self {
        match status {
            core::OutcomeStatus::Succeeded => Self::Succeeded,
            core::OutcomeStatus::RowsFailed => Self::RowsFailed,
            core::OutcomeStatus::NotAsPlanned => Self::NotAsPlanned,
            // What this version does not know needs attention.
            _ => Self::Unknown,
        }
    }
}

/// What the baseline led to expect.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedOutcome {
    /// New members, failed ones included; the fewest, where it is not certain which of several
    /// rosters was in force.
    pub adds: i64,
    /// The most new members.
    pub adds_at_most: i64,
    /// Missing members, failed ones included; the most, where it is not certain which of several
    /// rosters was in force.
    pub removals: i64,
    /// The fewest missing members.
    pub removals_at_least: i64,
    /// Members whose data were to change.
    pub updates: i64,
    /// Plan changes, which were ignored.
    pub plan_changes: i64,
    /// Members who were to stay as they are.
    pub unchanged: i64,
}

impl From<core::ExpectedChanges> for ExpectedOutcome {
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
    pub fix: String,
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
            fix: failure.fix,
        }
    }
}

/// The results of a sync, joined to the rows that were sent.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Outcome {
    /// Whether everything was applied, and as planned. False where that is not known.
    pub is_ok: bool,
    /// What it comes to; anything but succeeded needs attention.
    pub status: OutcomeStatus,
    /// Rows sent.
    pub submitted: i64,
    /// Memberships that began; none where that is not known.
    pub added: Option<i64>,
    /// Memberships that ended; none where that is not known.
    pub removed: Option<i64>,
    /// Submitted rows that failed; none where that is not known.
    pub failed: Option<i64>,
    /// Submitted rows that were neither added nor failed: updated or unchanged, the API does not
    /// say which. `submitted = added + failed + kept`. None where that is not known.
    pub kept: Option<i64>,
    /// Members who are not in the roster and whose removal failed; none where that is not known.
    pub failed_removals: Option<i64>,
    /// The submission was sent more than once, as a response was lost. The results are those of
    /// the last request and lack what an earlier one did.
    pub repeated: bool,
    /// What the baseline led to expect, where there is one.
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
            status: outcome.status.into(),
            added: outcome.added.map(count),
            removed: outcome.removed.map(count),
            failed: outcome.failed.map(count),
            kept: outcome.kept.map(count),
            failed_removals: outcome.failed_removals.map(count),
            repeated: outcome.repeated,
            expected: outcome.expected.map(ExpectedOutcome::from),
            failures: failures(outcome.failures),
            other_failures: failures(outcome.other_failures),
            notes: outcome.notes,
        }
    }
}
