//! A transport that sends each attempt through a `fetch` of the caller.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use napi::Status;
use napi::bindgen_prelude::{Buffer, Promise};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use vitable_groups::Failure;
use vitable_groups::{
    BoxFuture, Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};

use crate::scope;

/// Sends one attempt. Never throws: a failure is part of the response.
pub(crate) type FetchFn =
    ThreadsafeFunction<FetchRequest, Promise<FetchResponse>, FetchRequest, Status, false, true>;
/// Aborts an attempt by its id.
pub(crate) type AbortFn = ThreadsafeFunction<u32, (), u32, Status, false, true>;

/// One attempt, to be sent with `fetch`.
#[napi(object, object_from_js = false)]
pub struct FetchRequest {
    /// The attempt's id in this process.
    pub id: u32,
    /// The id of the call's context; 0 is none.
    pub context: u32,
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Names and values, alternating.
    pub headers: Vec<String>,
    /// The body.
    pub body: Option<Buffer>,
}

/// What `fetch` resolved to, or how it failed.
#[napi(object, object_to_js = false)]
pub struct FetchResponse {
    /// The status, if there was a response.
    pub status: Option<u16>,
    /// The URL that responded.
    pub url: Option<String>,
    /// Names and values, alternating.
    pub headers: Option<Vec<String>>,
    /// The body, if it is complete.
    pub body: Option<Buffer>,
    /// How it failed: `not_sent`, `timeout` or `connection_lost`.
    pub failure: Option<String>,
    /// The message of the failure.
    pub message: Option<String>,
}

pub(crate) struct FetchTransport {
    pub(crate) fetch: Arc<FetchFn>,
    pub(crate) abort: Arc<AbortFn>,
}

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FetchTransport")
    }
}

static NEXT_ID: AtomicU32 = AtomicU32::new(0);

/// Aborts the `fetch` of an attempt that is dropped before it completes.
struct AbortOnDrop<'a> {
    id: u32,
    abort: &'a AbortFn,
    completed: bool,
}

impl Drop for AbortOnDrop<'_> {
    fn drop(&mut self) {
        if !self.completed {
            self.abort.call(self.id, ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

impl Transport for FetchTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
            let context = scope::with(|scope| scope.context).unwrap_or_default();
            let mut guard = AbortOnDrop { id, abort: &self.abort, completed: false };
            let result = match self.fetch.call_async(to_fetch(id, context, &request)).await {
                Ok(promise) => promise.await,
                Err(error) => Err(error),
            };
            guard.completed = true;
            let response = result.map_err(|error| {
                TransportError::new(
                    Failure::ConnectionLost,
                    format!("fetch failed: {}", error.reason),
                )
            })?;
            from_fetch(response)
        })
    }
}

fn to_fetch(id: u32, context: u32, request: &TransportRequest) -> FetchRequest {
    let headers = request.headers.iter().flat_map(|(name, value)| {
        [name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
    });
    FetchRequest {
        id,
        context,
        method: request.method.to_string(),
        url: request.url.to_string(),
        headers: headers.collect(),
        body: request.body.as_ref().map(|body| Buffer::from(body.to_vec())),
    }
}

fn from_fetch(fetched: FetchResponse) -> Result<TransportResponse, TransportError> {
    let failure = fetched.failure.map(|failure| {
        let failure = match failure.as_str() {
            "not_sent" => Failure::NotSent,
            "timeout" => Failure::TimedOut,
            _ => Failure::ConnectionLost,
        };
        TransportError::new(failure, fetched.message.unwrap_or_else(|| "fetch failed".to_owned()))
    });
    let status = fetched.status.and_then(|status| StatusCode::from_u16(status).ok());
    let (status, failure) = match (status, failure) {
        (Some(status), failure) => (status, failure),
        (None, Some(failure)) => return Err(failure),
        (None, None) => {
            return Err(TransportError::new(Failure::ConnectionLost, "fetch returned no response"));
        }
    };
    let mut headers = HeaderMap::new();
    let mut flat = fetched.headers.unwrap_or_default().into_iter();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        // JavaScript's `Headers` allows some that `HeaderMap` does not; calls use none of them.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    let body = fetched.body.map(|body| body.to_vec()).unwrap_or_default();
    let mut response = TransportResponse::new(status, headers, body);
    response.url = fetched.url.and_then(|url| url.parse().ok());
    if let Some(failure) = failure {
        // The body is truncated; the error keeps the status and the headers.
        let chunks = stream::once(std::future::ready(Err(failure)));
        response.body = TransportBody::Stream(Box::pin(chunks));
    }
    Ok(response)
}
