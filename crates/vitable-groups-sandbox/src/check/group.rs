//! The bodies of group requests.

use serde_json::{Map, Value};

use super::{Violation, object, required_text};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewGroup {
    pub(crate) name: String,
    pub(crate) external_reference_id: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GroupChange {
    pub(crate) name: Option<String>,
    pub(crate) external_reference_id: Option<String>,
}

pub(crate) fn new_group(body: &[u8]) -> Result<NewGroup, Violation> {
    let object = object(body)?;
    Ok(NewGroup {
        name: required_text(&object, "", "name")?,
        external_reference_id: required_text(&object, "", "external_reference_id")?,
    })
}

/// An empty body changes nothing; neither does a null.
pub(crate) fn update_group(body: &[u8]) -> Result<GroupChange, Violation> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(GroupChange::default());
    }
    let object = object(body)?;
    Ok(GroupChange {
        name: changed(&object, "name")?,
        external_reference_id: changed(&object, "external_reference_id")?,
    })
}

fn changed(object: &Map<String, Value>, key: &str) -> Result<Option<String>, Violation> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => required_text(object, "", key).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T, Violation>) -> String {
        result.unwrap_err().0
    }

    #[test]
    fn the_first_violation_is_reported() {
        assert_eq!(message(new_group(b"{}")), "name: is required");
        assert_eq!(message(new_group(br#"{"name": 5}"#)), "name: must be a string");
        assert_eq!(message(new_group(br#"{"name": ""}"#)), "name: must not be empty");
        assert_eq!(message(new_group(br#"{"name": "a"}"#)), "external_reference_id: is required");
        let long = format!(r#"{{"name": "{}", "external_reference_id": "r"}}"#, "é".repeat(256));
        assert_eq!(message(new_group(long.as_bytes())), "name: must have at most 255 characters");
        let fits = format!(r#"{{"name": "{}", "external_reference_id": "r"}}"#, "é".repeat(255));
        assert!(new_group(fits.as_bytes()).is_ok());
    }

    #[test]
    fn bodies_other_than_objects_are_rejected() {
        for body in [&b"[]"[..], b"null", b"1", b"\"a\""] {
            assert_eq!(message(new_group(body)), "The body must be a JSON object");
        }
        assert!(message(new_group(b"")).starts_with("The body is not valid JSON"));
        assert!(message(new_group(b"{\"name\": \"\xff\"}")).starts_with("The body is not valid"));
    }

    #[test]
    fn an_update_may_be_empty() {
        for body in [&b""[..], b" \n", b"{}", br#"{"name": null, "external_reference_id": null}"#] {
            assert_eq!(update_group(body), Ok(GroupChange::default()));
        }
        assert_eq!(message(update_group(br#"{"name": ""}"#)), "name: must not be empty");
        assert_eq!(message(update_group(b"null")), "The body must be a JSON object");
    }
}
