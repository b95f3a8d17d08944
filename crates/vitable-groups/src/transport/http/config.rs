//! Settings of the built-in transport.

use std::fmt;

use crate::transport::tls::TlsRoots;

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
    /// The trusted certificate authorities.
    pub roots: TlsRoots,
    /// The proxy for all requests but plain HTTP to this machine, instead of the environment's.
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, comma-separated.
    pub no_proxy: Option<String>,
    /// Ignores `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub ignore_environment_proxy: bool,
    /// The HTTP version.
    pub http_version: HttpVersion,
}

/// The HTTP version of the built-in transport.
///
/// ```
/// use vitable_groups::{HttpConfig, HttpVersion};
///
/// let config = HttpConfig::new().http_version(HttpVersion::Http1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpVersion {
    /// HTTP/1.1, which has the least overhead per call. On Unix and without a proxy, each call polls its own
    /// connection, and concurrent calls have one each; with `binding::poll_inline` a call
    /// needs no runtime at all.
    #[default]
    Http1,
    /// HTTP/2 where the server offers it over TLS, so that calls share a connection; else HTTP/1.1.
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

    /// Ignores the environment's proxies.
    #[must_use]
    pub fn no_environment_proxy(mut self) -> Self {
        self.ignore_environment_proxy = true;
        self
    }

    /// Chooses the HTTP version.
    #[must_use]
    pub fn http_version(mut self, version: HttpVersion) -> Self {
        self.http_version = version;
        self
    }
}

/// Hides the proxy, as its URL may contain a password.
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
