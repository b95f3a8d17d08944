//! Short-lived tokens, fetched by the host.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use vitable_groups as core;

use crate::error::NativeError;
use crate::time::TimeLimit;

/// Fetches short-lived tokens: when there is none, a minute before one ends, and once after a 401.
///
/// `fetch` returns at once and the request is answered later, from any thread, so that no host
/// thread waits.
#[uniffi::export(with_foreign)]
pub trait NativeTokenProvider: Send + Sync {
    /// Begins to fetch a token.
    fn fetch(&self, request: Arc<NativeTokenRequest>) -> Result<(), NativeError>;
}

/// A token that is asked for. Letting go of it without an answer is a failure.
#[derive(uniffi::Object)]
pub struct NativeTokenRequest(Mutex<Option<oneshot::Sender<Answer>>>);

type Answer = Result<core::AccessToken, String>;

#[uniffi::export]
impl NativeTokenRequest {
    /// Here it is, and how long it is good for from now.
    pub fn succeed(&self, token: String, expires_in: Option<TimeLimit>) -> Result<(), NativeError> {
        let token = core::AccessToken::new(token);
        let expires_in = expires_in.map(|time| time.limit("expires_in")).transpose();
        self.answer(match expires_in {
            Ok(Some(Some(time))) => Ok(token.expires_in(time)),
            Ok(_) => Ok(token),
            Err(error) => Err(error.to_string()),
        });
        Ok(())
    }

    /// There is none, and why.
    pub fn fail(&self, reason: String) -> Result<(), NativeError> {
        self.answer(Err(reason));
        Ok(())
    }
}

impl NativeTokenRequest {
    fn answer(&self, answer: Answer) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Nobody listens any more if the call was cancelled.
            drop(sender.send(answer));
        }
    }
}

pub(crate) async fn fetch(provider: Arc<dyn NativeTokenProvider>) -> core::TokenResult {
    let (sender, answer) = oneshot::channel();
    provider.fetch(Arc::new(NativeTokenRequest(Mutex::new(Some(sender)))))?;
    match answer.await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err("it let the request go without an answer".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Forgetful;

    impl NativeTokenProvider for Forgetful {
        fn fetch(&self, request: Arc<NativeTokenRequest>) -> Result<(), NativeError> {
            drop(request);
            Ok(())
        }
    }

    #[test]
    fn a_request_that_is_let_go_does_not_hang() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let result = runtime.block_on(fetch(Arc::new(Forgetful)));
        assert!(result.unwrap_err().to_string().contains("without an answer"));
    }
}
