//! The scenario files, parsed strictly: a misspelled key is an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A file of scenarios about one subject.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "$schema")]
    pub(crate) _schema: String,
    pub(crate) group: String,
    #[serde(rename = "about")]
    pub(crate) _about: String,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) given: Given,
    pub(crate) steps: Vec<Step>,
    #[serde(default)]
    pub(crate) then: Then,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Given {
    pub(crate) client: Map<String, Value>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) settings: Option<Value>,
    pub(crate) seed: Option<Value>,
    pub(crate) faults: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) call: String,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    #[serde(default)]
    pub(crate) options: Map<String, Value>,
    pub(crate) save: Option<String>,
    #[serde(default)]
    pub(crate) cancel: bool,
    #[serde(default)]
    pub(crate) expect: Expect,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(deserialize_with = "present")]
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<Value>,
    pub(crate) meta: Option<Value>,
    pub(crate) before: Option<Value>,
    pub(crate) progress: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Then {
    pub(crate) requests: Option<Value>,
    pub(crate) state: Option<Value>,
}

/// Distinguishes an explicit null from a missing key.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

/// The folder of the scenarios.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

/// The scenario files of a folder, sorted by name.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
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
pub(crate) fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let name = path.file_name().unwrap_or_default().display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}
