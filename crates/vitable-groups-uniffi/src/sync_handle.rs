//! Handles of syncs.

use vitable_groups as core;

/// Identifies a sync, so that any process can wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct SyncHandle {
    /// The ID of the group, `grp_...`.
    pub group_id: String,
    /// The ID of the sync request, `grpmsr_...`.
    pub request_id: String,
}

impl From<&core::SyncHandle> for SyncHandle {
    fn from(handle: &core::SyncHandle) -> Self {
        let core::SyncHandle { group_id, request_id, .. } = handle.clone();
        Self { group_id, request_id }
    }
}

impl From<SyncHandle> for core::SyncHandle {
    fn from(handle: SyncHandle) -> Self {
        Self::new(handle.group_id, handle.request_id)
    }
}
