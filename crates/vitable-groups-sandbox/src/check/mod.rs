//! Request validation, which runs before anything is changed.
//!
//! Only the first violation is reported. A message starts with the path of the value and never
//! contains the value itself, which may be health data.

mod group;
mod query;
mod roster;
mod row;
mod values;

pub(crate) use group::{new_group, update_group};
pub(crate) use query::paging;
pub(crate) use roster::roster;
pub(crate) use row::{Patch, Row};

use serde_json::{Map, Value};

/// The message of the first violated rule.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation(pub(crate) String);

impl Violation {
    pub(crate) fn at(path: &str, rule: &str) -> Self {
        Self(format!("{path}: {rule}"))
    }
}

/// The maximum length of a text field, in characters.
const MAX_TEXT: usize = 255;

fn object(body: &[u8]) -> Result<Map<String, Value>, Violation> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Violation("The body must be a JSON object".to_owned())),
        Err(error) => Err(Violation(format!(
            "The body is not valid JSON (line {}, column {})",
            error.line(),
            error.column()
        ))),
    }
}

/// A required text of 1 to 255 characters.
fn required_text(object: &Map<String, Value>, path: &str, key: &str) -> Result<String, Violation> {
    let path = || join(path, key);
    match object.get(key) {
        None => Err(Violation::at(&path(), "is required")),
        Some(Value::String(text)) if text.is_empty() => {
            Err(Violation::at(&path(), "must not be empty"))
        }
        Some(Value::String(text)) => {
            within_length(text).map_err(|rule| Violation::at(&path(), rule))?;
            Ok(text.clone())
        }
        Some(_) => Err(Violation::at(&path(), "must be a string")),
    }
}

fn within_length(text: &str) -> Result<(), &'static str> {
    if text.chars().count() > MAX_TEXT { Err("must have at most 255 characters") } else { Ok(()) }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
