//! Progress callbacks in JavaScript.

use std::sync::Arc;

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde_json::json;
use vitable_groups::{ErrorKind, SyncProgress};

use crate::options::milliseconds_of;

/// Receives the progress of a sync as JSON text. Null is a flush: it returns once all progress before
/// it was reported.
pub(crate) type ProgressFn = ThreadsafeFunction<Option<String>, (), Option<String>, Status, false>;

/// The progress callback of a wait, if it has one.
pub(crate) struct ProgressListener(Option<Arc<ProgressFn>>);

impl ProgressListener {
    pub(crate) fn new(callback: Option<ProgressFn>) -> Self {
        Self(callback.map(Arc::new))
    }

    /// The callback for the core.
    pub(crate) fn callback(&self) -> impl FnMut(SyncProgress) + Send + 'static {
        let callback = self.0.clone();
        move |progress| {
            if let Some(callback) = &callback {
                callback.call(Some(to_json(&progress)), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }

    /// Waits until all progress was reported, so that none follows the result of the call.
    pub(crate) async fn flush(self) {
        if let Some(callback) = self.0 {
            // This fails only when the JavaScript thread has ended.
            let _ = callback.call_async(None).await;
        }
    }
}

fn to_json(progress: &SyncProgress) -> String {
    json!({
        "group_id": progress.handle.group_id,
        "request_id": progress.handle.request_id,
        "polls": progress.polls,
        "elapsed": milliseconds_of(progress.elapsed),
        "state": progress.state,
        "lastError": progress.last_error.map(ErrorKind::code),
    })
    .to_string()
}
