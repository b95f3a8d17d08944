//! A call, ready to be sent: an operation with its parameters put in place.

pub(crate) mod decode;
mod envelope;
pub(crate) mod headers;
mod options;
mod random;
mod response;

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

pub use options::RequestOptions;
pub use random::random_id;
pub use response::{Metadata, RawResponse, Response};

use crate::error::{Error, ErrorKind};
use crate::operation::{self, Operation, Replay};

/// What stays as it is in a path segment: RFC 3986 `pchar`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// What stays as it is in a query name or value.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call that has not been sent.
///
/// Typed methods make these; bindings make them by the name of an operation.
///
/// ```
/// use vitable_groups::{Call, RequestOptions, operation};
///
/// let call = Call::new(&operation::GROUPS_RETRIEVE, &["grp/1"], RequestOptions::new())?;
/// assert_eq!(call.path(), "/v1/groups/grp%2F1");
/// assert!(Call::new(&operation::GROUPS_RETRIEVE, &[".."], RequestOptions::new()).is_err());
/// # Ok::<(), vitable_groups::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) name: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) replay: Replay,
    pub(crate) options: RequestOptions,
}

impl Call {
    /// A call of an operation, with its path parameters in the order of the template.
    pub fn new(
        operation: &'static Operation,
        path_params: &[&str],
        options: RequestOptions,
    ) -> Result<Self, Error> {
        let path = fill(operation, path_params)?;
        Ok(Self {
            name: Cow::Borrowed(operation.name),
            method: operation.method.clone(),
            template: Cow::Borrowed(operation.path),
            path,
            query: Vec::new(),
            body: None,
            replay: operation.replay,
            options,
        })
    }

    /// A call of an endpoint that is not modelled. The path starts with `/` and is below the base
    /// URL's path, or is an absolute URL of the same origin; it is sent as it is.
    pub fn raw(
        method: Method,
        path: impl Into<String>,
        options: RequestOptions,
    ) -> Result<Self, Error> {
        let path = path.into();
        let name = method.as_str().to_lowercase();
        if !path.contains("://") {
            check_dots(&path).map_err(|error| error.with_operation(&name))?;
        }
        // A raw path may hold ids; the template of an unknown endpoint is unknown.
        Ok(Self {
            name: Cow::Owned(name),
            method,
            template: Cow::Borrowed("(raw)"),
            path,
            query: Vec::new(),
            body: None,
            replay: Replay::Free,
            options,
        })
    }

    /// Whether a transport may send it twice by itself, even where the caller wants no retries. A roster
    /// that is submitted twice loses its outcome. An unknown endpoint is judged by its method.
    pub(crate) fn is_idempotent(&self) -> bool {
        let by_operation = || match operation::find(&self.name) {
            Some(operation) => operation.retry_window().is_none(),
            None => self.method.is_idempotent(),
        };
        self.method.is_safe() || self.replay == Replay::Free && by_operation()
    }

    /// Adds query parameters; a later one of the same name replaces an earlier one.
    #[must_use]
    pub fn with_query<K: Into<String>, V: ToString>(
        mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        for (name, value) in pairs {
            set_query(&mut self.query, name.into(), Some(value.to_string()));
        }
        self
    }

    /// Sets the body to a value, as compact JSON, with the options' body fields put in.
    pub fn with_json(self, body: &impl Serialize) -> Result<Self, Error> {
        let unfit = |error: serde_json::Error| {
            Error::new(ErrorKind::InvalidArgument, format!("the body is not JSON: {error}"))
        };
        if self.options.body.is_empty() {
            let bytes = serde_json::to_vec(body).map_err(unfit)?;
            return Ok(self.with_body(bytes));
        }
        let mut value = serde_json::to_value(body).map_err(unfit)?;
        if let Value::Object(fields) = &mut value {
            for (name, extra) in &self.options.body {
                match extra {
                    Some(extra) => fields.insert(name.clone(), extra.clone()),
                    None => fields.shift_remove(name),
                };
            }
        }
        let bytes = serde_json::to_vec(&value).map_err(unfit)?;
        Ok(self.with_body(bytes))
    }

    /// Sets the body to bytes that are JSON already.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The operation's name; for raw calls the verb.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The verb.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The finished path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a body field, if the body is an object that has it.
    pub(crate) fn body_text(&self, field: &str) -> Option<String> {
        match serde_json::from_slice(self.body.as_deref()?).ok()? {
            Value::Object(mut fields) => match fields.remove(field)? {
                Value::String(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

fn fill(operation: &Operation, values: &[&str]) -> Result<String, Error> {
    let invalid = |message: String| {
        Error::new(ErrorKind::InvalidArgument, message).with_operation(operation.name)
    };
    if values.len() != operation.path_params.len() {
        return Err(invalid(format!("the path takes {}", operation.path_params.join(", "))));
    }
    let length: usize = values.iter().map(|value| value.len()).sum();
    let mut path = String::with_capacity(operation.path.len() + length);
    let mut rest = operation.path;
    for (name, value) in operation.path_params.iter().zip(values) {
        if value.trim().is_empty() {
            return Err(invalid(format!("`{name}` is empty; pass the id the API gave you")));
        }
        if is_dots(value) {
            return Err(invalid(dots(value)));
        }
        // Parameters come in the order of the template.
        let (before, from) = rest.split_once('{').unwrap_or((rest, ""));
        let (_, after) = from.split_once('}').unwrap_or(("", from));
        path.push_str(before);
        path.extend(utf8_percent_encode(value, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// Whether a URL parser would take a segment for `.` or `..` and so reach another endpoint.
fn is_dots(segment: &str) -> bool {
    if segment.len() > "%2e%2e".len() {
        return false;
    }
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

fn dots(segment: &str) -> String {
    format!("the path has a dot-segment (`{segment}`), which would reach another endpoint")
}

fn check_dots(path: &str) -> Result<(), Error> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match path.split(['/', '\\']).find(|segment| is_dots(segment)) {
        Some(segment) => Err(Error::new(ErrorKind::InvalidArgument, dots(segment))),
        None => Ok(()),
    }
}

/// Sets or removes a query parameter, keeping the place of the first one of its name.
pub(crate) fn set_query(query: &mut Vec<(String, String)>, name: String, value: Option<String>) {
    match (query.iter().position(|(known, _)| *known == name), value) {
        (Some(place), Some(value)) => {
            if let Some(pair) = query.get_mut(place) {
                pair.1 = value;
            }
        }
        (Some(place), None) => {
            query.remove(place);
        }
        (None, Some(value)) => query.push((name, value)),
        (None, None) => {}
    }
}

pub(crate) fn encode_query(query: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in query {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, QUERY));
        text.push('=');
        text.extend(utf8_percent_encode(value, QUERY));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation;

    #[test]
    fn path_parameters_are_encoded_as_segments() {
        let call = |id: &str| Call::new(&operation::GROUPS_RETRIEVE, &[id], RequestOptions::new());
        for (id, path) in [
            ("a/b?c#d é%20", "/v1/groups/a%2Fb%3Fc%23d%20%C3%A9%2520"),
            (".hidden", "/v1/groups/.hidden"),
            ("...", "/v1/groups/..."),
            ("-._~!$&'()*+,;=:@", "/v1/groups/-._~!$&'()*+,;=:@"),
            ("{request_id}", "/v1/groups/%7Brequest_id%7D"),
        ] {
            assert_eq!(call(id).unwrap().path, path);
        }
        for id in ["", " ", ".", "..", "%2e", "%2E."] {
            assert_eq!(call(id).unwrap_err().kind(), ErrorKind::InvalidArgument, "{id:?}");
        }
    }

    #[test]
    fn empty_ids_are_rejected_and_named() {
        let error = Call::new(&operation::SYNC_RETRIEVE, &["grp_1", ""], RequestOptions::new())
            .unwrap_err();
        assert!(error.to_string().contains("`request_id` is empty"), "{error}");
    }

    #[test]
    fn dot_segments_in_raw_paths_are_rejected() {
        for path in ["/v1/../x", "/v1/%2E%2e/x", "/v1/.", "/v1\\..\\x"] {
            assert!(Call::raw(Method::GET, path, RequestOptions::new()).is_err(), "{path}");
        }
        assert!(Call::raw(Method::GET, "/v1/x?up=..", RequestOptions::new()).is_ok());
    }

    #[test]
    fn body_extras_are_put_in_and_taken_out() {
        let options = RequestOptions::new().body("tier", 2).omit_body("name");
        let call = Call::new(&operation::GROUPS_CREATE, &[], options).unwrap();
        let call = call.with_json(&serde_json::json!({"a": 1, "name": "n", "z": 2})).unwrap();
        assert_eq!(call.body.unwrap(), r#"{"a":1,"z":2,"tier":2}"#);
    }

    #[test]
    fn later_query_parameters_replace_earlier_ones() {
        let call = Call::raw(Method::GET, "/x", RequestOptions::new()).unwrap();
        let call = call.with_query([("limit", 1), ("page", 2), ("limit", 3)]);
        assert_eq!(encode_query(&call.query), "limit=3&page=2");
    }
}
