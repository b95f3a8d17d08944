//! One response.

#[cfg(unix)]
use std::fmt;
#[cfg(unix)]
use std::pin::Pin;
#[cfg(unix)]
use std::task::{Context, Poll};

#[cfg(unix)]
use bytes::Bytes;
#[cfg(unix)]
use futures_core::Stream;
#[cfg(unix)]
use http::{HeaderMap, StatusCode, Version};

#[cfg(unix)]
use crate::body::Body;
#[cfg(unix)]
use crate::decode::Decoded;
#[cfg(unix)]
use crate::error::Error;

/// The head of a response, and its unread body.
#[cfg(unix)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those of a content coding that was decoded.
    pub headers: HeaderMap,
    /// The HTTP version.
    pub version: Version,
    /// The body.
    pub body: ResponseBody,
    /// Whether the request was sent twice, because an idle connection was closed before any byte of a
    /// response arrived. The server may have applied it twice.
    pub resent: bool,
}

/// A body, chunk by chunk, decompressed. Reading it to the end returns its connection to the pool;
/// dropping it earlier closes the connection.
#[cfg(unix)]
pub struct ResponseBody(pub(crate) Inner);

#[cfg(unix)]
pub(crate) enum Inner {
    Plain(Body),
    Decoded(Box<Decoded<Body>>),
}

#[cfg(unix)]
impl Stream for ResponseBody {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Inner::Plain(body) => Pin::new(body).poll_next(cx),
            Inner::Decoded(body) => Pin::new(&mut **body).poll_next(cx),
        }
    }
}

/// Omits header values.
#[cfg(unix)]
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("resent", &self.resent)
            .finish_non_exhaustive()
    }
}

#[cfg(unix)]
impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}
