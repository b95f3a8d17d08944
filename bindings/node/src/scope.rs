//! What a call carries along while it runs: who called, and where its log lines go.

use std::borrow::Cow;
use std::future::Future;

use crate::log::Sink;

/// One call's scope.
#[derive(Clone)]
pub(crate) struct Scope {
    /// The number under which JavaScript keeps what belongs to the call; 0 is nothing.
    pub(crate) call: u32,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) log: Option<Sink>,
}

tokio::task_local! {
    static SCOPE: Scope;
}

pub(crate) async fn within<T>(scope: Scope, work: impl Future<Output = T>) -> T {
    let log = scope.log.clone();
    let result = SCOPE.scope(scope, work).await;
    if let Some(log) = log {
        log.heard().await;
    }
    result
}

pub(crate) fn with<T>(read: impl FnOnce(&Scope) -> T) -> Option<T> {
    SCOPE.try_with(read).ok()
}
