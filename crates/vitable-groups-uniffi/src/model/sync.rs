//! Member syncs: the receipt, the state, the results.

use std::time::SystemTime;

use serde_json::json;
use vitable_groups::model as core;

use super::{Extra, time};
use crate::error::NativeError;
use crate::response::response;

/// The answer to a submission: accepted, not done.
///
/// Keep `request_id`: the API lists no requests, so a lost one cannot be found again.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct SyncReceipt {
    /// `grpmsr_...`, opaque.
    pub request_id: String,
    /// The group whose roster is replaced.
    pub group_id: String,
    /// When the server took it.
    pub accepted_at: Option<SystemTime>,
    /// Fields that this version does not know.
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

/// What became of a sync request so far.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncState {
    /// `grpmsr_...`, opaque.
    pub request_id: String,
    /// The group whose roster is replaced.
    pub group_id: String,
    /// When the server took it.
    pub accepted_at: Option<SystemTime>,
    /// Set once the request is done.
    pub completed_at: Option<SystemTime>,
    /// Whether the request is done, which is not the same as every row having worked.
    pub is_completed: bool,
    /// Set once the request is done.
    pub results: Option<SyncResults>,
    /// Fields that this version does not know.
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

/// Who was added, who was removed, what failed. Unchanged and updated members are in none.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncResults {
    /// Memberships that began, `grpmbr_...`.
    pub added_group_member_ids: Vec<String>,
    /// Memberships that ended, `grpmbr_...`.
    pub removed_group_member_ids: Vec<String>,
    /// Rows that did not work; the others did.
    pub failures: Vec<SyncFailure>,
    /// Fields that this version does not know.
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
    /// The core's results are made from the API's JSON only, so they are made from it here too.
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
        .map_err(|_| NativeError::internal("the results of a sync could not be read back"))
    }
}

/// One row that did not work.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncFailure {
    /// The caller's identifier of the member.
    pub reference_id: String,
    /// What was tried.
    pub operation: SyncOperation,
    /// For people; never branch on it.
    pub reason: String,
    /// Fields that this version does not know.
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

/// What a sync tried to do with a row. Values unknown to this version are kept.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SyncOperation {
    /// Add the member to the group.
    Add,
    /// End the member's subscription.
    Remove,
    /// A value this version does not know.
    Unknown {
        /// As the API wrote it.
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
