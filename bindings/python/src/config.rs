//! Client settings, kept so that a forked child can build a client of its own.

use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use vitable_groups::RetryPolicy;
use vitable_groups::{Client, ClientBuilder, Environment, Error, env};

use crate::tokens::Tokens;
use crate::transport::HostTransport;

/// Headers to set, as names and values; no value omits the header.
type Overrides = Vec<(String, Option<String>)>;

#[derive(Clone)]
pub(crate) struct Config {
    api_key: Option<String>,
    tokens: Option<Arc<Tokens>>,
    environment: Option<String>,
    base_url: Option<String>,
    /// The base URL was passed as None: use the environment's, not the variable's.
    no_base_url: bool,
    timeout: Option<f64>,
    connect_timeout: Option<f64>,
    deadline: Option<f64>,
    max_retries: u32,
    retry: RetryPolicy,
    max_response_bytes: Option<usize>,
    headers: Overrides,
    query: Vec<(String, String)>,
    organization: Option<String>,
    user_agent: String,
    allow_plain_http: bool,
    custom_headers: Option<String>,
    transport: Option<Arc<HostTransport>>,
    /// Creates the exceptions for error statuses, if a subclass overrides this.
    pub(crate) status_error: Option<Arc<Py<PyAny>>>,
}

impl Config {
    pub(crate) fn read(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let is_async = get(options, "is_async")?.unwrap_or_default();
        let tokens = object(options, "token_provider")?;
        let transport = object(options, "transport")?;
        Ok(Self {
            api_key: get(options, "api_key")?,
            tokens: tokens.map(|callable| Arc::new(Tokens::new(callable, is_async))),
            environment: get(options, "environment")?,
            base_url: get(options, "base_url")?,
            no_base_url: get(options, "no_base_url")?.unwrap_or_default(),
            timeout: get(options, "timeout")?,
            connect_timeout: get(options, "connect_timeout")?,
            deadline: get(options, "deadline")?,
            max_retries: get(options, "max_retries")?.unwrap_or(2),
            retry: retry_policy(options)?,
            max_response_bytes: get(options, "max_response_bytes")?,
            headers: get(options, "headers")?.unwrap_or_default(),
            query: get(options, "query")?.unwrap_or_default(),
            organization: get(options, "organization")?,
            user_agent: get(options, "user_agent")?.unwrap_or_default(),
            allow_plain_http: get(options, "allow_plain_http")?.unwrap_or_default(),
            custom_headers: std::env::var(env::CUSTOM_HEADERS).ok(),
            status_error: object(options, "status_error")?.map(Arc::new),
            transport: transport.map(|adapter| Arc::new(HostTransport::new(adapter, is_async))),
        })
    }

    /// Builds a core client; a derived one shares connections, retry quota and closing.
    pub(crate) fn build(&self, base: Option<&Client>) -> Result<Client, Error> {
        let custom = self.custom_headers.iter().map(|lines| (env::CUSTOM_HEADERS, lines.clone()));
        let mut builder = match base {
            Some(base) => base
                .derive()
                .clear_default_headers()
                .clear_default_query()
                .variables(custom.collect::<Vec<_>>()),
            None => Client::builder(),
        };
        builder = self.credentials(builder);
        builder = self.origin(builder)?;
        builder = builder
            .timeout(self.timeout.map(seconds))
            .connect_timeout(self.connect_timeout.map(seconds))
            .deadline(self.deadline.map(seconds))
            .retry_policy(self.retry.clone())
            .max_retries(self.max_retries)
            .user_agent(&self.user_agent);
        for (name, value) in &self.headers {
            builder = match value {
                Some(value) => builder.default_header(name, value),
                None => builder.omit_header(name),
            };
        }
        for (name, value) in &self.query {
            builder = builder.default_query(name, value);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        if let Some(organization) = &self.organization {
            builder = builder.organization(organization);
        }
        if self.allow_plain_http {
            builder = builder.dangerously_allow_plain_http();
        }
        if let (Some(transport), None) = (&self.transport, base) {
            builder = builder.transport(HostTransport::clone(transport));
        }
        builder.build()
    }

    fn credentials(&self, mut builder: ClientBuilder) -> ClientBuilder {
        if let Some(key) = &self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(tokens) = &self.tokens {
            let tokens = Arc::clone(tokens);
            builder = builder.token_provider(move || Arc::clone(&tokens).fetch());
        }
        builder
    }

    fn origin(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        if let Some(environment) = &self.environment {
            builder = builder.environment(environment.parse::<Environment>()?);
        }
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        } else if self.no_base_url {
            builder = builder.no_base_url();
        }
        Ok(builder)
    }
}

/// Retry delays; the core's defaults apply to what is not set.
fn retry_policy(options: &Bound<'_, PyDict>) -> PyResult<RetryPolicy> {
    let mut policy = RetryPolicy::default();
    for (name, setting) in [
        ("retry_base_delay", &mut policy.base_delay),
        ("retry_max_delay", &mut policy.max_delay),
        ("max_server_delay", &mut policy.max_server_delay),
    ] {
        if let Some(delay) = get(options, name)? {
            *setting = seconds(delay);
        }
    }
    policy.ignore_long_server_delay = get(options, "ignore_long_server_delay")?.unwrap_or_default();
    Ok(policy)
}

/// A duration; Python has checked the sign. A number that does not fit means no limit.
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value.max(0.0)).unwrap_or(Duration::MAX)
}

/// An object passed by the caller; `None` if it is missing or None.
pub(crate) fn object(options: &Bound<'_, PyDict>, key: &str) -> PyResult<Option<Py<PyAny>>> {
    Ok(options.get_item(key)?.filter(|value| !value.is_none()).map(Bound::unbind))
}

/// The value of a key; `None` if it is missing or None.
pub(crate) fn get<T>(options: &Bound<'_, PyDict>, key: &str) -> PyResult<Option<T>>
where
    T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
{
    match options.get_item(key)? {
        Some(value) if !value.is_none() => value.extract::<T>().map(Some),
        _ => Ok(None),
    }
}
