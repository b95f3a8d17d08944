//! A progress callback written in JavaScript.

use std::sync::Arc;

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde_json::json;
use vitable_groups::{ErrorKind, Progress};

use crate::options::milliseconds_of;

/// Takes a look of a wait as JSON text; null after the last one.
pub(crate) type ProgressFn = ThreadsafeFunction<Option<String>, (), Option<String>, Status, false>;

/// Who listens to a wait, if anybody does.
pub(crate) struct Listener(Option<Arc<ProgressFn>>);

impl Listener {
    pub(crate) fn new(callback: Option<ProgressFn>) -> Self {
        Self(callback.map(Arc::new))
    }

    /// Passes looks on.
    pub(crate) fn teller(&self) -> impl FnMut(Progress) + Send + 'static {
        let callback = self.0.clone();
        move |look| {
            if let Some(callback) = &callback {
                callback.call(Some(describe(&look)), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }

    /// Ends when every look was heard, so that none comes after the result.
    pub(crate) async fn heard(self) {
        if let Some(callback) = self.0 {
            // A failure means that nobody listens any more.
            let _ = callback.call_async(None).await;
        }
    }
}

fn describe(look: &Progress) -> String {
    json!({
        "group_id": look.handle.group_id,
        "request_id": look.handle.request_id,
        "polls": look.polls,
        "elapsed": milliseconds_of(look.elapsed),
        "state": look.state,
        "lastError": look.last_error.map(ErrorKind::code),
    })
    .to_string()
}
