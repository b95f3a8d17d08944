//! The core's error as JSON text, from which the TypeScript layer creates an instance of its class.

use std::borrow::Cow;
use std::error::Error as _;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use vitable_groups::{Attempt, Error};

use crate::options::milliseconds_of;

pub(crate) fn json(error: &Error) -> String {
    value(error).to_string()
}

fn value(error: &Error) -> Value {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    let body = error.body().map(|body| String::from_utf8_lossy(body));
    json!({
        "kind": error.kind().code(),
        "class": error.kind().class(),
        "message": error.message(),
        "text": error.to_string(),
        "operation": error.operation(),
        "status": error.status(),
        "headers": Headers(error.headers()),
        "body": body,
        "code": error.code(),
        "trace_id": error.trace_id(),
        "request_id": error.request_id(),
        "attempts": attempts(error.attempts()),
        "retry_after": error.retry_after().map(milliseconds_of),
        "outcome_unknown": error.outcome_unknown(),
        "transient": error.is_transient(),
        "idempotency_key": error.idempotency_key(),
        "handle": error.sync_handle(),
        "page": error.page(),
        "causes": causes,
        "details": error.details(),
    })
}

/// The error of a synchronous function, with the JSON text as its reason.
pub(crate) fn thrown(error: &Error) -> napi::Error {
    napi::Error::from_reason(json(error))
}

/// The same, with details.
pub(crate) fn thrown_with(error: &Error, details: &impl Serialize) -> napi::Error {
    let mut value = value(error);
    if let Some(own) = value.get_mut("details") {
        *own = serde_json::to_value(details).unwrap_or_default();
    }
    napi::Error::from_reason(value.to_string())
}

/// An attempt, as JavaScript reads it.
#[derive(Serialize)]
pub(crate) struct AttemptJson<'a> {
    status: Option<u16>,
    reason: &'a str,
    delay: Option<f64>,
    elapsed: f64,
}

pub(crate) fn attempts(attempts: &[Attempt]) -> Vec<AttemptJson<'_>> {
    let attempts = attempts.iter().map(|attempt| AttemptJson {
        status: attempt.status,
        reason: &attempt.reason,
        delay: attempt.delay.map(milliseconds_of),
        elapsed: milliseconds_of(attempt.elapsed),
    });
    attempts.collect()
}

/// Headers as alternating names and values; non-ASCII bytes are Latin-1, as in `Headers` of `fetch`.
pub(crate) struct Headers<'a>(pub(crate) &'a http::HeaderMap);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().flat_map(|(name, value)| {
            let value = match value.to_str() {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
            };
            [Cow::Borrowed(name.as_str()), value]
        }))
    }
}
