//! The result of one call, as reported by the caller.

use serde::Deserialize;
use serde_json::Value;

/// One record of the ledger. Result, error and meta have the format of the shared scenarios.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Record {
    /// The step.
    pub id: usize,
    /// The result of the call.
    #[serde(default)]
    pub result: Value,
    /// The library's error, if one was raised instead.
    #[serde(default)]
    pub error: Option<ErrorRecord>,
    /// The type and text of any other exception.
    #[serde(default)]
    pub foreign: Option<String>,
    /// Metadata of a successful call, where the language provides it.
    #[serde(default)]
    pub meta: Option<Meta>,
    /// Duration of the call, by a monotonic clock.
    pub elapsed_ms: f64,
}

/// An error of the library.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ErrorRecord {
    /// The code of its kind, as in the manifest.
    pub kind: String,
    /// Its text.
    #[serde(default)]
    pub text: String,
    /// Its operation.
    #[serde(default)]
    pub operation: Option<String>,
    /// The status of the response.
    #[serde(default)]
    pub status: Option<u16>,
    /// Whether the server may have applied the write.
    #[serde(default)]
    pub outcome_unknown: bool,
    /// The sync in progress, if there is one.
    #[serde(default)]
    pub sync: Option<Value>,
    /// Structured details; if the guard blocked the call, the kind says why.
    #[serde(default)]
    pub details: Option<Value>,
    /// Every attempt.
    #[serde(default)]
    pub attempts: Vec<Value>,
}

/// Metadata of a successful call.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Meta {
    /// Whether a lookup found that a create had been applied.
    #[serde(default)]
    pub recovered: bool,
    /// Every attempt.
    #[serde(default)]
    pub attempts: Vec<Value>,
}
