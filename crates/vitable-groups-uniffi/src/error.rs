//! The core's errors as records, which each host maps to its own error types.

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use vitable_groups as core;

use crate::response::{Attempt, headers};
use crate::sync_handle::SyncHandle;

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident, )*) => {
        /// The kind of an error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum ErrorKind {
            $( $(#[$doc])* $kind, )*
        }

        impl From<core::ErrorKind> for ErrorKind {
            fn from(kind: core::ErrorKind) -> Self {
                match kind {
                    $( core::ErrorKind::$kind => Self::$kind, )*
                    _ => Self::Internal,
                }
            }
        }
    };
}

kinds! {
    /// The client's configuration is not valid; nothing was sent.
    Configuration,
    /// An argument is not valid; nothing was sent.
    InvalidArgument,
    /// The token provider failed; nothing was sent.
    Credentials,
    /// The client was closed before the call; nothing was sent.
    Closed,
    /// 400.
    BadRequest,
    /// 401: the token is missing, wrong or expired.
    Authentication,
    /// 403.
    PermissionDenied,
    /// 404.
    NotFound,
    /// 409: the resource already exists.
    Conflict,
    /// 422.
    UnprocessableEntity,
    /// 429: too many requests; retry after `retry_after`.
    RateLimit,
    /// 500 or above.
    InternalServer,
    /// Any other unsuccessful status.
    Status,
    /// No complete response: connection refused or reset, response truncated, TLS or DNS failure.
    Connection,
    /// An attempt exceeded its timeout, and no retry succeeded.
    Timeout,
    /// The call exceeded its deadline, which covers all attempts, pages and polls.
    Deadline,
    /// The native call was canceled. Canceling in the host's own way has the host's own error.
    Aborted,
    /// The body of a successful response does not match what the operation returns.
    ResponseValidation,
    /// The roster cannot be read or has errors; nothing was sent.
    InvalidRoster,
    /// The roster guard blocked the roster; nothing was sent.
    GuardRefused,
    /// A bug in this library.
    Internal,
}

/// The details of an error.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ErrorDetails {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// What went wrong, human-readable; the server's message if it sent one.
    pub message: String,
    /// The message with the operation, status, code and a hint.
    pub text: String,
    /// The operation that failed, such as `groups.retrieve`.
    pub operation: Option<String>,
    /// The status of the last response, if there was one.
    pub status: Option<i32>,
    /// The server's machine-readable error code, such as `not_found`.
    pub code: Option<String>,
    /// The server's trace ID of the failed request; include it in support requests.
    pub trace_id: Option<String>,
    /// The ID of the failed request, from the response headers.
    pub request_id: Option<String>,
    /// The headers of the last response, with lowercase names.
    pub headers: HashMap<String, String>,
    /// The body of the last response, up to 64 KiB. It may contain member data: never log it.
    pub body: Option<Vec<u8>>,
    /// All attempts, in order.
    pub attempts: Vec<Attempt>,
    /// The delay the server requested before a retry.
    pub retry_after: Option<Duration>,
    /// Whether the same call may succeed later.
    pub is_transient: bool,
    /// Whether the write may have been applied although the call failed.
    pub outcome_unknown: bool,
    /// The idempotency key sent with every attempt of the write.
    pub idempotency_key: Option<String>,
    /// The sync that keeps running on the server; pass it to `wait` to resume.
    pub sync_handle: Option<SyncHandle>,
    /// The page that could not be fetched; earlier pages remain valid.
    pub page: Option<i64>,
    /// Machine-readable details as JSON, without health data: the report of an invalid roster, or why
    /// the guard blocked it.
    pub report: Option<String>,
    /// The chain of causes, most immediate first.
    pub causes: Vec<String>,
}

/// Leaves out headers and body.
impl fmt::Display for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The error of every exported function.
#[derive(Debug, uniffi::Error)]
pub enum NativeError {
    /// The call failed.
    Failed {
        /// Its details.
        details: Box<ErrorDetails>,
    },
}

impl NativeError {
    pub(crate) fn internal(message: &str) -> Self {
        core::Error::new(core::ErrorKind::Internal, message).into()
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        core::Error::new(core::ErrorKind::InvalidArgument, message).into()
    }

    /// An error with a machine-readable report.
    pub(crate) fn with_report<T: Serialize + fmt::Display>(
        kind: core::ErrorKind,
        report: &T,
    ) -> Self {
        let Self::Failed { mut details } = core::Error::new(kind, report.to_string()).into();
        details.report = serde_json::to_string(report).ok();
        Self::Failed { details }
    }

    pub(crate) fn cancelled() -> Self {
        core::Error::new(core::ErrorKind::Aborted, "the call was canceled").into()
    }

    #[cfg(test)]
    pub(crate) fn details(self) -> Box<ErrorDetails> {
        let Self::Failed { details } = self;
        details
    }
}

impl fmt::Display for NativeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { details } = self;
        details.fmt(f)
    }
}

impl std::error::Error for NativeError {}

/// An exception thrown by a host callback.
impl From<uniffi::UnexpectedUniFFICallbackError> for NativeError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::internal("a callback threw an exception")
    }
}

impl From<core::Error> for NativeError {
    fn from(error: core::Error) -> Self {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let details = ErrorDetails {
            kind: error.kind().into(),
            message: error.message().to_owned(),
            text: error.to_string(),
            operation: error.operation().map(str::to_owned),
            status: error.status().map(i32::from),
            code: error.code().map(str::to_owned),
            trace_id: error.trace_id().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            headers: headers(error.headers()),
            body: error.body().map(|body| body.to_vec()),
            attempts: error.attempts().iter().map(Attempt::from).collect(),
            retry_after: error.retry_after(),
            is_transient: error.is_transient(),
            outcome_unknown: error.outcome_unknown(),
            idempotency_key: error.idempotency_key().map(str::to_owned),
            sync_handle: error.sync_handle().map(SyncHandle::from),
            page: error.page(),
            report: error.details().map(|details| details.to_json().to_string()),
            causes: causes.map(ToString::to_string).collect(),
        };
        Self::Failed { details: Box::new(details) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_core_kind_is_mapped() {
        for &kind in core::ErrorKind::ALL {
            assert_eq!(format!("{kind:?}"), format!("{:?}", ErrorKind::from(kind)));
        }
    }
}
