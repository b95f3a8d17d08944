//! Cancellation tokens, for hosts where dropping a call does not cancel it.

use std::future::Future;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vitable_groups as core;

use crate::error::NativeError;

/// Cancels the calls it was passed to.
#[derive(Debug, uniffi::Object)]
pub struct NativeCancelToken(CancellationToken);

#[uniffi::export]
impl NativeCancelToken {
    /// Creates a token.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self(CancellationToken::new())))
    }

    /// Cancels current and future calls that use this token, and closes their connections.
    pub fn cancel(&self) -> Result<(), NativeError> {
        self.0.cancel();
        Ok(())
    }
}

impl NativeCancelToken {
    pub(crate) async fn run_until_cancelled<T>(
        &self,
        call: impl Future<Output = Result<T, core::Error>>,
    ) -> Result<T, NativeError> {
        match self.0.run_until_cancelled(call).await {
            Some(result) => result.map_err(NativeError::from),
            None => Err(NativeError::cancelled()),
        }
    }
}
