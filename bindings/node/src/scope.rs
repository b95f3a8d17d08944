//! Task-local data of a call: its operation, its context in JavaScript, and its logger.

use std::borrow::Cow;
use std::future::Future;

use crate::log_sink::Sink;

/// The scope of a call.
#[derive(Clone)]
pub(crate) struct Scope {
    /// The id of the call's context in JavaScript; 0 is none.
    pub(crate) context: u32,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) log: Option<Sink>,
}

tokio::task_local! {
    static SCOPE: Scope;
}

/// Runs a future in a scope, and flushes the logger afterwards.
pub(crate) async fn within<T>(scope: Scope, work: impl Future<Output = T>) -> T {
    let log = scope.log.clone();
    let result = SCOPE.scope(scope, work).await;
    if let Some(log) = log {
        log.flush().await;
    }
    result
}

/// Reads the scope of the current task, if it has one.
pub(crate) fn with<T>(read: impl FnOnce(&Scope) -> T) -> Option<T> {
    SCOPE.try_with(read).ok()
}
