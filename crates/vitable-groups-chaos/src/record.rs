//! What a caller was told about one call.

use serde::Deserialize;
use serde_json::Value;

/// One line of the ledger. Result, error and meta have the form of the shared scenarios.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Record {
    /// The step.
    pub id: usize,
    /// What came back.
    #[serde(default)]
    pub result: Value,
    /// The error of the library that was raised instead.
    #[serde(default)]
    pub error: Option<ErrorRecord>,
    /// Anything else that was raised: its type and text.
    #[serde(default)]
    pub foreign: Option<String>,
    /// Facts on a call that was done, where the language gives them.
    #[serde(default)]
    pub meta: Option<Meta>,
    /// By a monotonic clock, around the call.
    pub elapsed_ms: f64,
}

/// An error of the library.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ErrorRecord {
    /// Its kind, by the code of the manifest.
    pub kind: String,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// The operation it names.
    #[serde(default)]
    pub operation: Option<String>,
    /// The status of the answer.
    #[serde(default)]
    pub status: Option<u16>,
    /// Whether the server may have done it all the same.
    #[serde(default)]
    pub outcome_unknown: bool,
    /// The sync that is under way, if one is.
    #[serde(default)]
    pub sync: Option<Value>,
    /// What was found wrong, as data: of a refusal its kind.
    #[serde(default)]
    pub details: Option<Value>,
    /// Every attempt that was made.
    #[serde(default)]
    pub attempts: Vec<Value>,
}

/// Facts on a call that was done.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Meta {
    /// Whether a create was found done.
    #[serde(default)]
    pub recovered: bool,
    /// Every attempt that was made.
    #[serde(default)]
    pub attempts: Vec<Value>,
}
