//! Client options.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use vitable_groups as core;

use crate::error::NativeError;
use crate::number::non_negative;
use crate::options::sorted;
use crate::time::TimeLimit;
use crate::token::{self, NativeTokenProvider};
use crate::tuning::NativeTuning;

/// The API's environments.
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

/// Parses the name of an environment, as used in configuration files and in the other languages:
/// `production`, or `environment_1`, which is `uat`.
#[uniffi::export]
pub fn native_environment(name: String) -> Result<Environment, NativeError> {
    Ok(match name.parse::<core::Environment>()? {
        core::Environment::Uat => Environment::Uat,
        core::Environment::Production => Environment::Production,
        _ => return Err(NativeError::invalid(format!("unsupported environment: {name}"))),
    })
}

/// The core's operations, error kinds and defaults as JSON, for the packages' tests.
#[uniffi::export]
pub fn native_manifest() -> Result<String, NativeError> {
    Ok(core::binding::manifest().to_string())
}

/// The trusted certificate authorities. Verification cannot be turned off.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TlsRoots {
    /// The system's and the bundled ones; on Android, only the bundled ones.
    System,
    /// Mozilla's list as of this release.
    Bundled,
    /// Only these certificates, in PEM format.
    Pem {
        /// One or more certificates.
        text: String,
    },
}

/// The HTTP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HttpVersion {
    /// HTTP/1.1, the default: the least overhead per call; concurrent calls use separate
    /// connections.
    Http1,
    /// HTTP/2 if negotiated over TLS, so that calls share a connection; otherwise HTTP/1.1.
    Auto,
    /// HTTP/2 only, even without TLS.
    Http2,
}

/// Options of a client; unset options use the core's defaults. Secrets are not printed.
///
/// `api_key` is for servers. Never ship an organization's key in an app: use a token provider that
/// fetches short-lived tokens from your own server.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ClientOptions {
    /// The API key; defaults to `VITABLE_CONNECT_API_KEY` if there is no token provider.
    #[uniffi(default)]
    pub api_key: Option<String>,
    /// The base URL of the API; defaults to `VITABLE_CONNECT_BASE_URL`.
    #[uniffi(default)]
    pub base_url: Option<String>,
    /// The API environment; production by default.
    #[uniffi(default)]
    pub environment: Option<Environment>,
    /// Whether `environment` overrides `VITABLE_CONNECT_BASE_URL`; otherwise setting both is an
    /// error.
    #[uniffi(default = false)]
    pub prefer_environment: bool,
    /// Time limit of one attempt, including the body; 60 s by default.
    #[uniffi(default)]
    pub timeout: Option<TimeLimit>,
    /// Time limit for establishing a connection; 5 s by default.
    #[uniffi(default)]
    pub connect_timeout: Option<TimeLimit>,
    /// Time limit of a whole call, including retries, waits and pages; none by default.
    #[uniffi(default)]
    pub deadline: Option<TimeLimit>,
    /// Maximum number of retries; 2 by default.
    #[uniffi(default)]
    pub max_retries: Option<i32>,
    /// Headers sent with every request; null omits a header.
    #[uniffi(default)]
    pub default_headers: HashMap<String, Option<String>>,
    /// Query parameters sent with every request.
    #[uniffi(default)]
    pub default_query: HashMap<String, String>,
    /// The organization to act as, if the credentials cover several: `org_...`.
    #[uniffi(default)]
    pub organization: Option<String>,
    /// The `User-Agent` header.
    #[uniffi(default)]
    pub user_agent: Option<String>,
    /// The maximum size of a response body; 64 MiB by default.
    #[uniffi(default)]
    pub max_response_bytes: Option<i64>,
    /// The trusted certificate authorities; the system's by default.
    #[uniffi(default)]
    pub tls_roots: Option<TlsRoots>,
    /// The proxy for all requests; overrides the proxy environment variables.
    #[uniffi(default)]
    pub proxy: Option<String>,
    /// Hosts that bypass the proxy, comma-separated.
    #[uniffi(default)]
    pub no_proxy: Option<String>,
    /// Whether to ignore `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[uniffi(default = false)]
    pub ignore_environment_proxy: bool,
    /// The HTTP version; HTTP/1.1 by default.
    #[uniffi(default)]
    pub http_version: Option<HttpVersion>,
    /// Whether to allow plain HTTP to a remote host, such as a sandbox in a container network. It
    /// exposes the credentials and member data.
    #[uniffi(default = false)]
    pub dangerously_allow_plain_http: bool,
}

/// Leaves out the key, headers and proxies, which may be secret.
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

/// Android's trust store is only reachable through Java, which would need a separate component in the
/// app; the bundled list works without one.
const DEFAULT_ROOTS: core::TlsRoots =
    if cfg!(target_os = "android") { core::TlsRoots::Bundled } else { core::TlsRoots::System };

impl ClientOptions {
    /// Builds a client with its own connections.
    pub(crate) fn build(
        self,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
        tuning: NativeTuning,
    ) -> Result<core::Client, NativeError> {
        let builder = core::Client::builder().http(self.http());
        self.configure(tuning.apply(builder)?, tokens)
    }

    /// Builds a client that inherits unset options from `base` and shares its connections.
    pub(crate) fn derive(
        self,
        base: &core::Client,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
    ) -> Result<core::Client, NativeError> {
        if self.sets_connection_options() {
            return Err(NativeError::invalid(
                "a derived client shares its parent's connections; set TLS, proxy and HTTP version \
                 options on the parent",
            ));
        }
        self.configure(base.derive(), tokens)
    }

    fn sets_connection_options(&self) -> bool {
        self.tls_roots.is_some()
            || self.proxy.is_some()
            || self.no_proxy.is_some()
            || self.ignore_environment_proxy
            || self.http_version.is_some()
    }

    fn configure(
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
            builder = builder.max_retries(non_negative("max_retries", retries.into())?);
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
            builder = builder.max_response_bytes(non_negative("max_response_bytes", bytes)?);
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
