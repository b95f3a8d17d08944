//! What the state of a sync says about its completion.

use super::models::SyncState;

impl SyncState {
    /// Whether the request has completed. Single rows may have failed: see `results.failures`.
    ///
    /// ```
    /// use vitable_groups::model::SyncState;
    ///
    /// let state: SyncState =
    ///     serde_json::from_str(r#"{"request_id": "grpmsr_1", "completed_at": null}"#)?;
    /// assert!(!state.is_completed());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_completed(&self) -> bool {
        self.completed_at.value().is_some()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use crate::models::{Group, SyncFailure, SyncOperation, SyncReceipt, SyncResults};

    #[test]
    fn results_without_failures_are_an_error() {
        // Nothing would say that no row failed.
        let read = serde_json::from_str::<SyncResults>;
        let whole =
            r#"{"added_group_member_ids": [], "removed_group_member_ids": [], "failures": []}"#;
        assert_eq!(read(whole).unwrap(), SyncResults::default());
        for text in [
            r#"{"added_group_member_ids": [], "removed_group_member_ids": []}"#,
            r#"{"added_group_member_ids": [], "failures": []}"#,
            r#"{"removed_group_member_ids": [], "failures": []}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_receipt_needs_its_id_only() {
        assert!(serde_json::from_str::<SyncReceipt>(r#"{"group_id": "grp_1"}"#).is_err());
        let receipt: SyncReceipt = serde_json::from_str(r#"{"request_id": "grpmsr_1"}"#).unwrap();
        assert!(receipt.group_id.is_empty() && receipt.accepted_at.is_absent());
    }

    #[test]
    fn a_missing_field_is_not_null() {
        let group: Group = serde_json::from_str(r#"{"id": "grp_1", "created_at": null}"#).unwrap();
        assert!(group.created_at.is_null() && group.updated_at.is_absent());
        assert!(group.organization_id.is_absent() && group.name.is_empty());
    }

    #[test]
    fn unknown_operations_are_kept() {
        let failure: SyncFailure =
            serde_json::from_str(r#"{"reference_id": "EMP-1", "operation": "pause"}"#).unwrap();
        assert_eq!(failure.operation, SyncOperation::Unknown("pause".into()));
        assert_eq!(serde_json::to_string(&failure.operation).unwrap(), r#""pause""#);
        let failure: SyncFailure = serde_json::from_str(r#"{"reference_id": "EMP-1"}"#).unwrap();
        assert_eq!(failure.operation.as_str(), "");
    }
}
