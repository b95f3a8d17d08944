//! The error type: a kind, and the details needed to diagnose and recover.

mod attempt;
mod body;
mod deadline;
mod details;
mod handle;
mod kind;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

pub use attempt::Attempt;
pub use body::ErrorBody;
pub use details::ErrorDetails;
pub use handle::SyncHandle;
pub use kind::ErrorKind;

use crate::time::HumanDuration;

/// The maximum size of a body that an error keeps.
const MAX_BODY: usize = 64 * 1024;
/// The maximum size of a text body that a message includes.
const MAX_TEXT: usize = 200;

type Source = Box<dyn StdError + Send + Sync>;

/// An error of this library.
///
/// ```
/// use vitable_groups::{Client, ErrorKind};
///
/// # fn main() {
/// let error = Client::builder().api_key("key").base_url("http://example.com").build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// println!("{error}"); // includes how to fix it
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<String>,
    status: Option<u16>,
    headers: HeaderMap,
    body: Option<Bytes>,
    code: Option<String>,
    trace_id: Option<String>,
    attempts: Vec<Attempt>,
    retry_after: Option<Duration>,
    outcome_unknown: bool,
    idempotency_key: Option<String>,
    handle: Option<SyncHandle>,
    page: Option<i64>,
    details: Option<ErrorDetails>,
    source: Option<Source>,
}

impl Error {
    /// An error of a kind, with a human-readable message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            headers: HeaderMap::new(),
            body: None,
            code: None,
            trace_id: None,
            attempts: Vec::new(),
            retry_after: None,
            outcome_unknown: false,
            idempotency_key: None,
            handle: None,
            page: None,
            details: None,
            source: None,
        }))
    }

    pub(crate) fn from_response(status: u16, headers: HeaderMap, body: &Bytes) -> Self {
        let read = ErrorBody::read(body);
        let message = read.message.unwrap_or_else(|| describe_text(status, body));
        let mut error = Self::new(ErrorKind::from_status(status), message);
        error.0.code = read.code;
        error.0.trace_id = read.trace_id;
        error.with_response(status, headers, body)
    }

    pub(crate) fn with_response(mut self, status: u16, headers: HeaderMap, body: &Bytes) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers;
        self.0.body = Some(body.slice(..body.len().min(MAX_BODY)));
        self
    }

    /// Sets the status of an equivalent response.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_operation(mut self, operation: &str) -> Self {
        self.0.operation.get_or_insert_with(|| operation.to_owned());
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    pub(crate) fn with_outcome_unknown(mut self, unknown: bool) -> Self {
        self.0.outcome_unknown = unknown;
        self
    }

    pub(crate) fn with_idempotency_key(mut self, key: Option<String>) -> Self {
        self.0.idempotency_key = key;
        self
    }

    pub(crate) fn with_handle(mut self, handle: SyncHandle) -> Self {
        self.0.handle = Some(handle);
        self
    }

    pub(crate) fn with_page(mut self, page: i64) -> Self {
        self.0.page = Some(page);
        self
    }

    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(note);
        self
    }

    pub(crate) fn with_details(mut self, details: ErrorDetails) -> Self {
        self.0.details = Some(details);
        self
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The human-readable message; the server's, if it sent one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation that failed, such as `groups.retrieve`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The status of the last response, if there was one; 409 also for a conflict that a lookup
    /// found, after the response to a create was lost.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The headers of the last response.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of the last response, at most 64 KiB. Never logged.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The server's machine-readable code, such as `not_found`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's trace ID of the failed request, to quote to the vendor's support.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The server's ID of the failed request, from the response headers.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.0.headers)
    }

    /// All attempts, first to last.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// The wait that the server requested.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the write may have been applied although the call failed.
    pub fn outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// The idempotency key of the write, the same for all attempts.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// The sync request that keeps running on the server; pass it to `wait` to resume.
    pub fn sync_handle(&self) -> Option<&SyncHandle> {
        self.0.handle.as_ref()
    }

    /// The number of the page that could not be read; earlier pages remain valid.
    pub fn page(&self) -> Option<i64> {
        self.0.page
    }

    /// Why nothing was sent, as data without health data: the report of an invalid roster, or what
    /// the guard blocked.
    pub fn details(&self) -> Option<&ErrorDetails> {
        self.0.details.as_ref()
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::RateLimit => true,
            _ => self.0.status.is_some_and(crate::retry::is_retryable_status),
        }
    }
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "x-trace-id", "x-correlation-id"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
}

fn describe_text(status: u16, body: &[u8]) -> String {
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("unexpected status");
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return format!("{reason} (no body)");
    }
    // An HTML page or JSON from a proxy says little and could echo the request.
    let kind = match text.as_bytes().first() {
        Some(b'<') => "an HTML body",
        Some(b'{' | b'[') => "a JSON body without a message",
        _ if text.len() <= MAX_TEXT && text.lines().count() == 1 => {
            return format!("{reason}: {text}");
        }
        _ => "a text body",
    };
    format!("{reason} ({kind} of {} bytes)", body.len())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        if let Some(page) = inner.page {
            write!(f, "page {page}: ")?;
        }
        if let Some(status) = inner.status {
            write!(f, "{status} ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(code) = &inner.code {
            write!(f, " [{code}]")?;
        }
        if inner.attempts.len() > 1 {
            write!(f, "; {} attempts", inner.attempts.len())?;
        }
        if let Some(delay) = inner.retry_after {
            write!(f, "; the server requested a wait of {}", HumanDuration(delay))?;
        }
        if inner.outcome_unknown {
            f.write_str("; the write may have been applied")?;
        }
        if let Some(handle) = &inner.handle {
            write!(f, "; resume with request {}", handle.request_id)?;
        }
        if let Some(trace) = &inner.trace_id {
            write!(f, " (trace {trace})")?;
        }
        Ok(())
    }
}

/// Omits bodies and header values.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("status", &inner.status)
            .field("message", &inner.message)
            .field("code", &inner.code)
            .field("trace_id", &inner.trace_id)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("outcome_unknown", &inner.outcome_unknown)
            .field("sync_handle", &inner.handle)
            .field("body_bytes", &inner.body.as_ref().map(Bytes::len))
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
