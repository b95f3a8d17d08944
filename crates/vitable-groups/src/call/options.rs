//! Options of a call.

use std::time::Duration;

use serde_json::Value;

use crate::time::Deadline;
use vitable_groups_model::Field;

/// Options of a call; those not set come from the client.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::RequestOptions;
///
/// let options = RequestOptions::new()
///     .timeout(Duration::from_secs(5))
///     .deadline(Duration::from_secs(30))
///     .max_retries(4)
///     .header("X-Job", "nightly")
///     .organization("org_PyschJpXTw6LHWwuWn2fEA");
/// assert_eq!(options.max_retries, Some(4));
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct RequestOptions {
    /// Limits each attempt, including its body; null means no limit.
    pub timeout: Field<Duration>,
    /// Limits connecting, for each attempt; null means no limit.
    pub connect_timeout: Field<Duration>,
    /// Limits the whole call: attempts, waits, pages, polls; null means no limit.
    pub deadline: Field<Duration>,
    /// A deadline shared with other calls, which replaces `deadline`.
    pub until: Option<Deadline>,
    /// Attempts after the first; `u32::MAX` means no limit.
    pub max_retries: Option<u32>,
    /// Headers to set (`Some`) or to omit (`None`); names are case-insensitive.
    pub headers: Vec<(String, Option<String>)>,
    /// Query parameters to set (`Some`) or to omit (`None`).
    pub query: Vec<(String, Option<String>)>,
    /// Body fields to set (`Some`) or to omit (`None`).
    pub body: Vec<(String, Option<Value>)>,
    /// The idempotency key of a write, instead of a random one.
    pub idempotency_key: Option<String>,
    /// The organization to act as, `org_...`.
    pub organization: Option<String>,
    /// Allows an absolute URL with another origin in a raw call; the API key is not sent there.
    pub allow_other_origin: bool,
}

impl RequestOptions {
    /// Options without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits each attempt, including its body.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Field::Value(timeout);
        self
    }

    /// Limits connecting, for each attempt.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Field::Value(timeout);
        self
    }

    /// Limits the whole call: attempts, waits, pages, polls.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Field::Value(deadline);
        self
    }

    /// Sets a deadline shared with other calls, from
    /// [`Client::deadline`](crate::Client::deadline).
    #[must_use]
    pub fn until(mut self, deadline: Deadline) -> Self {
        self.until = Some(deadline);
        self
    }

    /// Attempts after the first.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Some(value.into())));
        self
    }

    /// Omits a header that would be sent otherwise.
    #[must_use]
    pub fn omit_header(mut self, name: impl Into<String>) -> Self {
        self.headers.push((name.into(), None));
        self
    }

    /// Sets a query parameter; takes precedence over the operation's.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), Some(value.into())));
        self
    }

    /// Sets a body field; takes precedence over the operation's.
    #[must_use]
    pub fn body(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.body.push((name.into(), Some(value.into())));
        self
    }

    /// Omits a body field that would be sent otherwise.
    #[must_use]
    pub fn omit_body(mut self, name: impl Into<String>) -> Self {
        self.body.push((name.into(), None));
        self
    }

    /// Sets the idempotency key.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Sets the organization to act as.
    #[must_use]
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// Allows an absolute URL with another origin in a raw call; the API key is not sent there.
    #[must_use]
    pub fn allow_other_origin(mut self, allow: bool) -> Self {
        self.allow_other_origin = allow;
        self
    }
}

/// Prints only names, as values may be credentials or member data.
impl std::fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn names<T>(pairs: &[(String, T)]) -> Vec<&str> {
            pairs.iter().map(|(name, _)| name.as_str()).collect()
        }
        f.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("headers", &names(&self.headers))
            .field("query", &names(&self.query))
            .field("body", &names(&self.body))
            .finish_non_exhaustive()
    }
}
