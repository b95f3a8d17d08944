//! Member syncs: receipts, states and results.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::Field;
use super::macros::model;
use super::timestamp::Timestamp;

model! {
    /// The receipt for a submission: accepted, not yet completed.
    ///
    /// Keep `request_id`: the API cannot list requests, so a lost ID cannot be recovered.
    ///
    /// ```
    /// use vitable_groups::model::SyncReceipt;
    ///
    /// let receipt: SyncReceipt = serde_json::from_str(
    ///     r#"{"request_id": "grpmsr_1", "group_id": "grp_1", "accepted_at": "2026-01-15T10:30:00Z"}"#,
    /// )?;
    /// assert_eq!(receipt.request_id, "grpmsr_1");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug)]
    pub struct SyncReceipt {
        /// `grpmsr_...`, opaque.
        request_id required: String,
        /// The group whose roster is replaced.
        group_id: String,
        /// When the server accepted the submission.
        accepted_at: Field<Timestamp>,
    }
}

model! {
    /// The status of a sync request.
    ///
    /// ```
    /// use vitable_groups::model::SyncState;
    ///
    /// let state: SyncState = serde_json::from_str(
    ///     r#"{"request_id": "grpmsr_1", "group_id": "grp_1", "completed_at": null, "results": null}"#,
    /// )?;
    /// assert!(!state.is_completed());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug)]
    pub struct SyncState {
        /// `grpmsr_...`, opaque.
        request_id required: String,
        /// The group whose roster is replaced.
        group_id: String,
        /// When the server accepted the submission.
        accepted_at: Field<Timestamp>,
        /// Set once the request has completed, `null` before.
        completed_at: Field<Timestamp>,
        /// Set once the request has completed, `null` before.
        results: Field<SyncResults>,
    }
}

impl SyncState {
    /// Whether the request has completed. Single rows may have failed: see `results.failures`.
    pub fn is_completed(&self) -> bool {
        self.completed_at.value().is_some()
    }
}

model! {
    /// Members added and removed, and failures. Updated and unchanged members are not listed.
    ///
    /// ```
    /// use vitable_groups::model::SyncResults;
    ///
    /// let results: SyncResults = serde_json::from_str(
    ///     r#"{"added_group_member_ids": ["grpmbr_1"], "removed_group_member_ids": [], "failures": []}"#,
    /// )?;
    /// assert_eq!(results.added_group_member_ids.len(), 1);
    /// // Without `failures`, nothing says that no row failed.
    /// assert!(serde_json::from_str::<SyncResults>(r#"{"added_group_member_ids": []}"#).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug, Default)]
    pub struct SyncResults {
        /// Memberships that began, `grpmbr_...`.
        added_group_member_ids required: Vec<String>,
        /// Memberships that ended, `grpmbr_...`.
        removed_group_member_ids required: Vec<String>,
        /// Rows that failed; all others were applied.
        failures required: Vec<SyncFailure>,
    }
}

model! {
    /// A row that failed.
    ///
    /// ```
    /// use vitable_groups::model::{SyncFailure, SyncOperation};
    ///
    /// let failure: SyncFailure = serde_json::from_str(
    ///     r#"{"reference_id": "EMP-002", "operation": "add", "reason": "Invalid plan_id"}"#,
    /// )?;
    /// assert_eq!(failure.operation, SyncOperation::Add);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug)]
    pub struct SyncFailure {
        /// The caller's identifier of the member.
        reference_id required: String,
        /// The operation that failed.
        operation: SyncOperation,
        /// Human-readable reason; do not branch on it.
        reason: String,
    }
}

/// The operation of a sync on a row. Values unknown to this version are kept.
///
/// ```
/// use vitable_groups::model::SyncOperation;
///
/// let operation: SyncOperation = serde_json::from_str(r#""pause""#)?;
/// assert_eq!(operation, SyncOperation::Unknown("pause".into()));
/// assert_eq!(serde_json::to_string(&operation)?, r#""pause""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SyncOperation {
    /// Add the member to the group.
    Add,
    /// End the member's subscription.
    Remove,
    /// A value this version does not know.
    Unknown(String),
}

impl SyncOperation {
    /// The values this version knows, as the API writes them.
    pub const KNOWN: &'static [&'static str] = &["add", "remove"];

    /// The value as the API writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Unknown(text) => text,
        }
    }
}

impl Default for SyncOperation {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl From<String> for SyncOperation {
    fn from(text: String) -> Self {
        match text.as_str() {
            "add" => Self::Add,
            "remove" => Self::Remove,
            _ => Self::Unknown(text),
        }
    }
}

impl fmt::Display for SyncOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for SyncOperation {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SyncOperation {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input).map(Self::from)
    }
}

impl super::macros::Present for SyncOperation {}
