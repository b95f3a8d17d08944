//! The client builder.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::Client;
use super::config::{self, Environment};
use crate::call::headers::{self, Headers};
use crate::context::auth::{Credentials, TokenResult};
use crate::context::{Context, Settings, Shared};
use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;
use crate::time::{BoxFuture, Clock, SystemClock};
#[cfg(feature = "http")]
use crate::transport::http::{HttpConfig, HttpTransport};
use crate::transport::{Transport, address};
use vitable_groups_model::Field;

type Provider = Arc<dyn Fn() -> BoxFuture<'static, TokenResult> + Send + Sync>;

/// Builds a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::{Client, Environment};
///
/// let client = Client::builder()
///     .api_key("vit_apk_example")
///     .environment(Environment::Uat)
///     .timeout(Duration::from_secs(20))
///     .max_retries(4)
///     .default_header("X-Job", "nightly")
///     .build()?;
/// assert_eq!(client.base_url().as_str(), "https://api.uat.vitablehealth.com/");
/// # Ok::<(), vitable_groups::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    key: Option<SecretString>,
    provider: Option<Provider>,
    inherited: Option<Credentials>,
    base_url: Field<String>,
    environment: Option<Environment>,
    settings: Settings,
    headers: Vec<(String, Option<String>)>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    shared: Option<Arc<Shared>>,
    variables: Option<HashMap<String, String>>,
    #[cfg(feature = "http")]
    http: Option<HttpConfig>,
}

impl Client {
    /// A builder with default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client configured by environment variables: `VITABLE_CONNECT_API_KEY`,
    /// `VITABLE_CONNECT_BASE_URL`, `VITABLE_CONNECT_CUSTOM_HEADERS`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A builder with this client's settings. The new client shares connections and the retry quota
    /// with this one, unless it gets its own transport or HTTP settings, and closing either closes
    /// both.
    ///
    /// ```
    /// use vitable_groups::Client;
    ///
    /// let client = Client::builder().api_key("vit_apk_example").build()?;
    /// let patient = client.derive().max_retries(10).build()?;
    /// # Ok::<(), vitable_groups::Error>(())
    /// ```
    pub fn derive(&self) -> ClientBuilder {
        let context = &self.0;
        ClientBuilder {
            inherited: Some(context.credentials()),
            base_url: Field::Value(context.base_url().to_string()),
            settings: context.settings().clone(),
            headers: context.header_overrides().to_vec(),
            shared: Some(Arc::clone(context.shared())),
            variables: Some(HashMap::new()),
            ..ClientBuilder::new()
        }
    }
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            key: None,
            provider: None,
            inherited: None,
            base_url: Field::Absent,
            environment: None,
            settings: Settings::default(),
            headers: Vec::new(),
            transport: None,
            clock: None,
            shared: None,
            variables: None,
            #[cfg(feature = "http")]
            http: None,
        }
    }

    /// The API key. If it is not set or blank, `VITABLE_CONNECT_API_KEY` is used.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(SecretString::from(key.into()));
        self
    }

    /// Fetches short-lived tokens instead of using a key: when there is no token, a minute before it
    /// expires, and once after a 401.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vitable_groups::{AccessToken, Client};
    ///
    /// let client = Client::builder()
    ///     .token_provider(|| async {
    ///         // call your own server
    ///         Ok(AccessToken::new("vit_at_example").expires_in(Duration::from_secs(910)))
    ///     })
    ///     .build()?;
    /// # Ok::<(), vitable_groups::Error>(())
    /// ```
    pub fn token_provider<F, Fut>(mut self, provider: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = TokenResult> + Send + 'static,
    {
        self.provider = Some(Arc::new(move || Box::pin(provider())));
        self
    }

    /// The base URL of the API, which may have a path. Blank counts as not set.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Field::Value(url.into());
        self
    }

    /// Uses the environment's base URL and ignores `VITABLE_CONNECT_BASE_URL`.
    pub fn no_base_url(mut self) -> Self {
        self.base_url = Field::Null;
        self
    }

    /// The vendor's environment; production by default.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        if self.shared.is_some() {
            self.base_url = Field::Absent;
        }
        self
    }

    /// Limits each attempt, including its body; 60 s by default.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// Limits connecting, for each attempt; 5 s by default.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.connect_timeout = timeout.into();
        self
    }

    /// Limits each call as a whole: attempts, waits, pages. No limit by default.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.settings.deadline = deadline.into();
        self
    }

    /// Attempts after the first; 2 by default.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.settings.retry.max_retries = retries;
        self
    }

    /// How often and when calls are retried.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// The maximum size of a response body; 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_response_bytes = bytes;
        self
    }

    /// Adds a header to every request.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Some(value.into())));
        self
    }

    /// Omits a header from every request.
    pub fn omit_header(mut self, name: impl Into<String>) -> Self {
        self.headers.push((name.into(), None));
        self
    }

    /// Removes the default headers set so far, including inherited ones.
    pub fn clear_default_headers(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// Adds a query parameter to every request.
    pub fn default_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        crate::call::set_query(&mut self.settings.query, name.into(), Some(value.into()));
        self
    }

    /// Removes the default query parameters set so far, including inherited ones.
    pub fn clear_default_query(mut self) -> Self {
        self.settings.query.clear();
        self
    }

    /// The organization to act as, if the credentials have access to several: `org_...`.
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.settings.organization = Some(organization.into());
        self
    }

    /// The `User-Agent` header.
    pub fn user_agent(mut self, agent: impl Into<String>) -> Self {
        self.settings.user_agent = agent.into();
        self
    }

    /// Allows the API key and member data to be sent over plain HTTP, for a sandbox in a container
    /// network.
    pub fn dangerously_allow_plain_http(mut self) -> Self {
        self.settings.allow_plain_http = true;
        self
    }

    /// Settings of the built-in transport.
    #[cfg(feature = "http")]
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.http = Some(config);
        self
    }

    /// Replaces the built-in transport.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Replaces the system clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Uses these variables instead of the process's environment.
    pub fn variables<K: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.variables =
            Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    fn variable(&self, name: &str) -> Option<String> {
        match &self.variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        }
    }

    fn credentials(&self, clock: &Arc<dyn Clock>) -> Result<Credentials, Error> {
        if let Some(provider) = &self.provider {
            return Ok(Credentials::provider(Arc::clone(provider), Arc::clone(clock)));
        }
        if let (None, Some(inherited)) = (&self.key, &self.inherited) {
            return Ok(inherited.clone());
        }
        let blank = |key: &SecretString| {
            use secrecy::ExposeSecret as _;
            key.expose_secret().trim().is_empty()
        };
        let explicit = self.key.clone().filter(|key| !blank(key));
        let key = explicit
            .or_else(|| self.variable(config::env::API_KEY).map(SecretString::from))
            .filter(|key| !blank(key))
            .ok_or_else(|| {
                let message = format!(
                    "no API key: pass one to the client, or set the {} environment variable",
                    config::env::API_KEY
                );
                Error::new(ErrorKind::Configuration, message)
            })?;
        Credentials::key(&key)
    }

    /// The transport that the caller chose, if any.
    #[cfg_attr(
        not(feature = "http"),
        expect(clippy::unnecessary_wraps, reason = "HTTP settings can be invalid")
    )]
    fn chosen_transport(&self) -> Result<Option<Arc<dyn Transport>>, Error> {
        #[cfg(feature = "http")]
        if let (None, Some(config)) = (&self.transport, &self.http) {
            return Ok(Some(Arc::new(HttpTransport::new(config.clone())?)));
        }
        Ok(self.transport.clone())
    }

    #[cfg(feature = "http")]
    fn built_in_transport() -> Result<Arc<dyn Transport>, Error> {
        Ok(Arc::new(HttpTransport::new(HttpConfig::default())?))
    }

    #[cfg(not(feature = "http"))]
    fn built_in_transport() -> Result<Arc<dyn Transport>, Error> {
        Err(Error::new(
            ErrorKind::Configuration,
            "no transport: pass one, or enable the `http` feature",
        ))
    }

    /// What the client shares with the one that it is derived from: all that this builder was not
    /// given.
    fn shared(&self) -> Result<Arc<Shared>, Error> {
        let (clock, transport) = (self.clock.clone(), self.chosen_transport()?);
        let Some(parent) = &self.shared else {
            let transport = transport.map_or_else(Self::built_in_transport, Ok)?;
            let clock = clock.unwrap_or_else(|| Arc::new(SystemClock));
            return Ok(Arc::new(Shared::new(transport, clock)));
        };
        Ok(match (transport, clock) {
            (None, None) => Arc::clone(parent),
            (None, Some(clock)) => Arc::new(parent.with_clock(clock)),
            (Some(transport), clock) => {
                let clock = clock.unwrap_or_else(|| Arc::clone(&parent.clock));
                Arc::new(parent.with_transport(transport, clock))
            }
        })
    }

    /// Validates the settings and builds the client. Does not connect.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: no valid key, a base URL that would leak it, a proxy or CA
    /// certificate that cannot be parsed.
    pub fn build(self) -> Result<Client, Error> {
        let shared = self.shared()?;
        let credentials = self.credentials(&shared.clock)?;
        let variable = self.variable(config::env::BASE_URL);
        let explicit = self.base_url.as_ref().map(String::as_str);
        let base_url = config::choose_base_url(explicit, self.environment, variable.as_deref())?;
        let base_url = address::parse_base_url(&base_url, self.settings.allow_plain_http)?;

        let mut defaults = Headers::built_in(&self.settings.user_agent)?;
        let lines = self.variable(config::env::CUSTOM_HEADERS).unwrap_or_default();
        let mut overrides = config::custom_headers(&lines);
        overrides.extend(self.headers.iter().cloned());
        defaults.apply(&overrides)?;
        if let Some(organization) = &self.settings.organization {
            let pair = (headers::ORGANIZATION.to_string(), Some(organization.clone()));
            defaults.apply(&[pair])?;
        }

        let settings = self.settings;
        Ok(Client(Context::new(shared, settings, overrides, defaults, credentials, base_url)))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
