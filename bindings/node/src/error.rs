//! The core's error as one JSON text, from which the TypeScript layer makes a class.

use std::error::Error as _;

use serde::Serialize;
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
        "headers": headers(error.headers()),
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

/// For functions that fail while JavaScript waits: the text travels as the reason.
pub(crate) fn thrown(error: &Error) -> napi::Error {
    napi::Error::from_reason(json(error))
}

/// The same, with what was found as data.
pub(crate) fn thrown_with(error: &Error, details: &impl Serialize) -> napi::Error {
    let mut value = value(error);
    if let Some(place) = value.get_mut("details") {
        *place = serde_json::to_value(details).unwrap_or_default();
    }
    napi::Error::from_reason(value.to_string())
}

pub(crate) fn attempts(attempts: &[Attempt]) -> Value {
    attempts
        .iter()
        .map(|attempt| {
            json!({
                "status": attempt.status,
                "reason": attempt.reason,
                "delay": attempt.delay.map(milliseconds_of),
                "elapsed": milliseconds_of(attempt.elapsed),
            })
        })
        .collect()
}

/// Names and values in turn; bytes beyond ASCII are Latin-1, as in `Headers`.
pub(crate) fn headers(headers: &http::HeaderMap) -> Vec<String> {
    headers
        .iter()
        .flat_map(|(name, value)| {
            let value = value.as_bytes().iter().copied().map(char::from).collect();
            [name.as_str().to_owned(), value]
        })
        .collect()
}
