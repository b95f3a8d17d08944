//! The whole daily job in one call.

use std::sync::Arc;

use vitable_groups as core;

use crate::error::NativeError;
use crate::model::SyncState;
use crate::roster::{CheckOptions, CheckReport, GuardOptions, NativeRoster, Outcome};
use crate::wait::{NativeProgressListener, WaitOptions, waiting};

/// How to sync a group to a roster.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct ApplyOptions {
    /// Says that the group was never synced and holds no members. Without a previous roster and
    /// without this, nothing is sent, unless the same client created the group in this run; both
    /// together are rejected.
    #[uniffi(default = false)]
    pub first_sync: bool,
    /// What the roster may remove. Unless set: no empty roster, and at most 10% of the baseline or
    /// 3 members, whichever is more.
    #[uniffi(default)]
    pub guard: GuardOptions,
    /// How rows are checked. Unless set, by the rules of the API as of today (UTC).
    #[uniffi(default)]
    pub check: Option<CheckOptions>,
    /// How to wait.
    #[uniffi(default)]
    pub wait: WaitOptions,
}

/// What became of a roster.
#[derive(Clone, Debug, uniffi::Record)]
pub struct NativeApplied {
    /// The completed request.
    pub state: SyncState,
    /// Its results, joined to the rows that were sent.
    pub outcome: Outcome,
    /// What the check found; warnings only, as errors stop the job.
    pub report: CheckReport,
    /// What the group holds now: the previous roster of the next sync. None where the outcome does
    /// not say.
    pub group_after: Option<Arc<NativeRoster>>,
}

impl From<core::ApplyResult> for NativeApplied {
    fn from(applied: core::ApplyResult) -> Self {
        Self {
            state: applied.state.into(),
            outcome: applied.outcome.into(),
            report: applied.report.into(),
            group_after: applied.group_after.map(NativeRoster::wrap),
        }
    }
}

impl ApplyOptions {
    pub(crate) fn set_up(
        self,
        apply: core::Apply,
        previous: Option<&NativeRoster>,
        listener: Option<Arc<dyn NativeProgressListener>>,
    ) -> Result<core::Apply, NativeError> {
        let mut apply = apply.guard(self.guard.into_core()?);
        if let Some(previous) = previous {
            apply = apply.previous(Arc::clone(previous.core()));
        }
        if self.first_sync {
            apply = apply.first_sync();
        }
        if let Some(check) = self.check {
            apply = apply.checks(check.into_core()?);
        }
        Ok(waiting!(apply, self.wait, listener))
    }
}
