//! Runs `manifest`.

use serde_json::Value;
use vitable_groups::binding::manifest;

use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output};

const COLUMNS: &[Column] = &[
    Column::new("name", "Operation"),
    Column::new("method", "Method"),
    Column::new("path", "Path"),
    Column::new("retry_safety", "Retry safety"),
    Column::new("summary", "Summary"),
];

/// JSON and YAML contain the whole manifest; the other formats list its operations.
#[expect(clippy::unnecessary_wraps, reason = "every command returns this type")]
pub(crate) fn run(out: &mut Output) -> Result<Exit, Failure> {
    let manifest = manifest();
    let operations =
        manifest.get("operations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    out.document(&Document::part(COLUMNS, operations, &manifest));
    Ok(Exit::Success)
}
