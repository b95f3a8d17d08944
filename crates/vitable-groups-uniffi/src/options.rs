//! Options of a single call.

use std::collections::HashMap;
use std::fmt;

use vitable_groups as core;
use vitable_groups::model::Field;

use crate::error::NativeError;
use crate::number::non_negative;
use crate::time::TimeLimit;

/// Options of one call; unset options come from the client. Header, query and body values are not
/// printed.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RequestOptions {
    /// Time limit of one attempt, including the body.
    #[uniffi(default)]
    pub timeout: Option<TimeLimit>,
    /// Time limit for establishing a connection.
    #[uniffi(default)]
    pub connect_timeout: Option<TimeLimit>,
    /// Time limit of the whole call, including retries, waits and pages.
    #[uniffi(default)]
    pub deadline: Option<TimeLimit>,
    /// Maximum number of retries.
    #[uniffi(default)]
    pub max_retries: Option<i32>,
    /// Headers to set, or to omit if null; names are case-insensitive.
    #[uniffi(default)]
    pub headers: HashMap<String, Option<String>>,
    /// Query parameters to set, or to omit if null.
    #[uniffi(default)]
    pub query: HashMap<String, Option<String>>,
    /// Body fields to set, as JSON, or to omit if null.
    #[uniffi(default)]
    pub body: HashMap<String, Option<String>>,
    /// The idempotency key of a write; random by default.
    #[uniffi(default)]
    pub idempotency_key: Option<String>,
    /// The organization to act as, `org_...`.
    #[uniffi(default)]
    pub organization: Option<String>,
    /// Whether a raw call may use an absolute URL of another origin; credentials are never sent
    /// there.
    #[uniffi(default = false)]
    pub allow_other_origin: bool,
}

impl fmt::Display for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<T>(pairs: &HashMap<String, T>) -> Vec<&String> {
            let mut names: Vec<_> = pairs.keys().collect();
            names.sort();
            names
        }
        f.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("headers", &names(&self.headers))
            .field("query", &names(&self.query))
            .field("body", &names(&self.body))
            .finish_non_exhaustive()
    }
}

impl RequestOptions {
    pub(crate) fn into_core(self) -> Result<core::RequestOptions, NativeError> {
        let mut options = core::RequestOptions::new().allow_other_origin(self.allow_other_origin);
        for (name, given, option) in [
            ("timeout", self.timeout, &mut options.timeout),
            ("connect_timeout", self.connect_timeout, &mut options.connect_timeout),
            ("deadline", self.deadline, &mut options.deadline),
        ] {
            if let Some(limit) = given {
                *option = limit.limit(name)?.map_or(Field::Null, Field::Value);
            }
        }
        let retries = self.max_retries.map(|retries| non_negative("max_retries", retries.into()));
        options.max_retries = retries.transpose()?;
        options.headers = sorted(self.headers);
        options.query = sorted(self.query);
        for (name, text) in sorted(self.body) {
            options.body.push((name.clone(), text.map(|text| json(&name, &text)).transpose()?));
        }
        options.idempotency_key = self.idempotency_key;
        options.organization = self.organization;
        Ok(options)
    }
}

/// Sorts a map by key, so that requests are deterministic.
pub(crate) fn sorted<T>(map: HashMap<String, T>) -> Vec<(String, T)> {
    let mut pairs: Vec<_> = map.into_iter().collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

fn json(name: &str, text: &str) -> Result<serde_json::Value, NativeError> {
    serde_json::from_str(text).map_err(|_| {
        NativeError::invalid(format!("body field `{name}` is not valid JSON; strings need quotes"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_printed() {
        let options = RequestOptions {
            headers: HashMap::from([("X-Token".to_owned(), Some("hunter2".to_owned()))]),
            body: HashMap::from([("note".to_owned(), Some("\"Jane\"".to_owned()))]),
            ..RequestOptions::default()
        };
        let text = options.to_string();
        assert!(text.contains("X-Token") && text.contains("note"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("Jane"), "{text}");
    }

    #[test]
    fn an_invalid_body_field_is_named() {
        let body = HashMap::from([("tier".to_owned(), Some("gold".to_owned()))]);
        let error = RequestOptions { body, ..RequestOptions::default() }.into_core().unwrap_err();
        assert!(error.to_string().contains("`tier`"), "{error}");
    }
}
