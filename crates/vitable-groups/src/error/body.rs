//! Parses the bodies of error responses; accepts any body.

use serde_json::Value;

/// The contents of an error response.
///
/// ```
/// use vitable_groups::ErrorBody;
///
/// let flat = ErrorBody::read(br#"{"message": "Group not found", "app_error_code": "not_found"}"#);
/// assert_eq!(flat.message.as_deref(), Some("Group not found"));
/// assert_eq!(flat.code.as_deref(), Some("not_found"));
///
/// let nested = ErrorBody::read(br#"{"error": {"code": "unauthorized", "message": "Invalid key"}}"#);
/// assert_eq!(nested.code.as_deref(), Some("unauthorized"));
///
/// let page = ErrorBody::read(b"<html>Bad gateway</html>");
/// assert_eq!(page.message, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorBody {
    /// Human-readable message.
    pub message: Option<String>,
    /// Machine-readable code.
    pub code: Option<String>,
    /// Trace ID, for the vendor's support.
    pub trace_id: Option<String>,
}

impl ErrorBody {
    /// Parses any body; fields it does not have are `None`.
    pub fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let error = body.get("error");
        let nested = error.and_then(Value::as_object);
        let inner = |key| nested.and_then(|error| text(error.get(key)));
        Self {
            message: inner("message").or_else(|| text(body.get("message"))).or_else(|| text(error)),
            code: inner("code").or_else(|| text(body.get("app_error_code"))),
            trace_id: text(body.get("trace_id")).or_else(|| inner("trace_id")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn vectors() {
        type Text = Option<&'static str>;
        let cases: &[(&[u8], Text, Text, Text)] = &[
            (
                br#"{"timestamp":"t","message":"m","error":"e","app_error_code":"c","trace_id":"x"}"#,
                Some("m"),
                Some("c"),
                Some("x"),
            ),
            (br#"{"error":"e","app_error_code":null}"#, Some("e"), None, None),
            (br#"{"error":{"code":"c","message":"m"}}"#, Some("m"), Some("c"), None),
            (br#"{"error":{},"message":"m"}"#, Some("m"), None, None),
            (br#"{"message":7,"error":[]}"#, None, None, None),
            (br#"{"message":"m"#, None, None, None),
            (b"<html></html>", None, None, None),
            (b"", None, None, None),
            (b"\xff\xfe\x00", None, None, None),
            (b"[1]", None, None, None),
        ];
        for (body, message, code, trace) in cases {
            let read = ErrorBody::read(body);
            assert_eq!(read.message.as_deref(), *message);
            assert_eq!(read.code.as_deref(), *code);
            assert_eq!(read.trace_id.as_deref(), *trace);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body: Vec<u8>) {
            ErrorBody::read(&body);
        }
    }
}
