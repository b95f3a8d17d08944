//! Why a request has no complete response.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// Any error, as a cause.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The start of the message of an error in a body.
pub const MALFORMED: &str = "response truncated or malformed";
/// The start of the message of an error before the head of a response was complete.
pub const LOST: &str = "connection lost before the response was complete";
/// Why a response without a complete head is [malformed](MALFORMED).
pub const TOO_LARGE: &str = "too many header fields or interim (1xx) responses";

/// Whether the server may have seen the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing of the request was sent.
    NotSent,
    /// The connection was lost, or the response was not HTTP, after something was sent.
    ConnectionLost,
}

/// Why a request has no complete response. Its message contains no URL, header value or body.
///
/// ```
/// let error = inline_http::Error::not_sent("cannot connect");
/// assert_eq!(error.kind(), inline_http::ErrorKind::NotSent);
/// assert_eq!(error.to_string(), "cannot connect");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    is_timeout: bool,
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

impl Error {
    /// An error from before anything was sent.
    pub fn not_sent(message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { kind: ErrorKind::NotSent, is_timeout: false, message, source: None }
    }

    /// An error from after something was sent.
    pub fn connection_lost(message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: ErrorKind::ConnectionLost, ..Self::not_sent(message) }
    }

    /// The connect timeout passed.
    pub fn connect_timeout() -> Self {
        Self { is_timeout: true, ..Self::not_sent("connecting timed out") }
    }

    /// Adds the cause, and appends the message of its root cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        let source = source.into();
        self.message = format!("{}: {}", self.message, root_cause(source.as_ref())).into();
        self.source = Some(source);
        self
    }

    /// Marks that the request was sent before, and may have reached the server.
    #[must_use]
    pub fn after_send(mut self) -> Self {
        self.kind = ErrorKind::ConnectionLost;
        self
    }

    /// Whether the server may have seen the request.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the connect timeout passed.
    pub fn is_timeout(&self) -> bool {
        self.is_timeout
    }
}

fn root_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
