//! The parameters of lists.

use serde::Serialize;

/// Parameters of `groups().list`: the page to start at and its size.
///
/// ```
/// use vitable_groups::model::GroupListParams;
///
/// let params = GroupListParams::new().limit(100).page(2);
/// assert_eq!((params.limit, params.page), (Some(100), Some(2)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupListParams {
    /// Items per page, 1 to 100; the server's default is 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The page to start at, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
}

impl GroupListParams {
    /// The first page, at the server's default size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the items per page.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// Sets the page to start at.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page.into());
        self
    }
}

/// Parameters of `plans().list`; plans are paginated like groups.
///
/// ```
/// let params = vitable_groups::model::PlanListParams::new().limit(100);
/// ```
pub type PlanListParams = GroupListParams;
