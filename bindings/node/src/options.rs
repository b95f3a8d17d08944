//! The options of a call, as JSON text.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use vitable_groups::PollPolicy;
use vitable_groups::RequestOptions;
use vitable_groups::model::Field;

/// Names and values; `None` omits the name.
pub(crate) type Pairs = Vec<(String, Option<String>)>;

/// The options of a call. Times are in milliseconds; a limit of `null` is unlimited.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallOptions {
    /// The query of the operation; `extra_query` overrides it.
    pub(crate) query: Vec<(String, String)>,
    extra_query: Pairs,
    headers: Pairs,
    timeout: Limit,
    connect_timeout: Limit,
    deadline: Limit,
    /// The deadline that all pages of a list share, instead of `deadline`.
    until: Option<vitable_groups::Deadline>,
    /// The interval between the polls of a wait.
    poll_interval: Option<f64>,
    max_retries: Option<f64>,
    idempotency_key: Option<String>,
    organization: Option<String>,
    allow_other_origin: bool,
}

/// A limit: absent, null or a number of milliseconds.
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

/// A number of retries, saturated to what the core counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(crate) fn retries(count: f64) -> u32 {
    count as u32
}

impl CallOptions {
    pub(crate) fn read(text: Option<&str>) -> napi::Result<Self> {
        match text {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(text).map_err(|error| {
                napi::Error::from_reason(format!("cannot parse the options: {error}"))
            }),
        }
    }

    /// Removes the caller's page number, which is that of the first page, so that the pager can set its
    /// own.
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

    /// The poll schedule of a wait: growing intervals, unless the caller sets one.
    pub(crate) fn poll(&self) -> PollPolicy {
        self.poll_interval.map(milliseconds).map_or_else(PollPolicy::default, PollPolicy::every)
    }

    /// The core's options, without the query of the operation.
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
