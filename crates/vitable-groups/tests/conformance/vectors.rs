//! Decisions that cannot be watched in real time: pure functions, by vectors.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::format;
use crate::report::Group;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema")]
    _schema: String,
    group: String,
    function: String,
    #[serde(rename = "about")]
    _about: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    input: Value,
    output: Value,
}

/// Plays the vectors of one file.
pub(crate) fn play(path: &Path) -> Result<Group, String> {
    let file: File = format::read(path)?;
    let mut group = Group::new(format!("vectors/{}", file.group));
    for vector in file.vectors {
        group.add(
            &vector.name,
            Err(format!("no function {} {} {}", file.function, vector.input, vector.output)),
        );
    }
    Ok(group)
}
