//! Response envelopes: pages and single resources.

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::macros::model;

model! {
    /// The position of a page in its list; any field may be missing.
    ///
    /// ```
    /// use vitable_groups::model::Pagination;
    ///
    /// let meta: Pagination = serde_json::from_str(r#"{"page": 1, "total_pages": 3}"#)?;
    /// assert_eq!(meta.total_pages.value(), Some(&3));
    /// assert!(meta.total.is_absent());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug, Default)]
    pub struct Pagination {
        /// This page's number, from 1.
        page: Field<i64>,
        /// Items per page.
        limit: Field<i64>,
        /// Items in all pages.
        total: Field<i64>,
        /// The number of pages.
        total_pages: Field<i64>,
    }
}

/// One page as the API sends it.
///
/// ```
/// use vitable_groups::model::{PageBody, Plan};
///
/// let page: PageBody<Plan> = serde_json::from_str(r#"{"data": [{"id": "pln_1"}]}"#)?;
/// assert!(page.pagination.is_absent());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageBody<T> {
    /// The items of this page. A body without `data` is an error, not an empty page.
    pub data: Vec<T>,
    /// The position of the page in its list.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub pagination: Field<Pagination>,
}

/// A single resource as the API sends it.
///
/// ```
/// use vitable_groups::model::{Envelope, Group};
///
/// let body: Envelope<Group> = serde_json::from_str(r#"{"data": {"id": "grp_1"}}"#)?;
/// assert_eq!(body.data.id, "grp_1");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// The resource.
    pub data: T,
}
