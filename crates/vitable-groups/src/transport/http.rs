//! The built-in transport: connections that each call drives itself, and reqwest over rustls for what
//! is rare.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::http::Method;
use futures_util::StreamExt as _;
use url::Url;

use super::tls::{self, TlsRoots};
use super::{Transport, TransportBody, TransportError, TransportRequest, TransportResponse};
use crate::error::{Error, ErrorKind};
use crate::retry::Failure;
use crate::time::BoxFuture;
use crate::transport::address::{is_plain_local, same_origin};

/// Idle connections are closed before common balancers close them (at 60 s and more), so that a
/// write does not meet a socket that the other side has just given up.
pub(super) const IDLE: Duration = Duration::from_secs(45);
const REDIRECTS: usize = 10;

/// Settings of the built-in transport.
///
/// ```
/// use vitable_groups::{HttpConfig, TlsRoots};
///
/// let config = HttpConfig::new().tls_roots(TlsRoots::Bundled).no_environment_proxy();
/// assert_eq!(config.http_version, vitable_groups::HttpVersion::Http1);
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Which certificate authorities are trusted.
    pub roots: TlsRoots,
    /// The proxy for all requests but plain HTTP to this machine, instead of those of the environment.
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, comma-separated.
    pub no_proxy: Option<String>,
    /// Ignores `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub ignore_environment_proxy: bool,
    /// The protocol.
    pub http_version: HttpVersion,
}

/// Which protocol the built-in transport speaks.
///
/// ```
/// use vitable_groups::{HttpConfig, HttpVersion};
///
/// let config = HttpConfig::new().http_version(HttpVersion::Http1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpVersion {
    /// HTTP/1.1, what costs a call least. On Unix, where no proxy is in between, a call drives its
    /// connection itself and calls that overlap have one each. Between calls nothing watches the
    /// connections; with [`poll_here`](crate::poll_here) a call needs no runtime at all.
    #[default]
    Http1,
    /// HTTP/2 where TLS agrees on it, so that calls share a connection; else HTTP/1.1.
    Auto,
    /// HTTP/2 only, also without TLS.
    Http2,
}

impl HttpConfig {
    /// The defaults: system trust, proxies from the environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the certificate authorities.
    #[must_use]
    pub fn tls_roots(mut self, roots: TlsRoots) -> Self {
        self.roots = roots;
        self
    }

    /// Sends everything through a proxy (`http://`, `https://` or `socks5://`), except plain HTTP to
    /// this machine, which would show the key to the proxy.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Names hosts that are reached without the proxy.
    #[must_use]
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// Ignores the proxies of the environment.
    #[must_use]
    pub fn no_environment_proxy(mut self) -> Self {
        self.ignore_environment_proxy = true;
        self
    }

    /// Chooses the protocol.
    #[must_use]
    pub fn http_version(mut self, version: HttpVersion) -> Self {
        self.http_version = version;
        self
    }
}

/// The proxy is left out: its address may hold a password.
impl fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConfig")
            .field("roots", &self.roots)
            .field("proxy", &self.proxy.as_ref().map(|_| "***"))
            .field("no_proxy", &self.no_proxy)
            .field("ignore_environment_proxy", &self.ignore_environment_proxy)
            .field("http_version", &self.http_version)
            .finish()
    }
}

/// A client, and what it was built with: the connect timeout, and whether it may use proxies.
type Built = (Option<Duration>, bool, reqwest::Client);

/// reqwest takes connect timeout and proxies per client only, hence one client for each in use.
#[derive(Debug)]
pub(crate) struct HttpTransport {
    config: HttpConfig,
    /// None once closed.
    clients: Mutex<Option<Vec<Built>>>,
    #[cfg(unix)]
    direct: Arc<super::direct::Direct>,
}

impl HttpTransport {
    /// Checks what can be checked without a connection; the TLS set-up waits for the first call.
    pub(crate) fn new(config: HttpConfig) -> Result<Self, Error> {
        if let Some(proxy) = &config.proxy {
            proxy_of(proxy, config.no_proxy.as_deref())?;
        }
        config.roots.check()?;
        Ok(Self {
            config,
            clients: Mutex::new(Some(Vec::new())),
            #[cfg(unix)]
            direct: Arc::default(),
        })
    }

    fn client(&self, request: &TransportRequest) -> Result<reqwest::Client, Error> {
        let (connect, proxied) = (request.connect_timeout, !is_plain_local(&request.url));
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(clients) = clients.as_mut() else {
            // For the attempts of a call that was under way; its connections end with it.
            return build(&self.config, connect, proxied);
        };
        let fits = |built: &&Built| built.0 == connect && built.1 == proxied;
        if let Some((_, _, client)) = clients.iter().find(fits) {
            return Ok(client.clone());
        }
        let client = build(&self.config, connect, proxied)?;
        clients.push((connect, proxied, client.clone()));
        Ok(client)
    }
}

fn proxy_of(url: &str, no_proxy: Option<&str>) -> Result<reqwest::Proxy, Error> {
    let proxy = reqwest::Proxy::all(url).map_err(|error| {
        Error::new(ErrorKind::Configuration, "the proxy is not a URL such as http://host:port")
            .with_source(error.without_url())
    })?;
    Ok(proxy.no_proxy(no_proxy.and_then(reqwest::NoProxy::from_string)))
}

#[expect(clippy::disallowed_methods, reason = "the one owner of reqwest clients")]
fn build(
    config: &HttpConfig,
    connect: Option<Duration>,
    proxied: bool,
) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .referer(false)
        // Its policies do not see the method: redirects are followed here.
        .redirect(reqwest::redirect::Policy::none());
    if let Some(connect) = connect {
        builder = builder.connect_timeout(connect);
    }
    builder = match config.http_version {
        HttpVersion::Auto => builder,
        HttpVersion::Http1 => builder.http1_only(),
        HttpVersion::Http2 => builder.http2_prior_knowledge(),
    };
    builder = match &config.proxy {
        _ if !proxied => builder.no_proxy(),
        Some(proxy) => builder.proxy(proxy_of(proxy, config.no_proxy.as_deref())?),
        None if config.ignore_environment_proxy => builder.no_proxy(),
        None => builder,
    };
    tls::apply(builder, &config.roots)?.build().map_err(|error| {
        Error::new(ErrorKind::Configuration, "the HTTP client cannot be built").with_source(error)
    })
}

impl Transport for HttpTransport {
    fn close(&self) {
        *self.clients.lock().unwrap_or_else(PoisonError::into_inner) = None;
        #[cfg(unix)]
        self.direct.close();
    }

    fn warm_up(&self, request: &TransportRequest) {
        // A failure is said by `send`, which meets it again.
        #[cfg(unix)]
        if self.direct.takes(&self.config, request) {
            return drop(self.direct.warm_up(&self.config, &request.url));
        }
        let _ = self.client(request);
    }

    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(self.send_and_follow(request))
    }
}

impl HttpTransport {
    /// Follows redirects within the origin. Over them a write is sent again only where it stays the
    /// write that it is.
    async fn send_and_follow(
        &self,
        mut request: TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        let mut response = self.send_once(&request).await?;
        for _ in 0..REDIRECTS {
            let Some(url) = redirected(&response, &request) else { break };
            drop(response);
            request.url = url;
            response = self.send_once(&request).await?;
            response.url = Some(request.url.clone());
        }
        Ok(response)
    }

    async fn send_once(
        &self,
        request: &TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        #[cfg(unix)]
        if self.direct.takes(&self.config, request) {
            return self.direct.send(&self.config, request).await;
        }
        Box::pin(self.send_by_reqwest(request)).await
    }

    async fn send_by_reqwest(
        &self,
        request: &TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        let client = self.client(request).map_err(|error| {
            TransportError::new(Failure::NotSent, error.to_string()).with_source(error)
        })?;
        let mut outgoing = reqwest::Request::new(request.method.clone(), request.url.clone());
        *outgoing.headers_mut() = request.headers.clone();
        *outgoing.body_mut() = request.body.clone().map(Into::into);
        let mut answer = client.execute(outgoing).await.map_err(failed)?;
        let (status, version) = (answer.status(), answer.version());
        let headers = std::mem::take(answer.headers_mut());
        let body = answer.bytes_stream().map(|piece| piece.map_err(failed));
        let body = TransportBody::Stream(Box::pin(body));
        Ok(TransportResponse { status, headers, url: None, method: None, version, body })
    }
}

/// Where a redirect within the origin leads, if it is one to follow: a read after any, a write only
/// where the same request is asked for again. What a 301, 302 or 303 asks for after a write is a GET.
fn redirected(response: &TransportResponse, request: &TransportRequest) -> Option<Url> {
    let reads = [Method::GET, Method::HEAD].contains(&request.method);
    match response.status.as_u16() {
        307 | 308 => {}
        301..=303 if reads => {}
        _ => return None,
    }
    let place = response.headers.get(::http::header::LOCATION)?.to_str().ok()?;
    let mut url = request.url.join(place).ok()?;
    // Credentials of another's making have no place in our requests; http addresses can lose them.
    let _ = (url.set_username(""), url.set_password(None));
    same_origin(&url, &request.url).then_some(url)
}

/// reqwest's texts hold the URL, and with it ids; ours say what happened.
fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let timed_out = error.is_timeout();
    let (failure, message) = if error.is_connect() {
        (Failure::NotSent, if timed_out { "connecting timed out" } else { "cannot connect" })
    } else if error.is_builder() {
        (Failure::NotSent, "the request cannot be built")
    } else if timed_out {
        (Failure::TimedOut, "the request timed out")
    } else if error.is_body() || error.is_decode() {
        (Failure::ConnectionLost, "the answer was cut short or garbled")
    } else {
        (Failure::ConnectionLost, "the connection broke before the answer was complete")
    };
    let root = root_cause(&error);
    let failed = TransportError::new(failure, format!("{message}{root}")).with_source(error);
    if timed_out { failed.by_timeout() } else { failed }
}

pub(super) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut source = error.source();
    let mut last = None;
    while let Some(cause) = source {
        last = Some(cause);
        source = cause.source();
    }
    last.map(|cause| format!(": {cause}")).unwrap_or_default()
}
