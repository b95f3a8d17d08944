//! Handles of sync requests.

use vitable_groups_model::SyncReceipt;

/// Identifies a sync request; any process can use it to wait for the sync.
///
/// ```
/// use vitable_groups::SyncHandle;
///
/// let handle = SyncHandle::new("grp_1", "grpmsr_1");
/// assert_eq!(handle.request_id, "grpmsr_1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct SyncHandle {
    /// The group ID, `grp_...`.
    pub group_id: String,
    /// The request ID, `grpmsr_...`.
    pub request_id: String,
}

impl SyncHandle {
    /// Creates a handle.
    pub fn new(group_id: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self { group_id: group_id.into(), request_id: request_id.into() }
    }
}

impl From<&SyncReceipt> for SyncHandle {
    fn from(receipt: &SyncReceipt) -> Self {
        Self::new(&receipt.group_id, &receipt.request_id)
    }
}

impl From<SyncReceipt> for SyncHandle {
    fn from(receipt: SyncReceipt) -> Self {
        Self::new(receipt.group_id, receipt.request_id)
    }
}
