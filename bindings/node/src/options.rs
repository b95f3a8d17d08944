//! Options of one call, as JSON text.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use vitable_groups::PollPolicy;
use vitable_groups::RequestOptions;
use vitable_groups::model::Field;

/// Names and values; null leaves one out.
pub(crate) type Pairs = Vec<(String, Option<String>)>;

/// What JavaScript passes along with a call. Times are milliseconds, `null` is no limit.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallOptions {
    /// The operation's own query, below the one of `extra_query`.
    pub(crate) query: Vec<(String, String)>,
    extra_query: Pairs,
    headers: Pairs,
    timeout: Limit,
    connect_timeout: Limit,
    deadline: Limit,
    /// The moment that all pages of a list share instead.
    until: Option<vitable_groups::Deadline>,
    /// The time between two looks of a wait.
    poll_interval: Option<f64>,
    max_retries: Option<f64>,
    idempotency_key: Option<String>,
    organization: Option<String>,
    allow_other_origin: bool,
}

/// A limit that may be absent, null or a number of milliseconds.
#[derive(Default)]
pub(crate) struct Limit(pub(crate) Field<Duration>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ms = Option::<f64>::deserialize(input)?;
        Ok(Self(ms.map_or(Field::Null, |ms| Field::Value(milliseconds(ms)))))
    }
}

pub(crate) fn milliseconds(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1e3).unwrap_or(Duration::MAX)
}

/// A number of retries; beyond what the core counts is no limit.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(crate) fn retries(count: f64) -> u32 {
    count as u32
}

impl CallOptions {
    pub(crate) fn read(text: Option<&str>) -> napi::Result<Self> {
        match text {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(text).map_err(|error| {
                napi::Error::from_reason(format!("the options cannot be read: {error}"))
            }),
        }
    }

    /// Makes room for the numbers of a walk's pages: the caller's own is where the walk began.
    pub(crate) fn without_page(mut self) -> Self {
        for (name, value) in std::mem::take(&mut self.extra_query) {
            match value {
                _ if name == "page" => {}
                Some(value) => self.query.push((name, value)),
                None => self.extra_query.push((name, None)),
            }
        }
        self
    }

    /// How a wait looks: growing, unless the caller wants it steady.
    pub(crate) fn poll(&self) -> PollPolicy {
        self.poll_interval.map(milliseconds).map_or_else(PollPolicy::default, PollPolicy::every)
    }

    /// The core's options; the operation's own query is taken out before.
    pub(crate) fn into_core(self) -> RequestOptions {
        let mut options = RequestOptions::new().allow_other_origin(self.allow_other_origin);
        options.query = self.extra_query;
        options.headers = self.headers;
        options.timeout = self.timeout.0;
        options.connect_timeout = self.connect_timeout.0;
        options.deadline = self.deadline.0;
        options.until = self.until;
        options.max_retries = self.max_retries.map(retries);
        options.idempotency_key = self.idempotency_key;
        options.organization = self.organization;
        options
    }
}

pub(crate) fn milliseconds_of(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
