//! Token providers in JavaScript.

use std::sync::Arc;
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;
use vitable_groups::{AccessToken, TokenResult};

use crate::scope;

/// Provides a token for a call, given its context. Never throws: a failure is part of the response.
pub(crate) type TokenFn = ThreadsafeFunction<u32, Promise<TokenResponse>, u32, Status, false, true>;

/// What the provider returned, or how it failed.
#[napi(object, object_to_js = false)]
pub struct TokenResponse {
    /// The token, if there is one.
    pub token: Option<String>,
    /// The lifetime of the token, in milliseconds.
    pub expires_in: Option<f64>,
    /// Why there is no token.
    pub failure: Option<String>,
}

pub(crate) async fn fetch(provider: Arc<TokenFn>) -> TokenResult {
    let context = scope::with(|scope| scope.context).unwrap_or_default();
    let response = provider.call_async(context).await?.await?;
    let Some(token) = response.token else {
        let message =
            response.failure.unwrap_or_else(|| "the provider returned no token".to_owned());
        return Err(message.into());
    };
    let token = AccessToken::new(token);
    let lifetime = response.expires_in.and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok());
    Ok(match lifetime {
        Some(lifetime) => token.expires_in(lifetime),
        None => token,
    })
}
