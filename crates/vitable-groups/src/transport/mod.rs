//! How one request reaches the server: a trait, and the built-in implementation.

pub(crate) mod address;
#[cfg(all(feature = "http", unix))]
pub(crate) mod direct;
#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(feature = "http")]
pub(crate) mod tls;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use ::http::{HeaderMap, Method, StatusCode, Version};
use bytes::Bytes;
use futures_core::Stream;
use url::Url;

use crate::retry::Failure;
use crate::time::BoxFuture;

/// Sends one request, once. Retries, timeouts, decoding are the client's.
///
/// A host can bring its own: to reuse a configured HTTP stack, or to inject faults in tests
/// (see [`testing::ScriptedTransport`](crate::testing::ScriptedTransport)). Dropping the future
/// must give the request up.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use vitable_groups::{BoxFuture, Client, Transport, TransportError, TransportRequest, TransportResponse};
///
/// /// Answers everything with an empty page.
/// #[derive(Debug)]
/// struct Nothing;
///
/// impl Transport for Nothing {
///     fn send(&self, _: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
///         let answer = TransportResponse::new(StatusCode::OK, HeaderMap::new(), r#"{"data": []}"#);
///         Box::pin(async { Ok(answer) })
///     }
/// }
///
/// let client = Client::builder().api_key("key").transport(Nothing).build()?;
/// # Ok::<(), vitable_groups::Error>(())
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Does what only the first request needs, such as reading certificates, before the time that
    /// an attempt is allowed begins to run.
    fn warm_up(&self, _request: &TransportRequest) {}

    /// Lets go of what it keeps for later requests, such as idle connections: the client is closed.
    /// A request that is under way is not disturbed.
    fn close(&self) {}

    /// Sends the request and returns the answer once its head is there.
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>>;
}

/// One request, complete.
///
/// ```
/// fn describe(request: &vitable_groups::TransportRequest) -> String {
///     format!("{} attempt {} of {}", request.method, request.attempt, request.operation)
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TransportRequest {
    /// The verb.
    pub method: Method,
    /// The address, query included.
    pub url: Url,
    /// All headers; the credentials are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// Bounds the connecting.
    pub connect_timeout: Option<Duration>,
    /// What the client allows the attempt as a whole; the client enforces it.
    pub timeout: Option<Duration>,
    /// The name of the operation.
    pub operation: Cow<'static, str>,
    /// Which attempt this is, from 0.
    pub attempt: u32,
}

/// Bodies and header values are left out.
impl fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportRequest")
            .field("method", &self.method)
            .field("operation", &self.operation)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// The head of an answer, and its body to be read.
///
/// ```
/// use http::{HeaderMap, StatusCode};
///
/// let answer = vitable_groups::TransportResponse::new(StatusCode::OK, HeaderMap::new(), "{}");
/// ```
#[derive(Debug)]
pub struct TransportResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The address that answered; none stands for the one that was asked.
    pub url: Option<Url>,
    /// The method of the request that was answered; none stands for the one that was asked for. A
    /// transport that follows redirects must say it: a GET proves no write.
    pub method: Option<Method>,
    /// The protocol.
    pub version: Version,
    /// The body.
    pub body: TransportBody,
}

impl TransportResponse {
    /// An answer whose body is there.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = TransportBody::Full(body.into());
        Self { status, headers, url: None, method: None, version: Version::HTTP_11, body }
    }
}

/// A body: there already, or still to come.
///
/// ```
/// use vitable_groups::TransportBody;
///
/// assert_eq!(format!("{:?}", TransportBody::Full("secret".into())), "6 bytes");
/// ```
pub enum TransportBody {
    /// There already.
    Full(Bytes),
    /// Still to come, piece by piece.
    Stream(Pieces),
}

/// A body as it comes.
pub(crate) type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

impl fmt::Debug for TransportBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stream(_) => f.write_str("stream"),
        }
    }
}

/// Why no complete answer came.
///
/// ```
/// use vitable_groups::TransportError;
/// use vitable_groups::Failure;
///
/// let error = TransportError::new(Failure::NotSent, "cannot connect");
/// assert_eq!(error.failure(), Failure::NotSent);
/// ```
#[derive(Debug)]
pub struct TransportError {
    failure: Failure,
    timed_out: bool,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// How it failed, and words for people (no header values, no bodies).
    pub fn new(failure: Failure, message: impl Into<String>) -> Self {
        let timed_out = failure == Failure::TimedOut;
        Self { failure, timed_out, message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says that time ran out, though nothing was sent yet: while connecting.
    #[must_use]
    pub fn by_timeout(mut self) -> Self {
        self.timed_out = true;
        self
    }

    /// How it failed.
    pub fn failure(&self) -> Failure {
        self.failure
    }

    /// Whether time ran out, be it while connecting or later.
    pub fn is_timeout(&self) -> bool {
        self.timed_out
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
