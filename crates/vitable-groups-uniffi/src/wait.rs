//! Waiting for a sync to complete.

use std::sync::Arc;
use std::time::Duration;

use vitable_groups as core;

use crate::error::{ErrorKind, NativeError};
use crate::model::SyncState;
use crate::options::RequestOptions;
use crate::sync_handle::SyncHandle;
use crate::time::TimeLimit;

/// The progress of a sync.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncProgress {
    /// The sync.
    pub handle: SyncHandle,
    /// Number of polls so far; 0 right after the submission.
    pub polls: i32,
    /// Time since the wait started.
    pub elapsed: Duration,
    /// The last state returned by the server.
    pub state: Option<SyncState>,
    /// The kind of error the last poll failed with, if it failed; polling continues.
    pub last_error: Option<ErrorKind>,
}

impl From<core::SyncProgress> for SyncProgress {
    fn from(progress: core::SyncProgress) -> Self {
        Self {
            handle: SyncHandle::from(&progress.handle),
            polls: i32::try_from(progress.polls).unwrap_or(i32::MAX),
            elapsed: progress.elapsed,
            state: progress.state.map(SyncState::from),
            last_error: progress.last_error.map(ErrorKind::from),
        }
    }
}

/// Receives progress, on one of the library's threads.
#[uniffi::export(with_foreign)]
pub trait NativeProgressListener: Send + Sync {
    /// Called after the submission and after every poll.
    fn on_progress(&self, progress: SyncProgress) -> Result<(), NativeError>;
}

/// Options for waiting for a sync.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct WaitOptions {
    /// The maximum time to wait; 10 minutes by default.
    #[uniffi(default)]
    pub deadline: Option<TimeLimit>,
    /// The interval between polls; by default it grows from 0.5 s to 5 s.
    #[uniffi(default)]
    pub poll_interval: Option<TimeLimit>,
    /// Options of each request; its deadline is ignored.
    #[uniffi(default)]
    pub request: RequestOptions,
}

/// Applies the options to one of the core's two kinds of wait, which have no trait in common.
macro_rules! apply_wait_options {
    ($wait:expr, $options:expr, $listener:expr) => {{
        let options: $crate::wait::WaitOptions = $options;
        let mut wait = $wait.options(options.request.into_core()?);
        if let Some(deadline) = options.deadline {
            wait = wait.deadline(deadline.limit("deadline")?);
        }
        if let Some(interval) = options.poll_interval {
            wait =
                wait.poll(vitable_groups::PollPolicy::every(interval.duration("poll_interval")?));
        }
        if let Some(listener) = $listener {
            wait = wait.on_progress(move |progress| $crate::wait::notify(&listener, progress));
        }
        wait
    }};
}
pub(crate) use apply_wait_options;

pub(crate) fn notify(listener: &Arc<dyn NativeProgressListener>, progress: core::SyncProgress) {
    // The host's wrapper records what its listener throws and cancels the wait itself.
    drop(listener.on_progress(progress.into()));
}
