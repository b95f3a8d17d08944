//! The whole daily job in one call.

use std::sync::Arc;

use vitable_groups as core;

use crate::error::NativeError;
use crate::model::SyncState;
use crate::roster::{CheckOptions, CheckReport, GuardOptions, NativeRoster, Outcome};
use crate::wait::{NativeProgressListener, WaitOptions, waiting};

/// How to bring a roster to a group.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct ApplyOptions {
    /// What the roster may remove. Unless set, only an empty roster is refused.
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
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Applied {
    /// The completed request.
    pub state: SyncState,
    /// Its results, joined to the rows that were sent.
    pub outcome: Outcome,
    /// What the check found; warnings only, as errors stop the job.
    pub report: CheckReport,
}

impl From<core::Applied> for Applied {
    fn from(applied: core::Applied) -> Self {
        Self {
            state: applied.state.into(),
            outcome: applied.outcome.into(),
            report: applied.report.into(),
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
            apply = apply.previous(previous.core().clone());
        }
        if let Some(check) = self.check {
            apply = apply.checks(check.into_core()?);
        }
        Ok(waiting!(apply, self.wait, listener))
    }
}
