//! The manifest: everything that must be the same in all languages, as data.

use serde_json::{Value, json};

use crate::api::member_sync::DEFAULT_WAIT_DEADLINE;
use crate::api::member_sync::poll::PollPolicy;
use crate::client::config::{self, Environment};
use crate::context::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT};
use crate::error::ErrorKind;
use crate::operation;
use crate::retry::{RETRYABLE_STATUSES, RetryPolicy};
use vitable_groups_model::SyncOperation;

/// The manifest: operations, parameters, error kinds, enum values, defaults.
///
/// ```
/// let manifest = vitable_groups::binding::manifest();
/// assert_eq!(manifest["operations"][0]["name"], "groups.list");
/// ```
pub fn manifest() -> Value {
    let policy = RetryPolicy::default();
    let poll = PollPolicy::default();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "operations": operation::ALL.iter().map(|operation| json!({
            "name": operation.name,
            "method": operation.method.as_str(),
            "path": operation.path,
            "path_params": operation.path_params,
            "query_params": operation.query_params,
            "body_params": operation.body_params,
            "result": operation.result,
            "paginated": operation.paginated,
            "retry_safety": operation.retry_safety.name(),
            "summary": operation.summary.trim(),
        })).collect::<Vec<_>>(),
        "error_kinds": ErrorKind::ALL.iter().map(|kind| json!({
            "code": kind.code(),
            "class": kind.class(),
            "status": status_of(*kind),
        })).collect::<Vec<_>>(),
        "enums": { "sync_operation": SyncOperation::KNOWN },
        "environments": Environment::ALL.iter().map(|environment| json!({
            "name": environment.name(),
            "base_url": environment.base_url(),
        })).collect::<Vec<_>>(),
        "variables": [
            config::env::API_KEY,
            config::env::BASE_URL,
            config::env::CUSTOM_HEADERS,
            config::env::LOG,
        ],
        "request_options": [
            "timeout", "connect_timeout", "deadline", "max_retries", "headers", "query", "body",
            "idempotency_key", "organization", "allow_other_origin",
        ],
        "defaults": {
            "timeout_seconds": DEFAULT_TIMEOUT.as_secs_f64(),
            "connect_timeout_seconds": DEFAULT_CONNECT_TIMEOUT.as_secs_f64(),
            "max_retries": policy.max_retries,
            "retry_base_delay_seconds": policy.base_delay.as_secs_f64(),
            "retry_max_delay_seconds": policy.max_delay.as_secs_f64(),
            "max_server_delay_seconds": policy.max_server_delay.as_secs_f64(),
            "retryable_statuses": RETRYABLE_STATUSES,
            "max_response_bytes": DEFAULT_MAX_RESPONSE_BYTES,
            "wait_deadline_seconds": DEFAULT_WAIT_DEADLINE.as_secs_f64(),
            "poll_initial_seconds": poll.initial.as_secs_f64(),
            "poll_growth": poll.growth,
            "poll_max_seconds": poll.max.as_secs_f64(),
        },
    })
}

fn status_of(kind: ErrorKind) -> Option<u16> {
    (400..=500).find(|status| ErrorKind::from_status(*status) == kind && kind != ErrorKind::Status)
}
