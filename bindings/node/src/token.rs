//! A token provider written in JavaScript.

use std::sync::Arc;
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;
use vitable_groups::{AccessToken, TokenResult};

use crate::scope;

/// Asks for a token on behalf of a call. Never throws: a failure comes as a reply.
pub(crate) type TokenFn = ThreadsafeFunction<u32, Promise<TokenReply>, u32, Status, false, true>;

/// What the provider came back with.
#[napi(object, object_to_js = false)]
pub struct TokenReply {
    /// The token, if there is one.
    pub token: Option<String>,
    /// How long it is good for, in milliseconds.
    pub expires_in: Option<f64>,
    /// Why there is none.
    pub failure: Option<String>,
}

pub(crate) async fn fetch(provider: Arc<TokenFn>) -> TokenResult {
    let call = scope::with(|scope| scope.call).unwrap_or_default();
    let reply = provider.call_async(call).await?.await?;
    let Some(token) = reply.token else {
        return Err(reply.failure.unwrap_or_else(|| "no token came back".to_owned()).into());
    };
    let token = AccessToken::new(token);
    let life = reply.expires_in.and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok());
    Ok(match life {
        Some(life) => token.expires_in(life),
        None => token,
    })
}
