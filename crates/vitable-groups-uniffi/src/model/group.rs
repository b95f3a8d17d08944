//! Groups, plans, and the parameters of their operations.

use std::time::SystemTime;

use vitable_groups::model as core;

use super::field::{Extra, Field};
use super::timestamp::time;
use crate::response::response;

/// A named container of members, owned by one organization.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Group {
    /// `grp_...`, opaque.
    pub id: String,
    /// The organization that owns the group, `org_...`.
    pub organization_id: Option<String>,
    /// At most 255 characters.
    pub name: String,
    /// The caller's own identifier, unique within the organization; at most 255 characters.
    pub external_reference_id: String,
    /// When the group was created.
    pub created_at: Option<SystemTime>,
    /// When the group was last updated.
    pub updated_at: Option<SystemTime>,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::Group> for Group {
    fn from(group: core::Group) -> Self {
        let nulls = [
            ("organization_id", group.organization_id.is_null()),
            ("created_at", group.created_at.is_null()),
            ("updated_at", group.updated_at.is_null()),
        ];
        Self {
            id: group.id,
            organization_id: group.organization_id.into_value(),
            name: group.name,
            external_reference_id: group.external_reference_id,
            created_at: time(group.created_at),
            updated_at: time(group.updated_at),
            extra: Extra::from(group.extra).with_nulls(nulls),
        }
    }
}

response!(NativeGroup, Group);

/// A benefit plan linked to the organization; members refer to it by ID.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Plan {
    /// `pln_...`, opaque.
    pub id: String,
    /// The display name.
    pub name: String,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::Plan> for Plan {
    fn from(plan: core::Plan) -> Self {
        Self { id: plan.id, name: plan.name, extra: plan.extra.into() }
    }
}

/// Parameters for creating a group.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct GroupCreateParams {
    /// The caller's own identifier, unique within the organization; 1 to 255 characters.
    pub external_reference_id: String,
    /// 1 to 255 characters.
    pub name: String,
}

impl From<GroupCreateParams> for core::GroupCreateParams {
    fn from(params: GroupCreateParams) -> Self {
        Self::new(params.external_reference_id, params.name)
    }
}

/// Parameters for updating a group; absent fields are left unchanged.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct GroupUpdateParams {
    /// The new external reference ID.
    pub external_reference_id: Field,
    /// The new name.
    pub name: Field,
}

impl From<GroupUpdateParams> for core::GroupUpdateParams {
    fn from(params: GroupUpdateParams) -> Self {
        let mut update = Self::new();
        update.external_reference_id = params.external_reference_id.into();
        update.name = params.name.into();
        update
    }
}

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
