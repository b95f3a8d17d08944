//! A call, ready to be sent: an operation with its parameters.

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
use crate::operation::{self, Operation, RetrySafety};

/// The characters not percent-encoded in a path segment: RFC 3986 `pchar`.
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

/// The characters not percent-encoded in a query name or value.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call that has not been sent.
///
/// Typed methods create calls; bindings create them by operation.
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
    pub(crate) retry_safety: RetrySafety,
    pub(crate) options: RequestOptions,
}

impl Call {
    /// A call of an operation, with path parameters in the order of the template.
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
            retry_safety: operation.retry_safety,
            options,
        })
    }

    /// A call of an endpoint that is not modeled. The path starts with `/` and is appended to the
    /// base URL, or is an absolute URL with the same origin; it is sent unchanged.
    pub fn raw(
        method: Method,
        path: impl Into<String>,
        options: RequestOptions,
    ) -> Result<Self, Error> {
        let path = path.into();
        let name = method.as_str().to_lowercase();
        if !path.contains("://") {
            check_dot_segments(&path).map_err(|error| error.with_operation(&name))?;
        }
        // A raw path may contain IDs, so it cannot be logged as a template.
        Ok(Self {
            name: Cow::Owned(name),
            method,
            template: Cow::Borrowed("(raw)"),
            path,
            query: Vec::new(),
            body: None,
            retry_safety: RetrySafety::Idempotent,
            options,
        })
    }

    /// Whether a transport may send the call twice without a retry of the caller's. A roster that is
    /// submitted twice loses its outcome. For an unknown endpoint, the method decides.
    pub(crate) fn is_idempotent(&self) -> bool {
        let by_operation = || match operation::find(&self.name) {
            Some(operation) => operation.retry_window().is_none(),
            None => self.method.is_idempotent(),
        };
        self.method.is_safe() || self.retry_safety == RetrySafety::Idempotent && by_operation()
    }

    /// Adds query parameters; a later one replaces an earlier one with the same name.
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

    /// Serializes a value as the JSON body, with the body fields of the options applied.
    pub fn with_json(self, body: &impl Serialize) -> Result<Self, Error> {
        let not_json = |error: serde_json::Error| {
            let message = format!("the body cannot be serialized as JSON: {error}");
            Error::new(ErrorKind::InvalidArgument, message)
        };
        if self.options.body.is_empty() {
            let bytes = serde_json::to_vec(body).map_err(not_json)?;
            return Ok(self.with_body(bytes));
        }
        let mut value = serde_json::to_value(body).map_err(not_json)?;
        if let Value::Object(fields) = &mut value {
            for (name, extra) in &self.options.body {
                match extra {
                    Some(extra) => drop(fields.insert(name.clone(), extra.clone())),
                    None => fields.retain(|field, _| field != name),
                }
            }
        }
        let bytes = serde_json::to_vec(&value).map_err(not_json)?;
        Ok(self.with_body(bytes))
    }

    /// Sets the body to serialized JSON.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The operation's name; for raw calls, the method in lowercase.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, with its parameters.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of a body field, if the body is an object that has it.
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
        return Err(invalid(format!("the path requires {}", operation.path_params.join(", "))));
    }
    let length: usize = values.iter().map(|value| value.len()).sum();
    let mut path = String::with_capacity(operation.path.len() + length);
    let mut rest = operation.path;
    for (name, value) in operation.path_params.iter().zip(values) {
        if value.trim().is_empty() {
            return Err(invalid(format!("`{name}` is empty; pass the ID returned by the API")));
        }
        if is_dot_segment(value) {
            return Err(invalid(dot_segment_message(value)));
        }
        // Parameters are in the order of the template.
        let (before, from) = rest.split_once('{').unwrap_or((rest, ""));
        let (_, after) = from.split_once('}').unwrap_or(("", from));
        path.push_str(before);
        path.extend(utf8_percent_encode(value, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// Whether a URL parser would treat a segment as `.` or `..` and so reach another endpoint.
fn is_dot_segment(segment: &str) -> bool {
    if segment.len() > "%2e%2e".len() {
        return false;
    }
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

fn dot_segment_message(segment: &str) -> String {
    format!("the path has a dot-segment (`{segment}`), which would reach another endpoint")
}

fn check_dot_segments(path: &str) -> Result<(), Error> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match path.split(['/', '\\']).find(|segment| is_dot_segment(segment)) {
        Some(segment) => Err(Error::new(ErrorKind::InvalidArgument, dot_segment_message(segment))),
        None => Ok(()),
    }
}

/// Sets or removes a query parameter; an existing one keeps its position.
pub(crate) fn set_query(query: &mut Vec<(String, String)>, name: String, value: Option<String>) {
    match (query.iter().position(|(existing, _)| *existing == name), value) {
        (Some(index), Some(value)) => {
            if let Some(pair) = query.get_mut(index) {
                pair.1 = value;
            }
        }
        (Some(index), None) => {
            query.remove(index);
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
    fn errors_name_the_empty_id() {
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
    fn body_options_add_and_remove_fields() {
        let options = RequestOptions::new().body("tier", 2).omit_body("name");
        let call = Call::new(&operation::GROUPS_CREATE, &[], options).unwrap();
        let call = call.with_json(&serde_json::json!({"a": 1, "name": "n", "z": 2})).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&call.body.unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({"a": 1, "z": 2, "tier": 2}));
    }

    #[test]
    fn later_query_parameters_replace_earlier_ones() {
        let call = Call::raw(Method::GET, "/x", RequestOptions::new()).unwrap();
        let call = call.with_query([("limit", 1), ("page", 2), ("limit", 3)]);
        assert_eq!(encode_query(&call.query), "limit=3&page=2");
    }
}
