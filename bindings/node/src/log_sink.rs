//! The logger of a client in JavaScript.

use std::sync::Arc;

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use tracing::Level;

/// Receives an event as JSON text. An empty one is a flush: it returns once all before it were logged.
pub(crate) type LogFn = ThreadsafeFunction<String, (), String, Status, false, true>;

/// A logger and its level.
#[derive(Clone)]
pub(crate) struct Sink {
    level: Level,
    log: Arc<LogFn>,
}

impl Sink {
    /// `None` if the core logs nothing at this level.
    pub(crate) fn new(level: Option<&str>, log: LogFn) -> Option<Self> {
        let level = match level {
            Some("debug") => Level::DEBUG,
            Some("info") => Level::INFO,
            _ => return None,
        };
        Some(Self { level, log: Arc::new(log) })
    }

    /// Whether events of a level are logged.
    pub(crate) fn takes(&self, level: Level) -> bool {
        level <= self.level
    }

    /// Logs an event, later on the JavaScript thread.
    pub(crate) fn write(&self, event: String) {
        self.log.call(event, ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Waits until every event was logged, so that none follows the result of the call.
    pub(crate) async fn flush(&self) {
        // This fails only when the JavaScript thread has ended.
        let _ = self.log.call_async(String::new()).await;
    }
}
