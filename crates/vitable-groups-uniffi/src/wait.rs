//! Waiting for a sync to be done.

use std::sync::Arc;
use std::time::Duration;

use vitable_groups as core;

use crate::error::{ErrorKind, NativeError};
use crate::model::SyncState;
use crate::options::RequestOptions;
use crate::time::TimeLimit;

/// What a sync request is known by; enough to wait for it from any process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct SyncHandle {
    /// The group, `grp_...`.
    pub group_id: String,
    /// The request, `grpmsr_...`.
    pub request_id: String,
}

impl From<&core::SyncHandle> for SyncHandle {
    fn from(handle: &core::SyncHandle) -> Self {
        let core::SyncHandle { group_id, request_id, .. } = handle.clone();
        Self { group_id, request_id }
    }
}

impl From<SyncHandle> for core::SyncHandle {
    fn from(handle: SyncHandle) -> Self {
        Self::new(handle.group_id, handle.request_id)
    }
}

/// How a wait goes on.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncProgress {
    /// What is waited for.
    pub handle: SyncHandle,
    /// Looks so far; 0 right after a submission.
    pub polls: i32,
    /// Since the wait began.
    pub elapsed: Duration,
    /// The state that was last seen.
    pub state: Option<SyncState>,
    /// The kind of the failure that the last look met, if it met one; the wait goes on.
    pub last_error: Option<ErrorKind>,
}

impl From<core::Progress> for SyncProgress {
    fn from(progress: core::Progress) -> Self {
        Self {
            handle: SyncHandle::from(&progress.handle),
            polls: i32::try_from(progress.polls).unwrap_or(i32::MAX),
            elapsed: progress.elapsed,
            state: progress.state.map(SyncState::from),
            last_error: progress.last_error.map(ErrorKind::from),
        }
    }
}

/// Hears how a wait goes on, on one of the library's threads.
#[uniffi::export(with_foreign)]
pub trait NativeProgressListener: Send + Sync {
    /// Called after the submission and after every look.
    fn on_progress(&self, progress: SyncProgress) -> Result<(), NativeError>;
}

/// How to wait for a sync.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct WaitOptions {
    /// How long to wait at most; 10 minutes by default.
    #[uniffi(default)]
    pub deadline: Option<TimeLimit>,
    /// The time between two looks; by default it grows from 0.5 s to 5 s.
    #[uniffi(default)]
    pub poll_interval: Option<TimeLimit>,
    /// Options of the calls; their own deadline is not used.
    #[uniffi(default)]
    pub request: RequestOptions,
}

/// The two waits of the core have the same settings without a trait in common.
macro_rules! waiting {
    ($wait:expr, $options:expr, $listener:expr) => {{
        let options: $crate::wait::WaitOptions = $options;
        let mut wait = $wait.options(options.request.into_core()?);
        if let Some(deadline) = options.deadline {
            wait = wait.deadline(deadline.limit("deadline")?);
        }
        if let Some(interval) = options.poll_interval {
            wait = wait.poll(vitable_groups::PollPolicy::every(interval.span("poll_interval")?));
        }
        if let Some(listener) = $listener {
            wait = wait.on_progress(move |progress| $crate::wait::tell(&listener, progress));
        }
        wait
    }};
}
pub(crate) use waiting;

pub(crate) fn tell(listener: &Arc<dyn NativeProgressListener>, progress: core::Progress) {
    // Hosts keep what their listener throws and end the wait themselves.
    drop(listener.on_progress(progress.into()));
}
