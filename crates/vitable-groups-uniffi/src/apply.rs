//! `apply`: check, guard, submit, wait and report in one call.

use std::sync::Arc;

use vitable_groups as core;

use crate::error::NativeError;
use crate::model::SyncState;
use crate::roster::{CheckOptions, CheckReport, GuardOptions, NativeRoster, Outcome};
use crate::wait::{NativeProgressListener, WaitOptions, apply_wait_options};

/// How to sync a group to a roster.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct ApplyOptions {
    /// Whether this is the group's first sync: it was never synced and has no members. Nothing is
    /// sent unless this or a previous roster is given, or the same client created the group in this
    /// run. Giving both is an error.
    #[uniffi(default = false)]
    pub first_sync: bool,
    /// What the roster may remove. By default, it must not be empty and may remove at most 10% of
    /// the baseline or 3 members, whichever is more.
    #[uniffi(default)]
    pub guard: GuardOptions,
    /// How rows are checked; by default, against the API's rules as of today (UTC).
    #[uniffi(default)]
    pub check: Option<CheckOptions>,
    /// How to wait.
    #[uniffi(default)]
    pub wait: WaitOptions,
}

/// The result of `apply`.
#[derive(Clone, Debug, uniffi::Record)]
pub struct NativeApplyResult {
    /// The completed sync.
    pub state: SyncState,
    /// The sync's results, joined to the submitted rows.
    pub outcome: Outcome,
    /// The findings of the check: warnings only, since errors stop `apply`.
    pub report: CheckReport,
    /// What the group holds now: the previous roster of the next sync. None if the results are
    /// missing.
    pub group_after: Option<Arc<NativeRoster>>,
}

impl From<core::ApplyResult> for NativeApplyResult {
    fn from(result: core::ApplyResult) -> Self {
        Self {
            state: result.state.into(),
            outcome: result.outcome.into(),
            report: result.report.into(),
            group_after: result.group_after.map(NativeRoster::wrap),
        }
    }
}

impl ApplyOptions {
    pub(crate) fn configure(
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
        Ok(apply_wait_options!(apply, self.wait, listener))
    }
}
