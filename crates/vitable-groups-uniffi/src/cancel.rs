//! A handle by which a host cancels a call, where dropping the call does not reach it.

use std::future::Future;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vitable_groups as core;

use crate::error::NativeError;

/// Cancels the calls it was given to.
#[derive(Debug, uniffi::Object)]
pub struct NativeCancelToken(CancellationToken);

#[uniffi::export]
impl NativeCancelToken {
    /// A token that is not cancelled.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self(CancellationToken::new())))
    }

    /// Ends the calls that hold the token, now and later; their connections are closed.
    pub fn cancel(&self) -> Result<(), NativeError> {
        self.0.cancel();
        Ok(())
    }
}

impl NativeCancelToken {
    pub(crate) async fn watch<T>(
        &self,
        work: impl Future<Output = Result<T, core::Error>>,
    ) -> Result<T, NativeError> {
        match self.0.run_until_cancelled(work).await {
            Some(result) => result.map_err(NativeError::from),
            None => Err(NativeError::cancelled()),
        }
    }
}
