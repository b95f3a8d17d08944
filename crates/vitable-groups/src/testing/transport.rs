//! A transport with scripted responses, which records requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::VirtualClock;
use crate::retry::Failure;
use crate::time::{BoxFuture, Clock};
use crate::transport::{
    Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};

/// A scripted response to one request.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::testing::ScriptedResponse;
///
/// let slow = ScriptedResponse::json(200, "{}").after(Duration::from_secs(2));
/// let limited = ScriptedResponse::status(429).header("retry-after", "5");
/// ```
#[derive(Clone, Debug)]
pub struct ScriptedResponse {
    delay: Duration,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Outcome {
    Response {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        truncated_after: Option<Duration>,
    },
    Fail(Failure, &'static str),
}

impl ScriptedResponse {
    /// A response without a body.
    pub fn status(status: u16) -> Self {
        Self::response(status, Bytes::new())
    }

    /// A response with a JSON body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::response(status, body.into()).header("content-type", "application/json")
    }

    fn response(status: u16, body: Bytes) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = HeaderMap::new();
        let outcome = Outcome::Response { status, headers, body, truncated_after: None };
        Self { delay: Duration::ZERO, outcome }
    }

    /// The connection is refused.
    pub fn refused() -> Self {
        Self::fail(Failure::NotSent, "cannot connect")
    }

    /// The connection is lost after the request was sent.
    pub fn reset() -> Self {
        Self::fail(Failure::ConnectionLost, "connection lost")
    }

    /// The response never arrives.
    pub fn hang() -> Self {
        Self::status(200).after(Duration::from_secs(1 << 40))
    }

    fn fail(failure: Failure, message: &'static str) -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Fail(failure, message) }
    }

    /// Adds a header; an invalid one is ignored.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Outcome::Response { headers, .. } = &mut self.outcome {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
        self
    }

    /// Delays the response headers, or the failure.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the headers and the body, then loses the connection after this time instead of ending
    /// the response.
    #[must_use]
    pub fn truncated_after(mut self, delay: Duration) -> Self {
        if let Outcome::Response { truncated_after, .. } = &mut self.outcome {
            *truncated_after = Some(delay);
        }
        self
    }
}

/// A request as it would have been sent.
///
/// ```
/// use vitable_groups::Client;
/// use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
///
/// let clock = VirtualClock::new();
/// let transport = ScriptedTransport::new(&clock).then(ScriptedResponse::json(200, r#"{"data": []}"#));
/// let client = Client::builder().api_key("key").clock(clock.clone()).transport(transport.clone()).build()?;
/// clock.run(client.plans().list().send())?;
/// let request = &transport.requests()[0];
/// assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/v1/plans"));
/// # Ok::<(), vitable_groups::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path and query.
    pub path: String,
    /// The host and port.
    pub authority: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// When it was sent, on the transport's clock.
    pub at: Duration,
}

impl RecordedRequest {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Omits bodies and header values.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} at {:?}", self.method, self.path, self.at)
    }
}

/// Sends scripted responses in order; the last one repeats.
///
/// See the [module](super) for an example.
///
/// ```
/// use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
///
/// let transport = ScriptedTransport::new(&VirtualClock::new()).then(ScriptedResponse::reset());
/// assert!(transport.requests().is_empty());
/// ```
#[derive(Clone)]
pub struct ScriptedTransport {
    clock: VirtualClock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    responses: VecDeque<ScriptedResponse>,
    requests: Vec<RecordedRequest>,
}

impl ScriptedTransport {
    /// A transport without responses, which refuses connections.
    pub fn new(clock: &VirtualClock) -> Self {
        Self { clock: clock.clone(), state: Arc::default() }
    }

    /// Adds the response to the next request.
    #[must_use]
    pub fn then(self, response: ScriptedResponse) -> Self {
        self.state().responses.push_back(response);
        self
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_response(&self, request: &TransportRequest) -> ScriptedResponse {
        let mut state = self.state();
        state.requests.push(RecordedRequest {
            method: request.method.to_string(),
            path: match request.url.query() {
                Some(query) => format!("{}?{query}", request.url.path()),
                None => request.url.path().to_owned(),
            },
            authority: request.url.authority().to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            at: self.clock.elapsed(),
        });
        match state.responses.len() {
            0 => ScriptedResponse::refused(),
            1 => state.responses.front().cloned().unwrap_or_else(ScriptedResponse::refused),
            _ => state.responses.pop_front().unwrap_or_else(ScriptedResponse::refused),
        }
    }
}

impl Transport for ScriptedTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let ScriptedResponse { delay, outcome } = self.next_response(&request);
        Box::pin(async move {
            self.clock.sleep(delay).await;
            let (status, headers, body, truncated_after) = match outcome {
                Outcome::Fail(failure, message) => {
                    return Err(TransportError::new(failure, message));
                }
                Outcome::Response { status, headers, body, truncated_after } => {
                    (status, headers, body, truncated_after)
                }
            };
            let mut response = TransportResponse::new(status, headers, body.clone());
            if let Some(delay) = truncated_after {
                let clock = self.clock.clone();
                let chunks = futures_util::stream::unfold(0, move |step| {
                    let (clock, body) = (clock.clone(), body.clone());
                    async move {
                        if step == 0 {
                            return Some((Ok(body), 1));
                        }
                        clock.sleep(delay).await;
                        let message = "response truncated or malformed";
                        let error = TransportError::new(Failure::ConnectionLost, message);
                        (step == 1).then_some((Err(error), 2))
                    }
                });
                response.body = TransportBody::Stream(Box::pin(chunks));
            }
            Ok(response)
        })
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptedTransport({} requests)", self.state().requests.len())
    }
}
