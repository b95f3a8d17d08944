//! The operations of the API, each declared once, in the sandbox's OpenAPI document.
//!
//! All code that needs the list of operations uses [`ALL`], directly or through the
//! manifest.

mod table;

use std::time::Duration;

use http::Method;

pub use table::*;

/// One operation of the API.
///
/// ```
/// use vitable_groups::operation::{self, RetrySafety};
///
/// let create = operation::find("groups.create").unwrap();
/// assert_eq!((create.method.as_str(), create.path), ("POST", "/v1/groups"));
/// assert_eq!(create.retry_safety, RetrySafety::LookupFirst);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name in every language, such as `groups.list`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template.
    pub path: &'static str,
    /// The names of the path parameters, in order.
    pub path_params: &'static [&'static str],
    /// The names of the query parameters.
    pub query_params: &'static [&'static str],
    /// The names of the body fields.
    pub body_params: &'static [&'static str],
    /// The name of the model it returns.
    pub result: &'static str,
    /// Whether the result is paginated.
    pub paginated: bool,
    /// When the call may be retried.
    pub retry_safety: RetrySafety,
    /// One line of documentation.
    pub summary: &'static str,
}

/// After this time, another job may have submitted a newer roster.
const SUBMISSION_WINDOW: Duration = Duration::from_secs(30);

impl Operation {
    /// How long after its first attempt a call may be retried if it may have been applied; `None`
    /// means no limit. Submitting a roster again replaces any roster accepted in the meantime.
    ///
    /// ```
    /// use vitable_groups::operation::{GROUPS_UPDATE, SYNC_SUBMIT};
    ///
    /// assert_eq!(SYNC_SUBMIT.retry_window().map(|window| window.as_secs()), Some(30));
    /// assert_eq!(GROUPS_UPDATE.retry_window(), None);
    /// ```
    pub fn retry_window(&self) -> Option<Duration> {
        (self.name == SYNC_SUBMIT.name).then_some(SUBMISSION_WINDOW)
    }
}

/// When a call may be retried after a failed attempt.
///
/// ```
/// use vitable_groups::operation::{GROUPS_CREATE, GROUPS_UPDATE, RetrySafety};
///
/// assert_eq!((GROUPS_UPDATE.retry_safety, GROUPS_CREATE.retry_safety), (RetrySafety::Idempotent, RetrySafety::LookupFirst));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetrySafety {
    /// Always: sending the request twice has the same effect as sending it once.
    Idempotent,
    /// Only if the server cannot have applied it; otherwise, the client looks up the result first.
    LookupFirst,
}

impl RetrySafety {
    /// The name in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idempotent => "idempotent",
            Self::LookupFirst => "lookup_first",
        }
    }
}

/// Finds an operation by name.
///
/// ```
/// assert!(vitable_groups::operation::find("groups.delete").is_none());
/// ```
pub fn find(name: &str) -> Option<&'static Operation> {
    ALL.iter().copied().find(|operation| operation.name == name)
}
