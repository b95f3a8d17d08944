//! Checks that a success response has the envelope of its operation. A body without a list is never
//! treated as an empty list.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::decode::{decode, with_response};
use super::response::RawResponse;
use crate::error::{Error, ErrorKind};
use crate::operation;
use vitable_groups_model::{Envelope, PageBody};

impl RawResponse {
    /// Checks a response that is not decoded here, as [`Client::execute`](crate::Client::execute)
    /// does; for bindings, which decode some responses themselves. `data` must be a list for a
    /// paginated operation, or else an object. A body whose content type is not JSON passes, unless
    /// the operation is paginated.
    ///
    /// ```no_run
    /// use vitable_groups::{Client, RawResponse};
    ///
    /// fn read(response: RawResponse) -> Result<usize, vitable_groups::Error> {
    ///     Ok(response.checked("groups.list")?.data.len())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::ResponseValidation`].
    pub fn checked(self, operation: &str) -> Result<Self, Error> {
        let Some(definition) = operation::find(operation) else { return Ok(self) };
        let expected = if definition.paginated { Kind::List } else { Kind::Object };
        let passes = if let Some(kind) = data_kind(&self.data) {
            kind == expected
        } else {
            let is_blank = self.data.iter().all(u8::is_ascii_whitespace);
            !definition.paginated && !is_blank && !self.is_json()
        };
        if passes {
            return Ok(self);
        }
        let error = match expected {
            Kind::List => decode::<PageBody<IgnoredAny>>(&self.data).err(),
            _ => decode::<Envelope<serde_json::Map<String, Value>>>(&self.data).err(),
        };
        Err(with_response(error.unwrap_or_else(unexpected_body), self, operation))
    }

    fn is_json(&self) -> bool {
        let header = self.metadata.headers.get(CONTENT_TYPE);
        let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = text.split(';').next().unwrap_or_default().trim();
        kind.to_ascii_lowercase().ends_with("json")
    }
}

/// The error for a body that is JSON, but has another shape.
pub(crate) fn unexpected_body() -> Error {
    Error::new(ErrorKind::ResponseValidation, "the response body is not what the operation returns")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Object,
    List,
    Other,
}

/// The kind of value under `data`; `None` if the text before it is not JSON. Stops there, as decoding
/// the body will read the rest.
fn data_kind(body: &Bytes) -> Option<Kind> {
    let found = Cell::new(None);
    let mut text = serde_json::Deserializer::from_slice(body);
    // Stopping early is an error, which does not matter once the kind is known.
    let _ = FindData { found: &found, is_top: true }.deserialize(&mut text);
    found.get()
}

struct FindData<'a> {
    found: &'a Cell<Option<Kind>>,
    is_top: bool,
}

impl FindData<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "what a visitor returns")]
    fn note<E>(&self, kind: Kind) -> Result<(), E> {
        self.found.set(Some(if self.is_top { Kind::Other } else { kind }));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for FindData<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FindData<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if !self.is_top {
            return self.note(Kind::Object);
        }
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "data" {
                return map.next_value_seed(FindData { found: self.found, is_top: false });
            }
            map.next_value::<IgnoredAny>()?;
        }
        self.note(Kind::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.note(Kind::List)
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.note(Kind::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.note(Kind::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.note(Kind::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.note(Kind::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.note(Kind::Other)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.note(Kind::Other)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, StatusCode};
    use proptest::prelude::*;

    use super::*;
    use crate::call::Metadata;

    fn response(body: &str, content_type: &'static str) -> RawResponse {
        let url = "https://x.example/".parse().unwrap();
        let mut metadata = Metadata::new(Method::POST, url, StatusCode::OK);
        metadata.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        RawResponse::new(Bytes::copy_from_slice(body.as_bytes()), metadata)
    }

    #[test]
    fn data_must_match_the_operation() {
        let cases: &[(&str, bool, bool)] = &[
            (r#"{"data": []}"#, true, false),
            (r#"{"pagination": {"page": [1]}, "more": null, "data": [{"id": "a"}]}"#, true, false),
            (r#"{"data": {}}"#, false, true),
            (r#" {"extra": [[{}]], "data": {"id": "a"}} "#, false, true),
            // Decoding will find the error in the rest.
            (r#"{"data": [{"id""#, true, false),
            (r#"{"data": {"id": "a"}, "#, false, true),
            (r#"{"data": null}"#, false, false),
            (r#"{"data": "x"}"#, false, false),
            (r#"{"data": 7}"#, false, false),
            (r#"{"data": -7}"#, false, false),
            (r#"{"data": 7.5}"#, false, false),
            (r#"{"data": true}"#, false, false),
            (r#"{"message": "maintenance"}"#, false, false),
            ("{}", false, false),
            ("[]", false, false),
            (r#"[{"data": []}]"#, false, false),
            ("null", false, false),
            ("true", false, false),
            ("7", false, false),
            (r#""data""#, false, false),
            ("", false, false),
            (" \n", false, false),
            ("<html>", false, false),
            (r#"{"data""#, false, false),
        ];
        for (body, is_page, is_resource) in cases {
            let passes = |operation| {
                let checked = response(body, "application/json").checked(operation);
                if let Err(error) = &checked {
                    assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{body}");
                    assert!(error.outcome_unknown() && error.body().is_some(), "{body}");
                }
                checked.is_ok()
            };
            assert_eq!(passes("groups.list"), *is_page, "{body}");
            assert_eq!(passes("plans.list"), *is_page, "{body}");
            assert_eq!(passes("groups.create"), *is_resource, "{body}");
            assert!(passes("post"), "{body}");
        }
    }

    #[test]
    fn other_content_types_pass_unless_the_operation_is_paginated() {
        let passes = |body, operation| response(body, "text/html").checked(operation).is_ok();
        assert!(passes("<html>", "groups.retrieve"));
        assert!(!passes("<html>", "groups.list"));
        assert!(!passes("", "groups.retrieve"));
        assert!(!passes("[]", "groups.retrieve"));
        assert!(passes(r#"{"data": {}}"#, "groups.retrieve"));
    }

    proptest! {
        #[test]
        fn any_body_is_checked(body: Vec<u8>) {
            let _ = data_kind(&body.into());
        }
    }
}
