//! Credentials: a key, or a provider of short-lived tokens.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::error::{Error, ErrorKind};
use crate::time::{BoxFuture, Clock};

/// A token is fetched anew this long before it ends.
const EARLY: Duration = Duration::from_secs(60);

/// A token that a provider hands out.
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
    /// A token without a known end.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: SecretString::from(token.into()), expires_in: None }
    }

    /// How long it is good for, from now.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

/// What a token provider returns.
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

/// How a client proves who it is.
#[derive(Clone)]
pub(crate) enum Credentials {
    Key(HeaderValue),
    Provider(Arc<TokenCache>),
}

/// The provider's token, kept until shortly before its end; one fetch at a time.
pub(crate) struct TokenCache {
    provider: Provider,
    clock: Arc<dyn Clock>,
    held: Mutex<Option<Held>>,
}

#[derive(Clone)]
struct Held {
    header: HeaderValue,
    renew_at: Option<Duration>,
}

impl Credentials {
    pub(crate) fn key(key: &SecretString) -> Result<Self, Error> {
        bearer(key).map(Self::Key)
    }

    pub(crate) fn provider(provider: Provider, clock: Arc<dyn Clock>) -> Self {
        Self::Provider(Arc::new(TokenCache { provider, clock, held: Mutex::new(None) }))
    }

    /// The header to send now. After a 401, `refused` is the header that was refused: a provider is
    /// asked for another; `None` says that there is no other.
    pub(crate) async fn header(
        &self,
        refused: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Error> {
        match self {
            Self::Key(header) => Ok(refused.is_none().then(|| header.clone())),
            Self::Provider(cache) => cache.header(refused).await.map(Some),
        }
    }
}

impl TokenCache {
    async fn header(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, Error> {
        // The lock is held while the provider works, so that many calls share one fetch.
        let mut held = self.held.lock().await;
        if let Some(held) = &*held {
            let fresh = held.renew_at.is_none_or(|end| self.clock.now() < end);
            // A call that was refused with an older token takes the one another call fetched.
            if fresh && refused != Some(&held.header) {
                return Ok(held.header.clone());
            }
        }
        *held = None;
        let token = (self.provider)().await.map_err(|error| {
            Error::new(ErrorKind::Credentials, "the token provider failed").with_source(error)
        })?;
        let header = bearer(&token.token)?;
        // A token that lives shorter than the margin is renewed at half its life.
        let renew_at = token
            .expires_in
            .map(|life| self.clock.now() + life.checked_sub(EARLY).unwrap_or(life / 2));
        *held = Some(Held { header: header.clone(), renew_at });
        Ok(header)
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let token = token.expose_secret().trim();
    let unfit = token.is_empty() || token.chars().any(|c| c.is_control() || !c.is_ascii());
    let header = if unfit { None } else { HeaderValue::try_from(format!("Bearer {token}")).ok() };
    let mut header = header.ok_or_else(|| {
        Error::new(
            ErrorKind::Configuration,
            "the API key is empty or has characters that a header cannot carry; check for line \
             breaks where it was copied from",
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
