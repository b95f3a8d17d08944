//! Setting up a client.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use vitable_groups as core;

use crate::error::NativeError;
use crate::number::natural;
use crate::options::sorted;
use crate::time::TimeLimit;
use crate::token::{self, NativeTokenProvider};
use crate::tuning::NativeTuning;

/// The vendor's environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Environment {
    /// Production, the default.
    Production,
    /// User acceptance testing.
    Uat,
}

impl From<Environment> for core::Environment {
    fn from(environment: Environment) -> Self {
        match environment {
            Environment::Production => Self::Production,
            Environment::Uat => Self::Uat,
        }
    }
}

/// The environment of a name, as configuration files and the other languages write it:
/// `production`, or `environment_1`, which is `uat`.
#[uniffi::export]
pub fn native_environment(name: String) -> Result<Environment, NativeError> {
    Ok(match name.parse::<core::Environment>()? {
        core::Environment::Uat => Environment::Uat,
        core::Environment::Production => Environment::Production,
        _ => return Err(NativeError::invalid(format!("unsupported environment: {name}"))),
    })
}

/// What the core consists of, as JSON text: operations, error kinds, defaults. The packages' tests
/// compare themselves with it.
#[uniffi::export]
pub fn native_manifest() -> Result<String, NativeError> {
    Ok(core::binding::manifest().to_string())
}

/// Which certificate authorities are trusted. There is no way to trust everyone.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TlsRoots {
    /// The system's, with the bundled ones beside them. On Android: the bundled ones.
    System,
    /// Mozilla's list as it was when this version was made.
    Bundled,
    /// Only the certificates of this PEM text.
    Pem {
        /// One or more certificates.
        text: String,
    },
}

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HttpVersion {
    /// HTTP/1.1, what costs a call least; calls that overlap have a connection each. The default.
    Http1,
    /// HTTP/2 where TLS agrees on it, so that calls share a connection; else HTTP/1.1.
    Auto,
    /// HTTP/2 only, also without TLS.
    Http2,
}

/// Settings of a client; what is not set has the default of the core. Prints no values.
///
/// `api_key` is for servers. An app that people install must not carry an organization's key:
/// give its client a token provider that asks your own server for tokens that last minutes.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ClientOptions {
    /// The API key; without one and without a token provider, `VITABLE_CONNECT_API_KEY` is read.
    #[uniffi(default)]
    pub api_key: Option<String>,
    /// Where the API is; without one, `VITABLE_CONNECT_BASE_URL` is read.
    #[uniffi(default)]
    pub base_url: Option<String>,
    /// One of the vendor's environments; production by default.
    #[uniffi(default)]
    pub environment: Option<Environment>,
    /// Lets `environment` win over `VITABLE_CONNECT_BASE_URL`, where both would be refused.
    #[uniffi(default = false)]
    pub prefer_environment: bool,
    /// Bounds one attempt, the body included; 60 s by default.
    #[uniffi(default)]
    pub timeout: Option<TimeLimit>,
    /// Bounds the connecting of one attempt; 5 s by default.
    #[uniffi(default)]
    pub connect_timeout: Option<TimeLimit>,
    /// Bounds each call as a whole: attempts, waits, pages. None by default.
    #[uniffi(default)]
    pub deadline: Option<TimeLimit>,
    /// Attempts after the first; 2 by default.
    #[uniffi(default)]
    pub max_retries: Option<i32>,
    /// Headers of every request; null leaves one out.
    #[uniffi(default)]
    pub default_headers: HashMap<String, Option<String>>,
    /// Query parameters of every request.
    #[uniffi(default)]
    pub default_query: HashMap<String, String>,
    /// The organization to act as, where the credentials reach several: `org_...`.
    #[uniffi(default)]
    pub organization: Option<String>,
    /// What the client calls itself.
    #[uniffi(default)]
    pub user_agent: Option<String>,
    /// The largest answer that is read; 64 MiB by default.
    #[uniffi(default)]
    pub max_response_bytes: Option<i64>,
    /// Which certificate authorities are trusted; the system's by default.
    #[uniffi(default)]
    pub tls_roots: Option<TlsRoots>,
    /// The proxy for all requests, instead of those of the environment.
    #[uniffi(default)]
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, comma-separated.
    #[uniffi(default)]
    pub no_proxy: Option<String>,
    /// Ignores `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[uniffi(default = false)]
    pub ignore_environment_proxy: bool,
    /// The protocol.
    #[uniffi(default)]
    pub http_version: Option<HttpVersion>,
    /// Lets the token and member data travel in the clear, to a sandbox in a container network.
    #[uniffi(default = false)]
    pub dangerously_allow_plain_http: bool,
}

/// The key, headers and proxies may be secret.
impl fmt::Display for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("environment", &self.environment)
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

/// On Android the system's store is behind Java, where the platform verifier needs a component of
/// its own; the bundled list works without.
const DEFAULT_ROOTS: core::TlsRoots =
    if cfg!(target_os = "android") { core::TlsRoots::Bundled } else { core::TlsRoots::System };

impl ClientOptions {
    /// A client of its own.
    pub(crate) fn build(
        self,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
        tuning: NativeTuning,
    ) -> Result<core::Client, NativeError> {
        let builder = core::Client::builder().http(self.http());
        self.set_up(tuning.apply(builder)?, tokens)
    }

    /// A client that has what is not set here from another, and shares its connections.
    pub(crate) fn derive(
        self,
        base: &core::Client,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
    ) -> Result<core::Client, NativeError> {
        if self.is_about_connections() {
            return Err(NativeError::invalid(
                "a client made from another one shares its connections: set TLS, proxies and the \
                 protocol where the first one is made",
            ));
        }
        self.set_up(base.derive(), tokens)
    }

    fn is_about_connections(&self) -> bool {
        self.tls_roots.is_some()
            || self.proxy.is_some()
            || self.no_proxy.is_some()
            || self.ignore_environment_proxy
            || self.http_version.is_some()
    }

    fn set_up(
        self,
        mut builder: core::ClientBuilder,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
    ) -> Result<core::Client, NativeError> {
        if let Some(key) = self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(tokens) = tokens {
            builder = builder.token_provider(move || token::fetch(Arc::clone(&tokens)));
        }
        if let Some(environment) = self.environment {
            builder = builder.environment(environment.into());
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        } else if self.prefer_environment {
            builder = builder.no_base_url();
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout.limit("timeout")?);
        }
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(timeout.limit("connect_timeout")?);
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline.limit("deadline")?);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(natural("max_retries", retries.into())?);
        }
        for (name, value) in sorted(self.default_headers) {
            builder = match value {
                Some(value) => builder.default_header(name, value),
                None => builder.omit_header(name),
            };
        }
        for (name, value) in sorted(self.default_query) {
            builder = builder.default_query(name, value);
        }
        if let Some(organization) = self.organization {
            builder = builder.organization(organization);
        }
        if let Some(agent) = self.user_agent {
            builder = builder.user_agent(agent);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(natural("max_response_bytes", bytes)?);
        }
        if self.dangerously_allow_plain_http {
            builder = builder.dangerously_allow_plain_http();
        }
        Ok(builder.build()?)
    }

    fn http(&self) -> core::HttpConfig {
        let mut http = core::HttpConfig::new()
            .tls_roots(match &self.tls_roots {
                None | Some(TlsRoots::System) => DEFAULT_ROOTS,
                Some(TlsRoots::Bundled) => core::TlsRoots::Bundled,
                Some(TlsRoots::Pem { text }) => core::TlsRoots::Pem(text.clone().into_bytes()),
            })
            .http_version(match self.http_version {
                None | Some(HttpVersion::Http1) => core::HttpVersion::Http1,
                Some(HttpVersion::Auto) => core::HttpVersion::Auto,
                Some(HttpVersion::Http2) => core::HttpVersion::Http2,
            });
        if let Some(url) = &self.proxy {
            http = http.proxy(url);
        }
        if let Some(hosts) = &self.no_proxy {
            http = http.no_proxy(hosts);
        }
        if self.ignore_environment_proxy {
            http = http.no_environment_proxy();
        }
        http
    }
}
