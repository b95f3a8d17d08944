//! The settings of a client, as JSON text.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use napi::Result;
use napi_derive::napi;
use serde::Deserialize;
use vitable_groups::RetryPolicy;
use vitable_groups::{ClientBuilder, Environment, Error, HttpConfig, HttpVersion, TlsRoots};

use crate::error;
use crate::fetch::{AbortFn, FetchFn, FetchTransport};
use crate::log_sink::LogFn;
use crate::options::{Limit, Pairs, retries};
use crate::token::{self, TokenFn};

/// JavaScript functions that a client calls.
#[napi(object, object_to_js = false)]
pub struct Hooks {
    /// Sends attempts, instead of the built-in transport.
    pub fetch: Option<FetchFn>,
    /// Aborts an attempt of `fetch`.
    pub abort: Option<AbortFn>,
    /// Provides tokens, instead of a key.
    pub token: Option<TokenFn>,
    /// Receives log events.
    pub log: Option<LogFn>,
}

/// The settings of a new or derived client. Absent keys change nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Config {
    api_key: Option<String>,
    base_url: Option<String>,
    /// Ignores the variable with the base URL.
    no_base_url: bool,
    environment: Option<String>,
    timeout: Limit,
    connect_timeout: Limit,
    deadline: Limit,
    max_retries: Option<f64>,
    headers: Option<Pairs>,
    query: Option<Vec<(String, String)>>,
    organization: Option<String>,
    user_agent: Option<String>,
    dangerously_allow_plain_http: bool,
    variables: Option<HashMap<String, String>>,
    http: Option<Http>,
    test_settings: Option<TestSettings>,
    pub(crate) log_level: Option<String>,
}

/// Settings of the built-in transport.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Http {
    proxy: Option<String>,
    no_proxy: Option<String>,
    ignore_environment_proxy: bool,
    ca: Option<String>,
    ca_file: Option<String>,
    version: Option<String>,
}

/// Settings that only tests may change.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TestSettings {
    max_response_bytes: Option<usize>,
    retry_base_delay_ms: Option<u64>,
    retry_max_delay_ms: Option<u64>,
    max_server_delay_ms: Option<u64>,
    ignore_long_server_delay: bool,
}

impl TestSettings {
    fn apply(&self, mut builder: ClientBuilder) -> ClientBuilder {
        let mut policy = RetryPolicy::default();
        for (ms, setting) in [
            (self.retry_base_delay_ms, &mut policy.base_delay),
            (self.retry_max_delay_ms, &mut policy.max_delay),
            (self.max_server_delay_ms, &mut policy.max_server_delay),
        ] {
            if let Some(ms) = ms {
                *setting = Duration::from_millis(ms);
            }
        }
        policy.ignore_long_server_delay = self.ignore_long_server_delay;
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        builder.retry_policy(policy)
    }
}

impl Config {
    pub(crate) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|error| napi::Error::from_reason(format!("cannot parse the options: {error}")))
    }

    /// Applies the settings to a builder.
    pub(crate) fn apply(self, mut builder: ClientBuilder, hooks: Hooks) -> Result<ClientBuilder> {
        if let Some(variables) = self.variables {
            builder = builder.variables(variables);
        }
        if let Some(key) = self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(name) = self.environment {
            builder = builder.environment(name.parse::<Environment>().map_err(thrown)?);
        }
        if self.no_base_url {
            builder = builder.no_base_url();
        }
        if !self.timeout.0.is_absent() {
            builder = builder.timeout(self.timeout.0.into_value());
        }
        if !self.connect_timeout.0.is_absent() {
            builder = builder.connect_timeout(self.connect_timeout.0.into_value());
        }
        if !self.deadline.0.is_absent() {
            builder = builder.deadline(self.deadline.0.into_value());
        }
        if let Some(settings) = self.test_settings {
            builder = settings.apply(builder);
        }
        if let Some(count) = self.max_retries {
            builder = builder.max_retries(retries(count));
        }
        if let Some(headers) = self.headers {
            builder = builder.clear_default_headers();
            for (name, value) in headers {
                builder = match value {
                    Some(value) => builder.default_header(name, value),
                    None => builder.omit_header(name),
                };
            }
        }
        if let Some(query) = self.query {
            builder = builder.clear_default_query();
            for (name, value) in query {
                builder = builder.default_query(name, value);
            }
        }
        if let Some(organization) = self.organization {
            builder = builder.organization(organization);
        }
        if let Some(agent) = self.user_agent {
            builder = builder.user_agent(agent);
        }
        if self.dangerously_allow_plain_http {
            builder = builder.dangerously_allow_plain_http();
        }
        if let Some(http) = self.http {
            builder = builder.http(http.into_core());
        }
        if let Some(provider) = hooks.token {
            let provider = Arc::new(provider);
            builder = builder.token_provider(move || token::fetch(Arc::clone(&provider)));
        }
        if let (Some(fetch), Some(abort)) = (hooks.fetch, hooks.abort) {
            let (fetch, abort) = (Arc::new(fetch), Arc::new(abort));
            builder = builder.transport(FetchTransport { fetch, abort });
        }
        Ok(builder)
    }
}

impl Http {
    fn into_core(self) -> HttpConfig {
        let mut config = HttpConfig::new();
        config.proxy = self.proxy;
        config.no_proxy = self.no_proxy;
        config.ignore_environment_proxy = self.ignore_environment_proxy;
        config.roots = match (self.ca, self.ca_file) {
            (Some(pem), _) => TlsRoots::Pem(pem.into_bytes()),
            (None, Some(path)) => TlsRoots::SystemAndPem(path.into()),
            (None, None) => TlsRoots::System,
        };
        config.http_version = match self.version.as_deref() {
            Some("auto") => HttpVersion::Auto,
            Some("http2") => HttpVersion::Http2,
            _ => HttpVersion::Http1,
        };
        config
    }
}

pub(crate) fn thrown(error: Error) -> napi::Error {
    error::thrown(&error)
}
