//! Pages: the parameters of a list, and a page's position.

use vitable_groups::model as core;

use super::field::Extra;

/// Parameters of a list.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct ListParams {
    /// Items per page, 1 to 100; the server's default is 20.
    #[uniffi(default)]
    pub limit: Option<i64>,
    /// The page to start at, from 1.
    #[uniffi(default)]
    pub page: Option<i64>,
    /// How many pages to fetch concurrently once the total is known; they are still returned in
    /// order. 0 fetches each page on demand.
    #[uniffi(default = 0)]
    pub prefetch: i32,
}

/// A page's position in its list; any field may be missing.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Pagination {
    /// The page number, from 1.
    pub page: Option<i64>,
    /// Items per page.
    pub limit: Option<i64>,
    /// The total number of items.
    pub total: Option<i64>,
    /// The total number of pages.
    pub total_pages: Option<i64>,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::Pagination> for Pagination {
    fn from(pagination: core::Pagination) -> Self {
        let nulls = [
            ("page", pagination.page.is_null()),
            ("limit", pagination.limit.is_null()),
            ("total", pagination.total.is_null()),
            ("total_pages", pagination.total_pages.is_null()),
        ];
        Self {
            page: pagination.page.into_value(),
            limit: pagination.limit.into_value(),
            total: pagination.total.into_value(),
            total_pages: pagination.total_pages.into_value(),
            extra: Extra::from(pagination.extra).with_nulls(nulls),
        }
    }
}
