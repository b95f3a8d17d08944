//! The built-in transport: connections that each call polls itself, and a pooled client for proxies,
//! HTTP/2 and Windows.

mod config;
#[cfg(unix)]
mod inline;
mod pooled;
mod proxies;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ::http::Method;
use bytes::Bytes;
use futures_core::Stream;
use url::Url;

use self::pooled::PooledTransport;
use self::proxies::Proxies;
use super::tls::Tls;
use super::{Transport, TransportBody, TransportError, TransportRequest, TransportResponse};
use crate::error::Error;
use crate::retry::Failure;
use crate::time::BoxFuture;
use crate::transport::address::same_origin;

pub use self::config::{HttpConfig, HttpVersion};

const MAX_REDIRECTS: usize = 10;

/// The built-in transport.
pub(crate) struct HttpTransport {
    #[cfg(unix)]
    inline: inline_http::InlineTransport,
    pooled: PooledTransport,
    #[cfg(unix)]
    version: HttpVersion,
    #[cfg(unix)]
    proxies: Arc<Proxies>,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl HttpTransport {
    /// Validates the settings; the first call sets up TLS.
    pub(crate) fn new(config: HttpConfig) -> Result<Self, Error> {
        let proxies = Arc::new(Proxies::new(&config)?);
        let tls = Arc::new(Tls::new(config.roots)?);
        let pooled =
            PooledTransport::new(Arc::clone(&proxies), Arc::clone(&tls), config.http_version);
        Ok(Self {
            #[cfg(unix)]
            inline: inline::transport(tls),
            pooled,
            #[cfg(unix)]
            version: config.http_version,
            #[cfg(unix)]
            proxies,
        })
    }

    #[cfg(unix)]
    fn is_inline(&self, request: &TransportRequest) -> bool {
        self.version == HttpVersion::Http1 && self.proxies.is_direct(&request.url)
    }

    async fn send_once(
        &self,
        request: &TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        #[cfg(unix)]
        if self.is_inline(request) {
            return inline::send(&self.inline, request).await;
        }
        Box::pin(self.pooled.send(request)).await
    }

    /// Follows redirects within the origin. A write must stay the same write.
    async fn send_and_follow(
        &self,
        mut request: TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        let mut response = self.send_once(&request).await?;
        for _ in 0..MAX_REDIRECTS {
            let Some(url) = redirected(&response, &request) else { break };
            let resent = response.resent;
            drop(response);
            request.url = url;
            response = self.send_once(&request).await?;
            response.url = Some(request.url.clone());
            response.resent |= resent;
        }
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn close(&self) {
        self.pooled.close();
        #[cfg(unix)]
        self.inline.close();
    }

    #[cfg_attr(not(unix), expect(unused_variables, reason = "inline connections are for Unix"))]
    fn warm_up(&self, request: &TransportRequest) {
        // `send` would fail in the same way, and reports the error.
        #[cfg(unix)]
        if self.is_inline(request) {
            return drop(self.inline.warm_up(&request.url));
        }
        self.pooled.warm_up();
    }

    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(self.send_and_follow(request))
    }
}

/// The target of a redirect within the origin, if it should be followed. Reads follow all redirects,
/// writes only 307 and 308, which keep the method and the body; 301, 302 and 303 change it to a GET.
fn redirected(response: &TransportResponse, request: &TransportRequest) -> Option<Url> {
    let reads = [Method::GET, Method::HEAD].contains(&request.method);
    match response.status.as_u16() {
        307 | 308 => {}
        301..=303 if reads => {}
        _ => return None,
    }
    let location = response.headers.get(::http::header::LOCATION)?.to_str().ok()?;
    let mut url = request.url.join(location).ok()?;
    // Drops credentials in the `Location` field, which cannot fail for http URLs.
    let _ = (url.set_username(""), url.set_password(None));
    same_origin(&url, &request.url).then_some(url)
}

impl From<inline_http::Error> for TransportError {
    fn from(error: inline_http::Error) -> Self {
        let failure = match error.kind() {
            inline_http::ErrorKind::NotSent => Failure::NotSent,
            _ => Failure::ConnectionLost,
        };
        let timed_out = error.is_timeout();
        let failed = Self::new(failure, error.to_string()).with_source(error);
        if timed_out { failed.by_timeout() } else { failed }
    }
}

/// A body whose errors are [`TransportError`]s.
struct Chunks<S>(S);

impl<S> Chunks<S>
where
    S: Stream<Item = Result<Bytes, inline_http::Error>> + Send + Unpin + 'static,
{
    fn body(stream: S) -> TransportBody {
        TransportBody::Stream(Box::pin(Self(stream)))
    }
}

impl<S> Stream for Chunks<S>
where
    S: Stream<Item = Result<Bytes, inline_http::Error>> + Unpin,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = ready!(Pin::new(&mut self.0).poll_next(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map_err(TransportError::from)))
    }
}
