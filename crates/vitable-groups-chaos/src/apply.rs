//! A guarded sync, as a step of a plan.

use serde::Serialize;
use serde_json::Value;

/// A guarded sync.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "as in tests/scenarios/README.md")]
pub struct Apply {
    pub group_id: String,
    pub members: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "is_default")]
    pub first_sync: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub guard: GuardOptions,
    pub poll_ms: u64,
    pub deadline_ms: u64,
}

/// Limits on what the roster may remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "as in tests/scenarios/README.md")]
pub struct GuardOptions {
    #[serde(skip_serializing_if = "is_default")]
    pub allow_empty: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_removals: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub allow_new_reference_ids: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
