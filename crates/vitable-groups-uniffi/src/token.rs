//! Short-lived tokens, fetched by the host.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use vitable_groups as core;

use crate::error::NativeError;
use crate::time::TimeLimit;

/// Fetches short-lived tokens: on the first call, a minute before a token expires, and once after a
/// 401.
///
/// `fetch` returns immediately. The host completes the request later, from any thread, so that no
/// host thread blocks.
#[uniffi::export(with_foreign)]
pub trait NativeTokenProvider: Send + Sync {
    /// Starts fetching a token.
    fn fetch(&self, request: Arc<NativeTokenRequest>) -> Result<(), NativeError>;
}

/// A request for a token. Dropping it without completing it is an error.
#[derive(uniffi::Object)]
pub struct NativeTokenRequest(Mutex<Option<oneshot::Sender<FetchResult>>>);

type FetchResult = Result<core::AccessToken, String>;

#[uniffi::export]
impl NativeTokenRequest {
    /// Completes the request with a token and its remaining lifetime.
    pub fn succeed(&self, token: String, expires_in: Option<TimeLimit>) -> Result<(), NativeError> {
        let token = core::AccessToken::new(token);
        let expires_in = expires_in.map(|time| time.limit("expires_in")).transpose();
        self.complete(match expires_in {
            Ok(Some(Some(time))) => Ok(token.expires_in(time)),
            Ok(_) => Ok(token),
            Err(error) => Err(error.to_string()),
        });
        Ok(())
    }

    /// Completes the request with an error.
    pub fn fail(&self, reason: String) -> Result<(), NativeError> {
        self.complete(Err(reason));
        Ok(())
    }
}

impl NativeTokenRequest {
    fn complete(&self, result: FetchResult) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // The receiver is gone if the call was canceled.
            drop(sender.send(result));
        }
    }
}

pub(crate) async fn fetch(provider: Arc<dyn NativeTokenProvider>) -> core::TokenResult {
    let (sender, receiver) = oneshot::channel();
    provider.fetch(Arc::new(NativeTokenRequest(Mutex::new(Some(sender)))))?;
    match receiver.await {
        Ok(result) => Ok(result?),
        Err(_) => Err("it dropped the request without completing it".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct DroppingProvider;

    impl NativeTokenProvider for DroppingProvider {
        fn fetch(&self, request: Arc<NativeTokenRequest>) -> Result<(), NativeError> {
            drop(request);
            Ok(())
        }
    }

    #[test]
    fn dropping_a_request_is_an_error() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let result = runtime.block_on(fetch(Arc::new(DroppingProvider)));
        assert!(result.unwrap_err().to_string().contains("without completing it"));
    }
}
