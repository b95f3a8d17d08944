//! The core's error as a record, which each host turns into its own classes.

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use vitable_groups as core;

use crate::response::{Attempt, headers};
use crate::wait::SyncHandle;

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident, )*) => {
        /// What went wrong, in one word.
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
    /// The client was set up wrongly; nothing was sent.
    Configuration,
    /// An argument cannot be sent; nothing was.
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
    /// 409: here, a duplicate.
    Conflict,
    /// 422.
    UnprocessableEntity,
    /// 429.
    RateLimit,
    /// 500 and above.
    InternalServer,
    /// Any other status that is not a success.
    Status,
    /// No complete answer: refused, reset, cut short, TLS or DNS failure.
    Connection,
    /// One attempt took longer than its timeout, and retries did not help.
    Timeout,
    /// The call's deadline passed, over all attempts, pages or polls.
    Deadline,
    /// The caller cancelled the call.
    Aborted,
    /// A success answer whose body is not what the operation returns.
    ResponseValidation,
    /// The roster has errors; nothing was sent.
    InvalidRoster,
    /// The roster guard refused; nothing was sent.
    GuardRefused,
    /// A fault of this library.
    Internal,
}

/// Everything that is known about a failure.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ErrorDetails {
    /// What went wrong, in one word.
    pub kind: ErrorKind,
    /// What went wrong, for people; the server's own words where it said any.
    pub message: String,
    /// The message with the operation, status, code and what to do next.
    pub text: String,
    /// The operation that failed, such as `groups.retrieve`.
    pub operation: Option<String>,
    /// The status of the last answer, if there was one.
    pub status: Option<i32>,
    /// The server's code for programs, such as `not_found`.
    pub code: Option<String>,
    /// The server's id of the failed request; quote it to the vendor's support.
    pub trace_id: Option<String>,
    /// The id of the failed request from the answer's headers.
    pub request_id: Option<String>,
    /// The headers of the last answer, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body of the last answer, at most 64 KiB of it. It may hold member data: never log it.
    pub body: Option<Vec<u8>>,
    /// Every attempt that was made, first to last.
    pub attempts: Vec<Attempt>,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// Whether the same call may work later without a change.
    pub is_transient: bool,
    /// Whether the write may have been done although the call failed.
    pub outcome_unknown: bool,
    /// The idempotency key that every attempt of the write carried.
    pub idempotency_key: Option<String>,
    /// The sync request that goes on at the server; pass it to `wait` to resume.
    pub sync_handle: Option<SyncHandle>,
    /// The page that could not be read; the pages before it stay valid.
    pub page: Option<i64>,
    /// More for programs, as a JSON text without health data: the report of an invalid roster, the
    /// refusal of a guard.
    pub report: Option<String>,
    /// What led to it, nearest first.
    pub causes: Vec<String>,
}

/// Headers and body are left out.
impl fmt::Display for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What every exported function throws.
#[derive(Debug, uniffi::Error)]
pub enum NativeError {
    /// The call failed.
    Failed {
        /// Everything about it.
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

    /// An error with what programs may want to know of it.
    pub(crate) fn with_report<T: Serialize + fmt::Display>(
        kind: core::ErrorKind,
        told: &T,
    ) -> Self {
        let Self::Failed { mut details } = core::Error::new(kind, told.to_string()).into();
        details.report = serde_json::to_string(told).ok();
        Self::Failed { details }
    }

    pub(crate) fn cancelled() -> Self {
        core::Error::new(core::ErrorKind::Aborted, "the call was cancelled").into()
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

/// An exception that a host's callback let through.
impl From<uniffi::UnexpectedUniFFICallbackError> for NativeError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::internal("a callback threw")
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
    fn every_kind_of_the_core_has_its_own() {
        for &kind in core::ErrorKind::ALL {
            assert_eq!(format!("{kind:?}"), format!("{:?}", ErrorKind::from(kind)));
        }
    }
}
