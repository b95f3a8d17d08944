//! Sends one request and returns its response: a trait, and the built-in implementation.

pub(crate) mod address;
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

/// Sends one request, once. Retries, timeouts and decoding are the client's.
///
/// A program can bring its own: to reuse a configured HTTP stack, or to inject faults in tests
/// (see [`testing::ScriptedTransport`](crate::testing::ScriptedTransport)). Dropping the future
/// must abort the request.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use vitable_groups::{BoxFuture, Client, Transport, TransportError, TransportRequest, TransportResponse};
///
/// /// Responds to everything with an empty page.
/// #[derive(Debug)]
/// struct Nothing;
///
/// impl Transport for Nothing {
///     fn send(&self, _: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
///         let response = TransportResponse::new(StatusCode::OK, HeaderMap::new(), r#"{"data": []}"#);
///         Box::pin(async { Ok(response) })
///     }
/// }
///
/// let client = Client::builder().api_key("key").transport(Nothing).build()?;
/// # Ok::<(), vitable_groups::Error>(())
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Prepares the first request, such as by reading certificates, before the timeout of an attempt
    /// starts.
    fn warm_up(&self, _request: &TransportRequest) {}

    /// Releases what it keeps for later requests, such as idle connections, when the client is closed.
    /// Requests in flight are not affected.
    fn close(&self) {}

    /// Sends the request and returns the response once its head has arrived.
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
    /// The method.
    pub method: Method,
    /// The URL, query included.
    pub url: Url,
    /// All headers; credentials are marked as sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// The limit of name resolution, TCP and TLS together.
    pub connect_timeout: Option<Duration>,
    /// The limit of the whole attempt, which the client enforces.
    pub timeout: Option<Duration>,
    /// The name of the operation.
    pub operation: Cow<'static, str>,
    /// Which attempt this is, from 0.
    pub attempt: u32,
    /// Whether sending it twice has the same effect as sending it once. A transport may then resend it,
    /// once, if the idle connection that it chose turns out to be closed; it must set
    /// [`TransportResponse::resent`].
    pub idempotent: bool,
}

/// Omits bodies and header values.
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

/// The head of a response, and its body.
///
/// ```
/// use http::{HeaderMap, StatusCode};
///
/// let response = vitable_groups::TransportResponse::new(StatusCode::OK, HeaderMap::new(), "{}");
/// ```
#[derive(Debug)]
pub struct TransportResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The URL of the response, if a redirect changed it.
    pub url: Option<Url>,
    /// The method of the request that led to this response, if it differs. A transport that follows
    /// redirects must set it: the response to a GET does not prove that a write was applied.
    pub method: Option<Method>,
    /// The HTTP version.
    pub version: Version,
    /// Whether the transport sent the request twice: it may have been applied twice.
    pub resent: bool,
    /// The body.
    pub body: TransportBody,
}

impl TransportResponse {
    /// A response with a complete body.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = TransportBody::Full(body.into());
        let version = Version::HTTP_11;
        Self { status, headers, url: None, method: None, version, resent: false, body }
    }
}

/// A body: complete, or a stream of chunks.
///
/// ```
/// use vitable_groups::TransportBody;
///
/// assert_eq!(format!("{:?}", TransportBody::Full("secret".into())), "6 bytes");
/// ```
pub enum TransportBody {
    /// The complete body.
    Full(Bytes),
    /// The chunks as they arrive.
    Stream(ChunkStream),
}

/// The chunks of a body as they arrive.
pub(crate) type ChunkStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

impl fmt::Debug for TransportBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stream(_) => f.write_str("stream"),
        }
    }
}

/// Why there is no complete response.
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
    /// How it failed, and a human-readable message (no header values, no bodies).
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

    /// Marks a timeout while connecting, before anything was sent.
    #[must_use]
    pub fn by_timeout(mut self) -> Self {
        self.timed_out = true;
        self
    }

    /// How it failed.
    pub fn failure(&self) -> Failure {
        self.failure
    }

    /// Whether it is a timeout, while connecting or later.
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
