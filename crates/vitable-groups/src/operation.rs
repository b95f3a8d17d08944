//! The operations of the API, each declared once.
//!
//! All code that needs the list of operations uses [`ALL`], directly or through the
//! manifest.

use std::time::Duration;

use http::Method;

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

macro_rules! operations {
    ($(
        $(#[doc = $summary:literal])+
        $ident:ident = $name:literal $method:ident $path:literal
            path [$($path_param:literal),*] query [$($query:literal),*] body [$($body:literal),*]
            -> $result:literal $($paginated:ident)?, retry $safety:ident;
    )*) => {
        $(
            $(#[doc = $summary])+
            pub static $ident: Operation = Operation {
                name: $name,
                method: Method::$method,
                path: $path,
                path_params: &[$($path_param),*],
                query_params: &[$($query),*],
                body_params: &[$($body),*],
                result: $result,
                paginated: operations!(@paginated $($paginated)?),
                retry_safety: RetrySafety::$safety,
                summary: concat!($($summary),+),
            };
        )*

        /// Every operation.
        pub static ALL: &[&Operation] = &[$( &$ident, )*];
    };
    (@paginated paginated) => { true };
    (@paginated) => { false };
}

operations! {
    /// Lists the groups of the organization, page by page.
    GROUPS_LIST = "groups.list" GET "/v1/groups"
        path [] query ["limit", "page"] body []
        -> "Group" paginated, retry Idempotent;

    /// Creates a group.
    GROUPS_CREATE = "groups.create" POST "/v1/groups"
        path [] query [] body ["external_reference_id", "name"]
        -> "Group", retry LookupFirst;

    /// Gets one group.
    GROUPS_RETRIEVE = "groups.retrieve" GET "/v1/groups/{group_id}"
        path ["group_id"] query [] body []
        -> "Group", retry Idempotent;

    /// Changes the name or the external reference ID of a group.
    GROUPS_UPDATE = "groups.update" PATCH "/v1/groups/{group_id}"
        path ["group_id"] query [] body ["external_reference_id", "name"]
        -> "Group", retry Idempotent;

    /// Replaces the roster of a group; the sync runs after the response.
    SYNC_SUBMIT = "groups.members.sync.submit" POST "/v1/groups/{group_id}/members/sync"
        path ["group_id"] query [] body ["members"]
        -> "SyncReceipt", retry Idempotent;

    /// Retrieves the status of a submitted roster.
    SYNC_RETRIEVE = "groups.members.sync.retrieve"
        GET "/v1/groups/{group_id}/members/sync/{request_id}"
        path ["group_id", "request_id"] query [] body []
        -> "SyncState", retry Idempotent;

    /// Lists the plans linked to the organization, page by page.
    PLANS_LIST = "plans.list" GET "/v1/plans"
        path [] query ["limit", "page"] body []
        -> "Plan" paginated, retry Idempotent;
}

/// Finds an operation by name.
///
/// ```
/// assert!(vitable_groups::operation::find("groups.delete").is_none());
/// ```
pub fn find(name: &str) -> Option<&'static Operation> {
    ALL.iter().copied().find(|operation| operation.name == name)
}
