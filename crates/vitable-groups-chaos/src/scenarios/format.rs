//! The scenario files, parsed strictly: a misspelled key is an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A file of scenarios about one subject.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(rename = "$schema")]
    _schema: String,
    /// The name of the subject, which is that of the file.
    pub group: String,
    #[serde(rename = "about")]
    _about: String,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
}

/// One scenario.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name, unique within the file.
    pub name: String,
    #[serde(default)]
    /// What is prepared.
    pub(super) given: Given,
    /// The calls.
    pub(super) steps: Vec<Step>,
    #[serde(default)]
    /// What is true in the end.
    pub(super) then: Then,
}

/// What is prepared before the first step.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Given {
    pub(super) client: Map<String, Value>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) settings: Option<Value>,
    pub(super) seed: Option<Value>,
    pub(super) faults: Vec<Value>,
}

/// A call and what it reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) call: String,
    #[serde(default)]
    pub(super) params: Map<String, Value>,
    #[serde(default)]
    pub(super) options: Map<String, Value>,
    pub(super) save: Option<String>,
    #[serde(default)]
    pub(super) cancel: bool,
    #[serde(default)]
    pub(super) expect: Expect,
}

/// What a call reports.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Expect {
    #[serde(deserialize_with = "present")]
    pub(super) result: Option<Value>,
    pub(super) error: Option<Value>,
    pub(super) meta: Option<Value>,
    pub(super) before: Option<Value>,
    pub(super) progress: Option<Value>,
}

/// The requests and the state in the end.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Then {
    pub(super) requests: Option<Value>,
    pub(super) state: Option<Value>,
}

/// Distinguishes an explicit null from a missing key.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

/// The folder of the scenarios.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

/// The scenario files of a folder, sorted by name.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            !matches!(name, "schema.json" | "values.json" | "coverage.json")
        })
        .collect();
    paths.sort();
    Ok(paths)
}

/// Parses a JSON file.
pub fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let name = path.file_name().unwrap_or_default().display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}
