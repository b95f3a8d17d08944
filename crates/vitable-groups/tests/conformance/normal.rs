//! Results in the form that is compared in all languages.

use serde_json::{Value, json};
use vitable_groups::roster::{GuardRefusal, ReadError};
use vitable_groups::{Attempt, Error, ErrorDetails, Metadata, Page, PageItem, SyncProgress};

pub(crate) fn error(error: &Error) -> Value {
    let body = error.body().map(|body| String::from_utf8_lossy(body).into_owned());
    let mut normal = json!({
        "kind": error.kind().code(),
        "text": error.to_string(),
        "attempts": attempts(error.attempts()),
        "outcome_unknown": error.outcome_unknown(),
    });
    let sync = error.sync_handle().and_then(|handle| serde_json::to_value(handle).ok());
    for (name, value) in [
        ("operation", error.operation().map(Value::from)),
        ("status", error.status().map(Value::from)),
        ("code", error.code().map(Value::from)),
        ("trace_id", error.trace_id().map(Value::from)),
        ("request_id", error.request_id().map(Value::from)),
        ("retry_after", error.retry_after().map(|delay| delay.as_secs_f64().into())),
        ("idempotency_key", error.idempotency_key().map(Value::from)),
        ("sync", sync),
        ("page", error.page().map(Value::from)),
        ("details", error.details().map(ErrorDetails::to_json)),
        ("body", body.map(Value::from)),
    ] {
        if let Some(value) = value {
            normal[name] = value;
        }
    }
    normal
}

/// The error of a call canceled by its caller; here, by dropping its future.
pub(crate) fn aborted() -> Value {
    json!({ "kind": "aborted" })
}

pub(crate) fn read_error(error: &ReadError) -> Value {
    json!({
        "kind": "invalid_roster",
        "details": error,
        "text": error.to_string(),
    })
}

pub(crate) fn guard_error(refusal: &GuardRefusal) -> Value {
    json!({ "kind": "guard_refused", "details": refusal, "text": refusal.to_string() })
}

fn attempts(attempts: &[Attempt]) -> Value {
    attempts
        .iter()
        .map(|attempt| json!({ "status": attempt.status, "reason": attempt.reason }))
        .collect()
}

pub(crate) fn meta(metadata: &Metadata) -> Value {
    json!({
        "status": metadata.status.as_u16(),
        "retries": metadata.retries(),
        "attempts": attempts(&metadata.attempts),
        "recovered": metadata.recovered,
        "repeated": metadata.repeated,
        "idempotency_key": metadata.idempotency_key,
        "request_id": metadata.request_id(),
    })
}

pub(crate) fn page<T: PageItem + serde::Serialize>(page: &Page<T>) -> Value {
    json!({
        "data": page.items,
        "pagination": page.pagination,
        "number": page.number(),
        "next_number": page.next_number(),
    })
}

pub(crate) fn progress(progress: &SyncProgress) -> Value {
    json!({
        "polls": progress.polls,
        "completed": progress.state.as_ref().is_some_and(vitable_groups::model::SyncState::is_completed),
        "last_error": progress.last_error.map(vitable_groups::ErrorKind::code),
    })
}
