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

/// Sends one attempt. Never throws: a failure comes as a reply.
pub(crate) type FetchFn =
    ThreadsafeFunction<FetchRequest, Promise<FetchReply>, FetchRequest, Status, false, true>;
/// Gives an attempt up, by its number.
pub(crate) type AbortFn = ThreadsafeFunction<u32, (), u32, Status, false, true>;

/// One attempt, as `fetch` takes it.
#[napi(object, object_from_js = false)]
pub struct FetchRequest {
    /// The attempt's number in this process.
    pub id: u32,
    /// The call's number, 0 if it has none.
    pub call: u32,
    /// The verb.
    pub method: String,
    /// The address.
    pub url: String,
    /// Names and values in turn.
    pub headers: Vec<String>,
    /// The body.
    pub body: Option<Buffer>,
}

/// What `fetch` came back with.
#[napi(object, object_to_js = false)]
pub struct FetchReply {
    /// The status, if an answer came.
    pub status: Option<u16>,
    /// The address that answered.
    pub url: Option<String>,
    /// Names and values in turn.
    pub headers: Option<Vec<String>>,
    /// The body, as far as it came.
    pub body: Option<Buffer>,
    /// How it failed: `not_sent`, `timeout` or `broken`.
    pub failure: Option<String>,
    /// Words about the failure.
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

static LAST: AtomicU32 = AtomicU32::new(0);

/// Tells JavaScript when the attempt is dropped before it is done.
struct UnderWay<'a> {
    id: u32,
    abort: &'a AbortFn,
    done: bool,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.done {
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
            let id = LAST.fetch_add(1, Ordering::Relaxed);
            let call = scope::with(|scope| scope.call).unwrap_or_default();
            let mut under_way = UnderWay { id, abort: &self.abort, done: false };
            let reply = self.fetch.call_async(translate(id, call, &request)).await;
            let reply = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            under_way.done = true;
            let reply = reply.map_err(|error| {
                TransportError::new(
                    Failure::ConnectionLost,
                    format!("fetch failed: {}", error.reason),
                )
            })?;
            answer(reply)
        })
    }
}

fn translate(id: u32, call: u32, request: &TransportRequest) -> FetchRequest {
    let headers = request.headers.iter().flat_map(|(name, value)| {
        [name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
    });
    FetchRequest {
        id,
        call,
        method: request.method.to_string(),
        url: request.url.to_string(),
        headers: headers.collect(),
        body: request.body.as_ref().map(|body| Buffer::from(body.to_vec())),
    }
}

fn answer(reply: FetchReply) -> Result<TransportResponse, TransportError> {
    let failure = reply.failure.map(|failure| {
        let failure = match failure.as_str() {
            "not_sent" => Failure::NotSent,
            "timeout" => Failure::TimedOut,
            _ => Failure::ConnectionLost,
        };
        TransportError::new(failure, reply.message.unwrap_or_else(|| "fetch failed".to_owned()))
    });
    let status = reply.status.and_then(|status| StatusCode::from_u16(status).ok());
    let (status, failure) = match (status, failure) {
        (Some(status), failure) => (status, failure),
        (None, Some(failure)) => return Err(failure),
        (None, None) => {
            return Err(TransportError::new(Failure::ConnectionLost, "fetch gave no response"));
        }
    };
    let mut headers = HeaderMap::new();
    let mut texts = reply.headers.unwrap_or_default().into_iter();
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        // What `Headers` let through and we cannot hold is of no use to the call.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    let body = reply.body.map(|body| body.to_vec()).unwrap_or_default();
    let mut response = TransportResponse::new(status, headers, body);
    response.url = reply.url.and_then(|url| url.parse().ok());
    if let Some(failure) = failure {
        // The head came before the body broke off; the core keeps it on the error.
        let pieces = stream::once(std::future::ready(Err(failure)));
        response.body = TransportBody::Stream(Box::pin(pieces));
    }
    Ok(response)
}
