//! hyper-util's pooled client: proxies, HTTP/2, and all requests on Windows. Its connections are
//! tasks on the runtime.

mod connector;
mod io;

use std::error::Error as StdError;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::http::header::{ACCEPT, ACCEPT_ENCODING, PROXY_AUTHORIZATION, RANGE};
use ::http::{HeaderValue, Request, Response, Uri};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use http_body_util::{BodyDataStream, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use inline_http::{Coding, LOST, MALFORMED, TOO_LARGE};
use tokio::sync::Notify;

use self::connector::{CONNECT_TIMEOUT, Connector};
use self::io::Traffic;
use super::{Chunks, HttpVersion, Proxies};
use crate::error::Error;
use crate::transport::tls::Tls;
use crate::transport::{TransportError, TransportRequest, TransportResponse};

/// As for inline connections.
const IDLE: Duration = Duration::from_secs(45);
const MAX_IDLE_PER_HOST: usize = 128;
const MAX_INTERIM: u32 = 100;

type Pool = Client<Connector, Full<Bytes>>;

pub(super) struct PooledTransport {
    proxies: Arc<Proxies>,
    tls: Arc<Tls>,
    version: HttpVersion,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    client: Option<Pool>,
    is_closed: bool,
}

impl PooledTransport {
    pub(super) fn new(proxies: Arc<Proxies>, tls: Arc<Tls>, version: HttpVersion) -> Self {
        Self { proxies, tls, version, state: Mutex::default() }
    }

    pub(super) fn close(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            State { client: None, is_closed: true };
    }

    /// Sets TLS up, which may read files.
    pub(super) fn warm_up(&self) {
        let _ = self.client();
    }

    fn client(&self) -> Result<Pool, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &state.client {
            return Ok(client.clone());
        }
        let client = self.build()?;
        // Calls in flight continue after `close`; their connections end with them.
        if !state.is_closed {
            state.client = Some(client.clone());
        }
        Ok(client)
    }

    fn build(&self) -> Result<Pool, Error> {
        let alpn: &[&[u8]] = match self.version {
            HttpVersion::Http1 => &[b"http/1.1"],
            HttpVersion::Auto => &[b"h2", b"http/1.1"],
            HttpVersion::Http2 => &[b"h2"],
        };
        let connector = Connector::new(
            Arc::clone(&self.proxies),
            self.tls.config(alpn)?,
            self.tls.config(&[])?,
        );
        Ok(Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
            .http2_only(self.version == HttpVersion::Http2)
            .build(connector))
    }

    pub(super) async fn send(
        &self,
        request: &TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        let not_sent =
            |error: Error| TransportError::from(inline_http::Error::not_sent(error.to_string()));
        let client = self.client().map_err(not_sent)?;
        let (response, resent) = match self.try_send(&client, request).await {
            Ok(response) => (response, false),
            Err((error, true)) if request.idempotent => {
                tracing::debug!(%error, "an idle connection was closed; resending");
                // A new client has no idle connections.
                let fresh = self.build().map_err(not_sent)?;
                let again = self.try_send(&fresh, request).await;
                (again.map_err(|(error, _)| TransportError::from(error.after_send()))?, true)
            }
            Err((error, _)) => return Err(error.into()),
        };
        let (mut parts, body) = response.into_parts();
        let body = BodyDataStream::new(body).map(|chunk| {
            chunk.map_err(|error| inline_http::Error::connection_lost(MALFORMED).with_source(error))
        });
        let body = match Coding::take(&mut parts.headers) {
            None => Chunks::body(body),
            Some(coding) => Chunks::body(inline_http::decoded(coding, body)),
        };
        let (status, headers, version) = (parts.status, parts.headers, parts.version);
        Ok(TransportResponse { status, headers, url: None, method: None, version, resent, body })
    }

    /// A response; or an error, and whether an idle connection was closed before any byte of a response
    /// arrived.
    async fn try_send(
        &self,
        client: &Pool,
        request: &TransportRequest,
    ) -> Result<Response<Incoming>, (inline_http::Error, bool)> {
        let mut outgoing = self.outgoing(request).map_err(|error| (error, false))?;
        let captured = capture_connection(&mut outgoing);
        let interim = limit_interim(&mut outgoing);
        let response = CONNECT_TIMEOUT.scope(request.connect_timeout, client.request(outgoing));
        match select(pin!(response), pin!(interim)).await {
            Either::Left((Ok(response), _)) => Ok(response),
            Either::Left((Err(error), _)) => {
                let is_stale = !error.is_connect()
                    && captured
                        .connection_metadata()
                        .as_ref()
                        .is_some_and(|connected| Traffic::of(connected).is_silent_reuse());
                Err((failed(error), is_stale))
            }
            Either::Right(((), _)) => {
                let message = format!("{MALFORMED}: {TOO_LARGE}");
                Err((inline_http::Error::connection_lost(message), false))
            }
        }
    }

    fn outgoing(
        &self,
        request: &TransportRequest,
    ) -> Result<Request<Full<Bytes>>, inline_http::Error> {
        let uri: Uri = request.url.as_str().parse().map_err(|error: ::http::uri::InvalidUri| {
            inline_http::Error::not_sent("the request cannot be built").with_source(error)
        })?;
        let mut headers = request.headers.clone();
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if !headers.contains_key(RANGE) {
            let accepted = HeaderValue::from_static(inline_http::ACCEPTED);
            headers.entry(ACCEPT_ENCODING).or_insert(accepted);
        }
        if request.url.scheme() == "http"
            && let Some(proxy) = self.proxies.intercept(&uri)
            && let Some(credentials) = proxy.basic_auth()
        {
            headers.entry(PROXY_AUTHORIZATION).or_insert(credentials.clone());
        }
        let mut outgoing = Request::new(request.body.clone().map(Full::new).unwrap_or_default());
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = uri;
        *outgoing.headers_mut() = headers;
        Ok(outgoing)
    }
}

/// Completes when the server has sent too many interim responses.
fn limit_interim(request: &mut Request<Full<Bytes>>) -> impl Future<Output = ()> + use<> {
    let (count, exceeded) = (AtomicU32::new(0), Arc::new(Notify::new()));
    let notify = Arc::clone(&exceeded);
    hyper::ext::on_informational(request, move |_| {
        if count.fetch_add(1, Ordering::Relaxed) >= MAX_INTERIM {
            notify.notify_one();
        }
    });
    async move { exceeded.notified().await }
}

/// Converts an error of hyper, whose messages contain no URLs.
fn failed(error: legacy::Error) -> inline_http::Error {
    let find = |found: fn(&(dyn StdError + 'static)) -> bool| {
        let mut source: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(cause) = source {
            if found(cause) {
                return true;
            }
            source = cause.source();
        }
        false
    };
    if error.is_connect() {
        let timed_out = |cause: &(dyn StdError + 'static)| {
            cause.downcast_ref().is_some_and(inline_http::Error::is_timeout)
        };
        if find(timed_out) {
            return inline_http::Error::connect_timeout();
        }
        return inline_http::Error::not_sent("cannot connect").with_source(error);
    }
    let too_large = |cause: &(dyn StdError + 'static)| {
        cause.downcast_ref().is_some_and(hyper::Error::is_parse_too_large)
    };
    if find(too_large) {
        return inline_http::Error::connection_lost(format!("{MALFORMED}: {TOO_LARGE}"));
    }
    inline_http::Error::connection_lost(LOST).with_source(error)
}
