//! Credentials: an API key, or a provider of short-lived tokens.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::error::{Error, ErrorKind};
use crate::time::{BoxFuture, Clock};

/// A token is renewed this long before it expires.
const RENEWAL_MARGIN: Duration = Duration::from_secs(60);

/// An access token from a token provider.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::AccessToken;
///
/// let token = AccessToken::new("vit_at_example").expires_in(Duration::from_secs(900));
/// assert!(!format!("{token:?}").contains("example"));
/// ```
#[derive(Clone, Debug)]
pub struct AccessToken {
    token: SecretString,
    expires_in: Option<Duration>,
}

impl AccessToken {
    /// A token without an expiry.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: SecretString::from(token.into()), expires_in: None }
    }

    /// Sets how long the token is valid from now.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

/// The result of a token provider.
///
/// ```
/// use vitable_groups::{AccessToken, TokenResult};
///
/// async fn fetch() -> TokenResult {
///     Ok(AccessToken::new("vit_at_example"))
/// }
/// ```
pub type TokenResult = Result<AccessToken, Box<dyn StdError + Send + Sync>>;

type Provider = Arc<dyn Fn() -> BoxFuture<'static, TokenResult> + Send + Sync>;

/// A client's credentials.
#[derive(Clone)]
pub(crate) enum Credentials {
    Key(HeaderValue),
    Provider(Arc<TokenCache>),
}

/// Caches the provider's token until shortly before it expires; one fetch at a time.
pub(crate) struct TokenCache {
    provider: Provider,
    clock: Arc<dyn Clock>,
    cached: Mutex<Option<CachedToken>>,
}

#[derive(Clone)]
struct CachedToken {
    header: HeaderValue,
    renew_at: Option<Duration>,
}

impl Credentials {
    pub(crate) fn key(key: &SecretString) -> Result<Self, Error> {
        bearer(key).map(Self::Key)
    }

    pub(crate) fn provider(provider: Provider, clock: Arc<dyn Clock>) -> Self {
        Self::Provider(Arc::new(TokenCache { provider, clock, cached: Mutex::new(None) }))
    }

    /// The `Authorization` header. After a 401, `rejected` is the header that the server rejected:
    /// a provider is called for another token, and a key gives `None`.
    pub(crate) async fn header(
        &self,
        rejected: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Error> {
        match self {
            Self::Key(header) => Ok(rejected.is_none().then(|| header.clone())),
            Self::Provider(cache) => cache.header(rejected).await.map(Some),
        }
    }
}

impl TokenCache {
    async fn header(&self, rejected: Option<&HeaderValue>) -> Result<HeaderValue, Error> {
        // Holding the lock while the provider runs lets concurrent calls share one fetch.
        let mut cached = self.cached.lock().await;
        if let Some(token) = &*cached {
            let fresh = token.renew_at.is_none_or(|time| self.clock.now() < time);
            // A call whose older token was rejected uses the one that another call has fetched.
            if fresh && rejected != Some(&token.header) {
                return Ok(token.header.clone());
            }
        }
        *cached = None;
        let token = (self.provider)().await.map_err(|error| {
            Error::new(ErrorKind::Credentials, "the token provider failed").with_source(error)
        })?;
        let header = bearer(&token.token)?;
        // A token with a lifetime below the margin is renewed at half its lifetime.
        let renew_at = token
            .expires_in
            .map(|time| self.clock.now() + time.checked_sub(RENEWAL_MARGIN).unwrap_or(time / 2));
        *cached = Some(CachedToken { header: header.clone(), renew_at });
        Ok(header)
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let token = token.expose_secret().trim();
    let invalid = token.is_empty() || token.chars().any(|c| c.is_control() || !c.is_ascii());
    let header = if invalid { None } else { HeaderValue::try_from(format!("Bearer {token}")).ok() };
    let mut header = header.ok_or_else(|| {
        Error::new(
            ErrorKind::Configuration,
            "the API key is empty or contains characters that are not allowed in a header; check \
             for line breaks that were copied with it",
        )
    })?;
    header.set_sensitive(true);
    Ok(header)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(***)",
            Self::Provider(_) => "Provider",
        })
    }
}
