//! Sends requests, each over a new or an idle connection.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, RANGE};
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};
use http_body_util::Full;
use rustls::ClientConfig;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use crate::body::Body;
use crate::connect;
use crate::connection::{Connection, Outgoing, SendOutcome};
use crate::decode::{self, Coding};
use crate::error::{BoxError, Error, LOST};
use crate::pool::{OriginPool, Pool};
use crate::reaper::Reap as _;
use crate::request::Request;
use crate::response::{Inner, Response, ResponseBody};
use crate::socket::{self, MAX_BLOCK};

/// Builds the TLS configuration when the first `https` request needs it. By ALPN it must
/// offer HTTP/1.1 only, or nothing.
pub type TlsSource = Box<dyn Fn() -> Result<Arc<ClientConfig>, BoxError> + Send + Sync>;

/// Settings of an [`InlineTransport`].
///
/// ```
/// use std::time::Duration;
///
/// let config = inline_http::Config::new().max_idle(16, 64).idle_timeout(Duration::from_secs(20));
/// let transport = inline_http::InlineTransport::new(config);
/// ```
#[non_exhaustive]
pub struct Config {
    /// Builds the TLS configuration; without one, `https` requests fail.
    pub tls: Option<TlsSource>,
    /// How long a connection stays idle before it is closed.
    pub idle_timeout: Duration,
    /// How many idle connections are kept for one origin (scheme, host, port).
    pub max_idle_per_origin: usize,
    /// How many idle connections are kept in total.
    pub max_idle: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tls: None,
            // Less than common load balancers allow (60 s and more), so that a request rarely meets a
            // connection that the server has just closed.
            idle_timeout: Duration::from_secs(45),
            max_idle_per_origin: 128,
            max_idle: 256,
        }
    }
}

impl Config {
    /// The defaults: no TLS, 45 s, 128 idle connections per origin and 256 in total.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the function that builds the TLS configuration.
    #[must_use]
    pub fn tls(
        mut self,
        source: impl Fn() -> Result<Arc<ClientConfig>, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.tls = Some(Box::new(source));
        self
    }

    /// Sets how long a connection stays idle before it is closed.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how many idle connections are kept for one origin, and in total.
    #[must_use]
    pub fn max_idle(mut self, per_origin: usize, total: usize) -> Self {
        self.max_idle_per_origin = per_origin;
        self.max_idle = total;
        self
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("tls", &self.tls.is_some())
            .field("idle_timeout", &self.idle_timeout)
            .field("max_idle_per_origin", &self.max_idle_per_origin)
            .field("max_idle", &self.max_idle)
            .finish()
    }
}

/// An HTTP/1.1 client whose connections are polled by the calls that use them.
///
/// It does not follow redirects or use proxies, and resends only what [`Request::idempotent`] allows.
/// A forked child must build its own.
///
/// ```no_run
/// use futures_util::StreamExt as _;
/// use http::{HeaderMap, Method};
/// use inline_http::{Config, InlineTransport, Request};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = InlineTransport::new(Config::new());
/// let (url, headers) = ("http://localhost:8080/".parse()?, HeaderMap::new());
/// let mut response = transport.send(Request::new(&Method::GET, &url, &headers)).await?;
/// while let Some(chunk) = response.body.next().await {
///     println!("{} bytes", chunk?.len());
/// }
/// # Ok(()) }
/// ```
pub struct InlineTransport {
    pool: Arc<Pool>,
    source: Option<TlsSource>,
    tls: OnceLock<TlsConnector>,
}

impl fmt::Debug for InlineTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InlineTransport")
            .field("idle", &self.pool.idle_count())
            .finish_non_exhaustive()
    }
}

impl InlineTransport {
    /// A transport without connections.
    pub fn new(config: Config) -> Self {
        let Config { tls, idle_timeout, max_idle_per_origin, max_idle } = config;
        let pool = Pool::new(idle_timeout, max_idle_per_origin, max_idle);
        Self { pool: Arc::new(pool), source: tls, tls: OnceLock::new() }
    }

    /// How many connections are idle.
    pub fn idle_connections(&self) -> usize {
        self.pool.idle_count()
    }

    /// Closes idle connections now, and those in use once their response is read.
    pub fn close(&self) {
        self.pool.close();
    }

    /// Builds the TLS configuration now if the URL needs it, as that may read files.
    ///
    /// # Errors
    /// Those of the [`TlsSource`].
    pub fn warm_up(&self, url: &Url) -> Result<(), BoxError> {
        self.tls(url).map(drop)
    }

    fn tls(&self, url: &Url) -> Result<Option<&TlsConnector>, BoxError> {
        if url.scheme() != "https" {
            return Ok(None);
        }
        if self.tls.get().is_none() {
            let source = self.source.as_ref().ok_or("no TLS configuration for an https URL")?;
            let _ = self.tls.set(TlsConnector::from(source()?));
        }
        Ok(self.tls.get())
    }

    /// Sends a request and returns the response once its head has arrived. Dropping the future, or the
    /// body before its end, closes the connection.
    ///
    /// # Errors
    /// The connection could not be opened, or was lost.
    pub async fn send(&self, request: Request<'_>) -> Result<Response, Error> {
        if request.timeout.is_some_and(|limit| limit < 2 * MAX_BLOCK) {
            // The caller cannot enforce it while the thread blocks.
            socket::forbid_blocking();
        }
        let origin = self.pool.origin(request.url)?;
        let mut outgoing = outgoing(&request, &origin)?;
        let mut resent = false;
        let (connection, response) = loop {
            let idle = if resent { None } else { self.pool.take(&origin) };
            let is_reused = idle.is_some();
            let mut connection = match idle {
                Some(connection) => connection,
                None => match Box::pin(self.connect(&request)).await {
                    Ok(connection) => connection,
                    Err(error) if resent => return Err(error.after_send()),
                    Err(error) => return Err(error),
                },
            };
            match connection.send(outgoing).await {
                SendOutcome::Responded(response) => break (connection, response),
                // Closed after it was taken from the pool.
                SendOutcome::NotSent(unsent, _) if is_reused => outgoing = *unsent,
                SendOutcome::NotSent(_, cause) if resent => {
                    return Err(Error::connection_lost(LOST).with_source(cause));
                }
                SendOutcome::NotSent(_, cause) => {
                    return Err(Error::not_sent(LOST).with_source(cause));
                }
                SendOutcome::Lost { is_silent: true, error } if is_reused && request.idempotent => {
                    tracing::debug!(%error, "an idle connection was closed; resending");
                    resent = true;
                    outgoing = self::outgoing(&request, &origin)?;
                }
                SendOutcome::Lost { error, .. } => return Err(error),
            }
        };
        let (mut parts, incoming) = response.into_parts();
        let body = Body::new(connection, incoming, origin);
        let body = match Coding::take(&mut parts.headers) {
            None => Inner::Plain(body),
            Some(coding) => Inner::Decoded(Box::new(decode::decoded(coding, body))),
        };
        let (status, headers, version) = (parts.status, parts.headers, parts.version);
        Ok(Response { status, headers, version, body: ResponseBody(body), resent })
    }

    async fn connect(&self, request: &Request<'_>) -> Result<Connection, Error> {
        let tls = self.tls(request.url).map_err(|error| {
            // Not with_source: the root cause may be a bare system error, which says less.
            Error::not_sent(error.to_string())
        })?;
        let limit = request.connect_timeout;
        connect::limited(limit, Connection::open(request.url, tls, limit)).await
    }
}

fn outgoing(request: &Request<'_>, origin: &OriginPool) -> Result<Outgoing, Error> {
    let path = &request.url[Position::BeforePath..Position::AfterQuery];
    let uri = PathAndQuery::try_from(path)
        .map_err(|error| Error::not_sent("the request cannot be built").with_source(error))?;
    let body = request.body.cloned().map(Full::new).unwrap_or_default();
    let mut outgoing = http::Request::new(body);
    *outgoing.method_mut() = request.method.clone();
    *outgoing.uri_mut() = Uri::from(uri);
    let mut headers = request.headers.clone();
    if !headers.contains_key(HOST) {
        headers.insert(HOST, origin.host().clone());
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    if !headers.contains_key(RANGE) {
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static(decode::ACCEPTED));
    }
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}
