//! One request.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

/// One request. It borrows its parts, so that the caller can reuse them for another request.
///
/// ```
/// use http::{HeaderMap, Method};
/// use inline_http::Request;
///
/// let (url, headers) = ("http://localhost/".parse()?, HeaderMap::new());
/// let mut request = Request::new(&Method::GET, &url, &headers);
/// request.idempotent = true;
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URL, `http` or `https`.
    pub url: &'a Url,
    /// The headers. `Host`, `Accept` and `Accept-Encoding` are added where they are missing.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Option<&'a Bytes>,
    /// The limit of name resolution, TCP and TLS together.
    pub connect_timeout: Option<Duration>,
    /// The limit of the whole exchange, which the caller enforces. If it is less than 100 ms, a thread
    /// does not block on a socket.
    pub timeout: Option<Duration>,
    /// Sending it twice has the same effect as sending it once. It may then be resent, once, if an idle
    /// connection turns out to be closed.
    pub idempotent: bool,
}

impl<'a> Request<'a> {
    /// A request without a body and without limits, not idempotent.
    pub fn new(method: &'a Method, url: &'a Url, headers: &'a HeaderMap) -> Self {
        Self {
            method,
            url,
            headers,
            body: None,
            connect_timeout: None,
            timeout: None,
            idempotent: false,
        }
    }
}

/// Omits bodies and header values.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.map(Bytes::len))
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}
