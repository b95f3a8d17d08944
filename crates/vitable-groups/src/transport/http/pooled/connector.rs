//! Opens the pooled client's connections: directly, or through a proxy.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use inline_http::BoxError;
use inline_http::connect::{connect, limited};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::io::{Duplex, Pooled};
use crate::time::BoxFuture;
use crate::transport::http::proxies::Proxies;

tokio::task_local! {
    /// The connect timeout of the current request; hyper-util passes only the URL to a connector.
    pub(super) static CONNECT_TIMEOUT: Option<Duration>;
}

#[derive(Clone)]
pub(super) struct Connector(Arc<Settings>);

struct Settings {
    proxies: Arc<Proxies>,
    /// For servers, with the offered protocols (ALPN).
    tls: Arc<ClientConfig>,
    /// For `https` proxies, without any.
    proxy_tls: Arc<ClientConfig>,
}

impl Connector {
    pub(super) fn new(
        proxies: Arc<Proxies>,
        tls: Arc<ClientConfig>,
        proxy_tls: Arc<ClientConfig>,
    ) -> Self {
        Self(Arc::new(Settings { proxies, tls, proxy_tls }))
    }
}

impl Service<Uri> for Connector {
    type Response = Pooled;
    type Error = inline_http::Error;
    type Future = BoxFuture<'static, Result<Pooled, inline_http::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let settings = Arc::clone(&self.0);
        let limit = CONNECT_TIMEOUT.try_with(|limit| *limit).unwrap_or_default();
        Box::pin(async move { limited(limit, settings.connect(target, limit)).await })
    }
}

impl Settings {
    async fn connect(&self, target: Uri, limit: Option<Duration>) -> Result<Pooled, BoxError> {
        let is_tls = target.scheme_str() == Some("https");
        let target = with_port(target)?;
        let mut tcp = Tcp { limit, tls: Arc::clone(&self.proxy_tls) };
        let (stream, is_proxied) = match self.proxies.intercept(&target) {
            None => (tcp.plain(&target).await?, false),
            Some(proxy) => through(&proxy, tcp, target.clone()).await?,
        };
        if !is_tls {
            return Ok(Pooled::new(stream, is_proxied, false));
        }
        let stream = secured(Arc::clone(&self.tls), &target, stream).await?;
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Pooled::new(Box::new(stream), false, is_h2))
    }
}

/// A connection to the target through a proxy, and whether its requests need absolute URLs.
async fn through(
    proxy: &Intercept,
    mut tcp: Tcp,
    target: Uri,
) -> Result<(Box<dyn Duplex>, bool), BoxError> {
    let proxy_uri = with_port(proxy.uri().clone())?;
    let scheme = proxy_uri.scheme_str().unwrap_or_default();
    let local_dns = matches!(scheme, "socks4" | "socks5");
    let stream = match scheme {
        "socks4" | "socks4a" => {
            SocksV4::new(proxy_uri, tcp).local_dns(local_dns).call(target).await?
        }
        "socks5" | "socks5h" => {
            let mut socks = SocksV5::new(proxy_uri, tcp).local_dns(local_dns);
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            socks.call(target).await?
        }
        _ if target.scheme_str() == Some("https") => {
            let mut tunnel = Tunnel::new(proxy_uri, tcp);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            tunnel.call(target).await?
        }
        _ => return Ok((tcp.call(proxy_uri).await?.into_inner(), true)),
    };
    Ok((stream.into_inner(), false))
}

/// Adds the default port, which proxy handshakes need.
fn with_port(uri: Uri) -> Result<Uri, BoxError> {
    if uri.port().is_some() {
        return Ok(uri);
    }
    let host = uri.host().ok_or("the URL has no host")?;
    let port = match uri.scheme_str() {
        Some("https") => 443,
        Some("http") | None => 80,
        Some(_) => 1080,
    };
    let authority = format!("{host}:{port}");
    let mut parts = uri.into_parts();
    parts.authority = Some(authority.parse()?);
    Ok(Uri::from_parts(parts)?)
}

async fn secured(
    config: Arc<ClientConfig>,
    uri: &Uri,
    stream: Box<dyn Duplex>,
) -> Result<tokio_rustls::client::TlsStream<Box<dyn Duplex>>, BoxError> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned())?;
    Ok(TlsConnector::from(config).connect(name, stream).await?)
}

/// Connects to a proxy over TCP, and over TLS if its scheme is `https`.
struct Tcp {
    limit: Option<Duration>,
    tls: Arc<ClientConfig>,
}

impl Tcp {
    async fn plain(&mut self, uri: &Uri) -> Result<Box<dyn Duplex>, BoxError> {
        let (host, port) = (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or_default());
        Ok(Box::new(connect(host, port, self.limit).await?))
    }
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<Box<dyn Duplex>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        let mut tcp = Self { limit: self.limit, tls: Arc::clone(&self.tls) };
        Box::pin(async move {
            let stream = tcp.plain(&proxy).await?;
            if proxy.scheme_str() != Some("https") {
                return Ok(TokioIo::new(stream));
            }
            let stream = secured(tcp.tls, &proxy, stream).await?;
            Ok(TokioIo::new(Box::new(stream) as Box<dyn Duplex>))
        })
    }
}
