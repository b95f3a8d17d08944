//! Groups and the parameters of their operations.

use serde::Serialize;

use super::field::Field;
use super::macros::model;
use super::timestamp::Timestamp;

model! {
    /// A named container of members, owned by one organization.
    ///
    /// ```
    /// use vitable_groups::model::Group;
    ///
    /// let group: Group = serde_json::from_str(
    ///     r#"{"id": "grp_1", "name": "Tier 1", "external_reference_id": "t1", "created_at": null}"#,
    /// )?;
    /// assert_eq!(group.name, "Tier 1");
    /// assert!(group.created_at.is_null() && group.updated_at.is_absent());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug)]
    pub struct Group {
        /// `grp_...`, opaque.
        id required: String,
        /// The organization that owns the group, `org_...`.
        organization_id: Field<String>,
        /// At most 255 characters.
        name: String,
        /// The caller's own identifier, unique within the organization; at most 255 characters.
        external_reference_id: String,
        /// When the group was created.
        created_at: Field<Timestamp>,
        /// When the group was last changed.
        updated_at: Field<Timestamp>,
    }
}

/// Parameters of `groups().create`.
///
/// ```
/// use vitable_groups::model::GroupCreateParams;
///
/// let params = GroupCreateParams::new("tier-1", "Tier 1");
/// assert_eq!(params.external_reference_id, "tier-1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupCreateParams {
    /// The caller's own identifier, unique within the organization; 1 to 255 characters.
    pub external_reference_id: String,
    /// 1 to 255 characters.
    pub name: String,
}

impl GroupCreateParams {
    /// Parameters with both required fields.
    pub fn new(external_reference_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { external_reference_id: external_reference_id.into(), name: name.into() }
    }
}

/// Parameters of `groups().update`; only the fields that are set change.
///
/// ```
/// use vitable_groups::model::GroupUpdateParams;
///
/// assert_eq!(serde_json::to_string(&GroupUpdateParams::new())?, "{}");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupUpdateParams {
    /// A new external reference ID.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub external_reference_id: Field<String>,
    /// A new name.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
}

impl GroupUpdateParams {
    /// Parameters that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Field::Value(name.into());
        self
    }

    /// Changes the external reference ID.
    #[must_use]
    pub fn external_reference_id(mut self, reference_id: impl Into<String>) -> Self {
        self.external_reference_id = Field::Value(reference_id.into());
        self
    }
}

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
