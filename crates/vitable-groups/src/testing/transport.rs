//! A transport that answers by a script and remembers what it was sent.

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

/// What happens to one request.
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
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes, cut_after: Option<Duration> },
    Fail(Failure, &'static str),
}

impl ScriptedResponse {
    /// An empty answer.
    pub fn status(status: u16) -> Self {
        Self::answer(status, Bytes::new())
    }

    /// An answer with a JSON body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::answer(status, body.into()).header("content-type", "application/json")
    }

    fn answer(status: u16, body: Bytes) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let outcome = Outcome::Answer { status, headers: HeaderMap::new(), body, cut_after: None };
        Self { delay: Duration::ZERO, outcome }
    }

    /// No connection is made.
    pub fn refused() -> Self {
        Self::fail(Failure::NotSent, "cannot connect")
    }

    /// The connection breaks after the request was sent.
    pub fn reset() -> Self {
        Self::fail(Failure::ConnectionLost, "the connection broke")
    }

    /// No answer ever comes.
    pub fn hang() -> Self {
        Self::status(200).after(Duration::from_secs(1 << 40))
    }

    fn fail(failure: Failure, message: &'static str) -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Fail(failure, message) }
    }

    /// Adds a header to the answer; one that cannot be sent is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Outcome::Answer { headers, .. } = &mut self.outcome {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
        self
    }

    /// Takes this long until the head of the answer, or the failure.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends head and body, then breaks off this long after.
    #[must_use]
    pub fn cut(mut self, after: Duration) -> Self {
        if let Outcome::Answer { cut_after, .. } = &mut self.outcome {
            *cut_after = Some(after);
        }
        self
    }
}

/// A request as it would have reached the wire.
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
    /// The verb.
    pub method: String,
    /// Path and query.
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
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Bodies and header values are left out.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} at {:?}", self.method, self.path, self.at)
    }
}

/// Answers requests in the order of its scripts; when they are used up, the last one repeats.
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
    scripts: VecDeque<ScriptedResponse>,
    requests: Vec<RecordedRequest>,
}

impl ScriptedTransport {
    /// A transport without scripts, which refuses.
    pub fn new(clock: &VirtualClock) -> Self {
        Self { clock: clock.clone(), state: Arc::default() }
    }

    /// Adds what happens next.
    #[must_use]
    pub fn then(self, script: ScriptedResponse) -> Self {
        self.state().scripts.push_back(script);
        self
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, request: &TransportRequest) -> ScriptedResponse {
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
        match state.scripts.len() {
            0 => ScriptedResponse::refused(),
            1 => state.scripts.front().cloned().unwrap_or_else(ScriptedResponse::refused),
            _ => state.scripts.pop_front().unwrap_or_else(ScriptedResponse::refused),
        }
    }
}

impl Transport for ScriptedTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let ScriptedResponse { delay, outcome } = self.take(&request);
        Box::pin(async move {
            self.clock.sleep(delay).await;
            let (status, headers, body, cut_after) = match outcome {
                Outcome::Fail(failure, message) => {
                    return Err(TransportError::new(failure, message));
                }
                Outcome::Answer { status, headers, body, cut_after } => {
                    (status, headers, body, cut_after)
                }
            };
            let mut answer = TransportResponse::new(status, headers, body.clone());
            if let Some(after) = cut_after {
                let clock = self.clock.clone();
                let pieces = futures_util::stream::unfold(0, move |step| {
                    let (clock, body) = (clock.clone(), body.clone());
                    async move {
                        if step == 0 {
                            return Some((Ok(body), 1));
                        }
                        clock.sleep(after).await;
                        let cut = TransportError::new(
                            Failure::ConnectionLost,
                            "the answer was cut short",
                        );
                        (step == 1).then_some((Err(cut), 2))
                    }
                });
                answer.body = TransportBody::Stream(Box::pin(pieces));
            }
            Ok(answer)
        })
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptedTransport({} requests)", self.state().requests.len())
    }
}
