//! Giving a call up from JavaScript.

use napi_derive::napi;
use tokio_util::sync::CancellationToken;

/// Ends the calls that it was passed to; the connection closes.
#[napi]
#[derive(Default)]
pub struct CancelToken(pub(crate) CancellationToken);

#[napi]
impl CancelToken {
    /// A token that is not cancelled.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}
