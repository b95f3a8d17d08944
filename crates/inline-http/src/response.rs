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

/// The head of a response, and its body to be read.
#[cfg(unix)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those of a coding that was decoded.
    pub headers: HeaderMap,
    /// The protocol.
    pub version: Version,
    /// The body.
    pub body: ResponseBody,
    /// The request was sent twice: an idle connection was closed before anything of a response came.
    /// The server may have applied it twice.
    pub resent: bool,
}

/// A body, chunk by chunk, decompressed. Read to its end, it gives its connection back to the pool;
/// dropped earlier, it closes it.
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

/// Values of headers are left out.
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
