//! Member syncs: receipt, state and results.

use std::time::SystemTime;

use serde_json::json;
use vitable_groups::model as core;

use super::field::Extra;
use super::timestamp::time;
use crate::error::NativeError;
use crate::response::response;

/// The receipt of a submission: the sync is accepted, not yet completed.
///
/// Keep `request_id`: the API cannot list syncs, so a lost ID cannot be recovered.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct SyncReceipt {
    /// `grpmsr_...`, opaque.
    pub request_id: String,
    /// The group whose roster is replaced.
    pub group_id: String,
    /// When the server accepted the sync.
    pub accepted_at: Option<SystemTime>,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::SyncReceipt> for SyncReceipt {
    fn from(receipt: core::SyncReceipt) -> Self {
        let nulls = [("accepted_at", receipt.accepted_at.is_null())];
        Self {
            request_id: receipt.request_id,
            group_id: receipt.group_id,
            accepted_at: time(receipt.accepted_at),
            extra: Extra::from(receipt.extra).with_nulls(nulls),
        }
    }
}

response!(NativeSyncReceipt, SyncReceipt);

/// The current state of a sync.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncState {
    /// `grpmsr_...`, opaque.
    pub request_id: String,
    /// The group whose roster is replaced.
    pub group_id: String,
    /// When the server accepted the sync.
    pub accepted_at: Option<SystemTime>,
    /// When the sync completed; none before.
    pub completed_at: Option<SystemTime>,
    /// Whether the sync has completed. Individual rows may still have failed.
    pub is_completed: bool,
    /// The results; none until the sync has completed.
    pub results: Option<SyncResults>,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::SyncState> for SyncState {
    fn from(state: core::SyncState) -> Self {
        let nulls = [
            ("accepted_at", state.accepted_at.is_null()),
            ("completed_at", state.completed_at.is_null()),
            ("results", state.results.is_null()),
        ];
        Self {
            is_completed: state.is_completed(),
            request_id: state.request_id,
            group_id: state.group_id,
            accepted_at: time(state.accepted_at),
            completed_at: time(state.completed_at),
            results: state.results.into_value().map(SyncResults::from),
            extra: Extra::from(state.extra).with_nulls(nulls),
        }
    }
}

response!(NativeSyncState, SyncState);

/// The members added and removed, and the rows that failed. Unchanged and updated members are not
/// listed.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncResults {
    /// IDs of the memberships that began, `grpmbr_...`.
    pub added_group_member_ids: Vec<String>,
    /// IDs of the memberships that ended, `grpmbr_...`.
    pub removed_group_member_ids: Vec<String>,
    /// The rows that failed; all others were applied.
    pub failures: Vec<SyncFailure>,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::SyncResults> for SyncResults {
    fn from(results: core::SyncResults) -> Self {
        Self {
            added_group_member_ids: results.added_group_member_ids,
            removed_group_member_ids: results.removed_group_member_ids,
            failures: results.failures.into_iter().map(SyncFailure::from).collect(),
            extra: results.extra.into(),
        }
    }
}

impl SyncResults {
    /// The core builds results only from the API's JSON, so this goes through JSON as well.
    pub(crate) fn into_core(self) -> Result<core::SyncResults, NativeError> {
        let failures: Vec<_> = self
            .failures
            .iter()
            .map(|failure| {
                let operation = match &failure.operation {
                    SyncOperation::Add => "add",
                    SyncOperation::Remove => "remove",
                    SyncOperation::Unknown { value } => value,
                };
                json!({
                    "reference_id": failure.reference_id,
                    "operation": operation,
                    "reason": failure.reason,
                })
            })
            .collect();
        serde_json::from_value(json!({
            "added_group_member_ids": self.added_group_member_ids,
            "removed_group_member_ids": self.removed_group_member_ids,
            "failures": failures,
        }))
        .map_err(|_| NativeError::internal("the sync results could not be decoded"))
    }
}

/// A row that failed.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncFailure {
    /// The member's reference ID.
    pub reference_id: String,
    /// The operation that failed.
    pub operation: SyncOperation,
    /// Why it failed, human-readable; do not branch on it.
    pub reason: String,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl From<core::SyncFailure> for SyncFailure {
    fn from(failure: core::SyncFailure) -> Self {
        Self {
            reference_id: failure.reference_id,
            operation: failure.operation.into(),
            reason: failure.reason,
            extra: failure.extra.into(),
        }
    }
}

/// What a sync did with a row. Values unknown to this version are preserved.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SyncOperation {
    /// Add the member to the group.
    Add,
    /// End the member's subscription.
    Remove,
    /// A value unknown to this version.
    Unknown {
        /// The API's value.
        value: String,
    },
}

impl From<core::SyncOperation> for SyncOperation {
    fn from(operation: core::SyncOperation) -> Self {
        match operation {
            core::SyncOperation::Add => Self::Add,
            core::SyncOperation::Remove => Self::Remove,
            other => Self::Unknown { value: other.as_str().to_owned() },
        }
    }
}
