//! Named values, inserted into requests and captured from results.

use serde_json::{Map, Value};

/// The named values of a scenario: from `values.json`, from the runner, and captured ones.
#[derive(Clone, Default)]
pub struct Values(Map<String, Value>);

impl Values {
    /// The values of `values.json`.
    pub fn new(values: Map<String, Value>) -> Self {
        Self(values)
    }

    /// Sets a value.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// Replaces `${name}` by values and `$member` by rows.
    pub fn fill(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => self.fill_text(text)?,
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let mut filled = Map::new();
                if let Some(reference_id) = fields.get("$member") {
                    filled.extend(
                        self.0
                            .get("member")
                            .and_then(Value::as_object)
                            .cloned()
                            .unwrap_or_default(),
                    );
                    filled.insert("reference_id".to_owned(), self.fill(reference_id)?);
                }
                for (name, field) in fields.iter().filter(|(name, _)| *name != "$member") {
                    filled.insert(name.clone(), self.fill(field)?);
                }
                if fields.contains_key("$member") {
                    return self.fill(&Value::Object(filled));
                }
                Value::Object(filled)
            }
            other => other.clone(),
        })
    }

    /// Fills in the fields of an object.
    pub fn fill_object(&self, fields: &Map<String, Value>) -> Result<Value, String> {
        self.fill(&Value::Object(fields.clone()))
    }

    /// A text that consists of one `${name}` becomes the value itself, of any type.
    fn fill_text(&self, text: &str) -> Result<Value, String> {
        let lookup = |name: &str| self.0.get(name).ok_or_else(|| format!("no value ${{{name}}}"));
        let mut rest = text;
        let mut filled = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else { break };
            let value = lookup(name)?;
            if before.is_empty() && after.is_empty() && filled.is_empty() {
                return Ok(value.clone());
            }
            filled.push_str(before);
            filled.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            rest = after;
        }
        filled.push_str(rest);
        Ok(Value::String(filled))
    }
}
