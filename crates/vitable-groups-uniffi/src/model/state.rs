//! The state of a sync, which says whether it has completed, and results that hosts pass back.

use std::time::SystemTime;

use serde_json::json;
use vitable_groups::model as core;

use super::field::Extra;
use super::generated::SyncResults;
use super::timestamp::time;
use crate::error::NativeError;

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

impl SyncResults {
    /// The core builds results only from the API's JSON, so this goes through JSON as well.
    pub(crate) fn into_core(self) -> Result<core::SyncResults, NativeError> {
        let failures: Vec<_> = self
            .failures
            .iter()
            .map(|failure| {
                let operation = core::SyncOperation::from(failure.operation.clone());
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
