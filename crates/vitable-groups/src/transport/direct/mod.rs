//! HTTP/1.1 driven by the thread that waits for the answer, see [`poll_here`]. It does what calls to
//! the API need; proxies and HTTP/2 stay with reqwest.

mod connection;
mod reactor;
mod socket;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HOST, RANGE};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyDataStream, Full};
use hyper_util::client::proxy::matcher::Matcher;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

pub use self::reactor::Reactor;
pub use self::socket::poll_here;

use self::connection::{Asked, Connection};
use self::socket::PATIENCE;
use super::http::{HttpConfig, HttpVersion, IDLE, root_cause};
use super::{TransportBody, TransportError, TransportRequest, TransportResponse, tls};
use crate::error::Error;
use crate::retry::Failure;
use crate::time::{Clock as _, SystemClock};
use crate::transport::address::is_plain_local;

/// The connections that are kept between calls, by place.
#[derive(Default)]
pub(super) struct Direct {
    places: Mutex<Vec<Place>>,
    /// No connection is kept any more.
    closed: AtomicBool,
    proxies: OnceLock<Matcher>,
    tls: OnceLock<TlsConnector>,
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Direct")
    }
}

/// A scheme, host and port.
struct Place {
    /// As it stands in addresses, up to the path.
    text: String,
    /// No proxy is in between.
    is_direct: bool,
    host: HeaderValue,
    /// The one used last stands at the end, and is used next.
    idle: VecDeque<(Duration, Connection)>,
}

type Outgoing = Request<Full<bytes::Bytes>>;

impl Direct {
    /// Whether a request goes this way.
    pub(super) fn takes(&self, config: &HttpConfig, request: &TransportRequest) -> bool {
        let by_proxy = config.proxy.is_some() && !is_plain_local(&request.url);
        let fits = !by_proxy && config.http_version == HttpVersion::Http1;
        fits && self.is_direct(config, &request.url)
    }

    fn is_direct(&self, config: &HttpConfig, url: &Url) -> bool {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let text = &url[..Position::BeforePath];
        if let Some(place) = places.iter().find(|place| place.text == text) {
            return place.is_direct;
        }
        let never = config.ignore_environment_proxy || is_plain_local(url);
        let proxied = |uri: Uri| {
            let proxies = self.proxies.get_or_init(Matcher::from_env);
            !never && proxies.intercept(&uri).is_some()
        };
        let host = HeaderValue::try_from(&url[Position::BeforeHost..Position::BeforePath]);
        let uri = url.as_str().parse::<Uri>();
        let is_direct = host.is_ok() && uri.is_ok_and(|uri| !proxied(uri));
        let host = host.unwrap_or_else(|_| HeaderValue::from_static(""));
        places.push(Place { text: text.to_owned(), is_direct, host, idle: VecDeque::new() });
        is_direct
    }

    /// Reads the certificates, if the first request needs them.
    pub(super) fn warm_up(&self, config: &HttpConfig, url: &Url) -> Result<(), Error> {
        if url.scheme() == "https" && self.tls.get().is_none() {
            let _ = self.tls.set(TlsConnector::from(tls::client_config(&config.roots)?));
        }
        Ok(())
    }

    /// A kept connection that is still there.
    fn take(&self, url: &Url) -> Option<Connection> {
        loop {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            let text = &url[..Position::BeforePath];
            let place = places.iter_mut().find(|place| place.text == text)?;
            let (since, mut connection) = place.idle.pop_back()?;
            if SystemClock.now().saturating_sub(since) > IDLE {
                place.idle.clear();
                return None;
            }
            drop(places);
            if connection.is_alive() {
                return Some(connection);
            }
        }
    }

    /// Ends the connections that nobody uses, and those in use when their call ends.
    pub(super) fn close(&self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::Relaxed);
        for place in places.iter_mut() {
            place.idle.clear();
        }
    }

    fn keep(&self, text: &str, connection: Connection) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if self.closed.load(Ordering::Relaxed) {
            return;
        }
        if let Some(place) = places.iter_mut().find(|place| place.text == text) {
            let now = SystemClock.now();
            while place.idle.front().is_some_and(|(since, _)| now.saturating_sub(*since) > IDLE) {
                place.idle.pop_front();
            }
            place.idle.push_back((now, connection));
        }
    }

    fn host(&self, url: &Url) -> Option<HeaderValue> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let text = &url[..Position::BeforePath];
        places.iter().find(|place| place.text == text).map(|place| place.host.clone())
    }

    pub(super) async fn send(
        self: &Arc<Self>,
        config: &HttpConfig,
        request: &TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        if request.timeout.is_some_and(|limit| limit < 2 * PATIENCE) {
            // It could pass unnoticed while the thread waits at the socket.
            socket::do_not_wait();
        }
        let url = &request.url;
        let mut outgoing = self.outgoing(request)?;
        let (connection, answer) = loop {
            let kept = self.take(url);
            let is_new = kept.is_none();
            let mut connection = match kept {
                Some(connection) => connection,
                None => Box::pin(self.connect(config, url, request.connect_timeout)).await?,
            };
            match connection.ask(outgoing).await {
                Asked::Answered(answer) => break (connection, answer),
                // It ended at this very moment, before anything was written.
                Asked::NotSent(unsent, _) if !is_new => outgoing = *unsent,
                Asked::NotSent(_, error) => return Err(failed(Failure::NotSent, CUT, error)),
                Asked::Broken(error) => return Err(failed(Failure::ConnectionLost, CUT, error)),
            }
        };
        let (parts, body) = answer.into_parts();
        let place = url[..Position::BeforePath].to_owned();
        let pool = Arc::clone(self);
        let body = connection.body(body, move |connection| pool.keep(&place, connection));
        let encoded = parts.headers.contains_key(CONTENT_ENCODING);
        let answer = http::Response::from_parts(parts, body);
        let (parts, body) = if encoded {
            let answer = Box::pin(connection::decompressed(answer)).await;
            let (parts, body) = answer
                .map_err(|error| failed(Failure::ConnectionLost, GARBLED, error))?
                .into_parts();
            let pieces = BodyDataStream::new(body).map(|piece| {
                piece.map_err(|error| failed(Failure::ConnectionLost, GARBLED, error))
            });
            (parts, TransportBody::Stream(Box::pin(pieces)))
        } else {
            let (parts, body) = answer.into_parts();
            (parts, TransportBody::Stream(Box::pin(BodyDataStream::new(body))))
        };
        let (status, headers, version) = (parts.status, parts.headers, parts.version);
        Ok(TransportResponse { status, headers, url: None, method: None, version, body })
    }

    fn outgoing(&self, request: &TransportRequest) -> Result<Outgoing, TransportError> {
        let path = &request.url[Position::BeforePath..Position::AfterQuery];
        let uri = PathAndQuery::try_from(path).map_err(|error| {
            TransportError::new(Failure::NotSent, "the request cannot be built").with_source(error)
        })?;
        let body = request.body.clone().map(Full::new).unwrap_or_default();
        let mut outgoing = Request::new(body);
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = Uri::from(uri);
        let mut headers = request.headers.clone();
        if !headers.contains_key(HOST)
            && let Some(host) = self.host(&request.url)
        {
            headers.insert(HOST, host);
        }
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if !headers.contains_key(RANGE) {
            headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip, br"));
        }
        *outgoing.headers_mut() = headers;
        Ok(outgoing)
    }

    async fn connect(
        &self,
        config: &HttpConfig,
        url: &Url,
        limit: Option<Duration>,
    ) -> Result<Connection, TransportError> {
        let tls = match url.scheme() {
            "https" => {
                self.warm_up(config, url).map_err(|error| {
                    TransportError::new(Failure::NotSent, error.to_string()).with_source(error)
                })?;
                self.tls.get()
            }
            _ => None,
        };
        let work = Connection::open(url, tls);
        let opened = match limit {
            Some(limit) => tokio::time::timeout(limit, work).await,
            None => Ok(work.await),
        };
        match opened {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(failed(Failure::NotSent, "cannot connect", error)),
            Err(_) => {
                Err(TransportError::new(Failure::NotSent, "connecting timed out").by_timeout())
            }
        }
    }
}

const GARBLED: &str = "the answer was cut short or garbled";
const CUT: &str = "the connection broke before the answer was complete";

type Cause = Box<dyn std::error::Error + Send + Sync>;

fn failed(failure: Failure, message: &str, cause: Cause) -> TransportError {
    // The outermost text stands for the cause where there is none below it.
    let root = match root_cause(cause.as_ref()) {
        none if none.is_empty() => format!(": {cause}"),
        root => root,
    };
    TransportError::new(failure, format!("{message}{root}")).with_source(cause)
}
