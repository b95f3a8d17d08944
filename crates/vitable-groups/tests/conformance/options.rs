//! The options that a scenario sets on a client or a call.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use vitable_groups::PollPolicy;
use vitable_groups::RetryPolicy;
use vitable_groups::model::Field;
use vitable_groups::{AccessToken, ClientBuilder, Error, RequestOptions};

type Pairs = BTreeMap<String, Option<String>>;

/// Settings of a client.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClientOptions {
    api_key: Option<String>,
    token_provider: Option<VecDeque<Token>>,
    base_url: Field<String>,
    environment: Option<String>,
    timeout_ms: Field<u64>,
    connect_timeout_ms: Field<u64>,
    deadline_ms: Field<u64>,
    max_retries: Option<u32>,
    default_headers: Pairs,
    default_query: BTreeMap<String, String>,
    organization: Option<String>,
    user_agent: Option<String>,
    max_response_bytes: Option<usize>,
    retry_base_delay_ms: Option<u64>,
    retry_max_delay_ms: Option<u64>,
    max_server_delay_ms: Option<u64>,
    ignore_long_server_delay: Option<bool>,
}

/// The result of one call of a token provider.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum Token {
    Token { token: String, expires_in_ms: Option<u64> },
    Failure { fail: String },
}

impl ClientOptions {
    pub(crate) fn apply(self, mut builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        if let Some(key) = self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(tokens) = self.token_provider {
            let tokens = Arc::new(Mutex::new(tokens));
            builder = builder.token_provider(move || {
                let next = tokens.lock().unwrap().pop_front();
                async move {
                    match next {
                        Some(Token::Token { token, expires_in_ms }) => {
                            let token = AccessToken::new(token);
                            Ok(match expires_in_ms {
                                Some(time) => token.expires_in(Duration::from_millis(time)),
                                None => token,
                            })
                        }
                        Some(Token::Failure { fail }) => Err(fail.into()),
                        None => Err("the scenario has no further token".into()),
                    }
                }
            });
        }
        builder = match self.base_url {
            Field::Value(url) => builder.base_url(url),
            Field::Null => builder.no_base_url(),
            Field::Absent => builder,
        };
        if let Some(name) = self.environment {
            builder = builder.environment(name.parse()?);
        }
        if let Some(timeout) = limit(self.timeout_ms) {
            builder = builder.timeout(timeout);
        }
        if let Some(timeout) = limit(self.connect_timeout_ms) {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(deadline) = limit(self.deadline_ms) {
            builder = builder.deadline(deadline);
        }
        for (name, value) in self.default_headers {
            builder = match value {
                Some(value) => builder.default_header(name, value),
                None => builder.omit_header(name),
            };
        }
        for (name, value) in self.default_query {
            builder = builder.default_query(name, value);
        }
        if let Some(organization) = self.organization {
            builder = builder.organization(organization);
        }
        if let Some(agent) = self.user_agent {
            builder = builder.user_agent(agent);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        let retry = [self.retry_base_delay_ms, self.retry_max_delay_ms, self.max_server_delay_ms];
        if retry.iter().any(Option::is_some) || self.ignore_long_server_delay.is_some() {
            let default = RetryPolicy::default();
            let millis =
                |option: Option<u64>, default| option.map_or(default, Duration::from_millis);
            let policy = RetryPolicy::new()
                .base_delay(millis(self.retry_base_delay_ms, default.base_delay))
                .max_delay(millis(self.retry_max_delay_ms, default.max_delay))
                .max_server_delay(millis(self.max_server_delay_ms, default.max_server_delay))
                .ignore_long_server_delay(self.ignore_long_server_delay.unwrap_or_default());
            builder = builder.retry_policy(policy);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(retries);
        }
        Ok(builder)
    }
}

/// A limit, if it is set: a duration, or none.
#[expect(clippy::option_option, reason = "not set, no limit, or a limit")]
fn limit(millis: Field<u64>) -> Option<Option<Duration>> {
    match millis {
        Field::Value(millis) => Some(Some(Duration::from_millis(millis))),
        Field::Null => Some(None),
        Field::Absent => None,
    }
}

/// Options of a call.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallOptions {
    timeout_ms: Field<u64>,
    connect_timeout_ms: Field<u64>,
    deadline_ms: Field<u64>,
    max_retries: Option<u32>,
    headers: Pairs,
    query: Pairs,
    body: Map<String, Value>,
    omit_body: Vec<String>,
    idempotency_key: Option<String>,
    organization: Option<String>,
    allow_other_origin: bool,
}

impl From<CallOptions> for RequestOptions {
    fn from(call: CallOptions) -> Self {
        let mut options = Self::new();
        options.timeout = call.timeout_ms.map(Duration::from_millis);
        options.connect_timeout = call.connect_timeout_ms.map(Duration::from_millis);
        options.deadline = call.deadline_ms.map(Duration::from_millis);
        options.max_retries = call.max_retries;
        options.headers = call.headers.into_iter().collect();
        options.query = call.query.into_iter().collect();
        options.body = call.body.into_iter().map(|(name, value)| (name, Some(value))).collect();
        options.body.extend(call.omit_body.into_iter().map(|name| (name, None)));
        options.idempotency_key = call.idempotency_key;
        options.organization = call.organization;
        options.allow_other_origin = call.allow_other_origin;
        options
    }
}

/// The poll schedule of a wait: a short fixed interval.
pub(crate) fn poll(millis: Option<u64>) -> PollPolicy {
    PollPolicy::every(Duration::from_millis(millis.unwrap_or(1)))
}
