//! Cancellation from JavaScript.

use napi_derive::napi;
use tokio_util::sync::CancellationToken;

/// Cancels the calls that it was passed to, and closes their connections.
#[napi]
#[derive(Default)]
pub struct CancelToken(pub(crate) CancellationToken);

#[napi]
impl CancelToken {
    /// Creates a token that is not canceled.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels the calls.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}
