//! The body of a member sync submission.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::row::{AddressRow, Patch, Row};
use super::{MAX_TEXT, Violation, object, required_text, values, within_length};

/// The maximum number of rows in one request.
const MAX_ROWS: usize = 5_000;

/// Parses `{"members": [...]}`.
pub(crate) fn roster(body: &[u8], today: Date) -> Result<Vec<Row>, Violation> {
    let mut object = object(body)?;
    match object.remove("members") {
        None | Some(Value::Null) => Err(Violation::at("members", "is required")),
        Some(Value::Array(members)) if members.len() > MAX_ROWS => {
            Err(Violation::at("members", "must have at most 5000 rows"))
        }
        Some(Value::Array(members)) => rows(&members, today),
        Some(_) => Err(Violation::at("members", "must be an array")),
    }
}

fn rows(members: &[Value], today: Date) -> Result<Vec<Row>, Violation> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(members.len());
    let mut rows = Vec::with_capacity(members.len());
    for (index, member) in members.iter().enumerate() {
        let path = format!("members[{index}]");
        let Value::Object(fields) = member else {
            return Err(Violation::at(&path, "must be an object"));
        };
        let reference_id = required_text(fields, &path, "reference_id")?;
        if let Some(Value::String(text)) = fields.get("reference_id")
            && let Some(first) = seen.insert(text, index)
        {
            let rule = format!("duplicates members[{first}].reference_id");
            return Err(Violation::at(&format!("{path}.reference_id"), &rule));
        }
        rows.push(row(reference_id, fields, &path, today)?);
    }
    Ok(rows)
}

fn row(
    reference_id: String,
    fields: &Map<String, Value>,
    path: &str,
    today: Date,
) -> Result<Row, Violation> {
    Ok(Row {
        reference_id,
        first_name: required_text(fields, path, "first_name")?,
        last_name: required_text(fields, path, "last_name")?,
        date_of_birth: checked(fields, path, "date_of_birth", |text| {
            values::date_of_birth(text, today)
        })?,
        plan_id: plan_id(fields, path)?,
        address: address(fields, path)?,
        phone: patch(fields, path, "phone", values::phone)?,
        email: patch(fields, path, "email", |text| values::email(text).map(|()| text.to_owned()))?,
    })
}

/// Any non-empty text: whether the plan exists is checked when the sync is processed.
fn plan_id(fields: &Map<String, Value>, path: &str) -> Result<String, Violation> {
    match fields.get("plan_id") {
        Some(Value::String(text)) if text.chars().count() > MAX_TEXT => Ok(text.clone()),
        _ => required_text(fields, path, "plan_id"),
    }
}

fn address(fields: &Map<String, Value>, path: &str) -> Result<AddressRow, Violation> {
    let path = format!("{path}.address");
    let address = match fields.get("address") {
        None => return Err(Violation::at(&path, "is required")),
        Some(Value::Object(address)) => address,
        Some(_) => return Err(Violation::at(&path, "must be an object")),
    };
    Ok(AddressRow {
        address_line_1: required_text(address, &path, "address_line_1")?,
        address_line_2: patch(address, &path, "address_line_2", |text| {
            within_length(text).map(|()| text.to_owned())
        })?,
        city: required_text(address, &path, "city")?,
        state: checked(address, &path, "state", values::state)?,
        zipcode: checked(address, &path, "zipcode", values::zipcode)?,
    })
}

fn checked(
    fields: &Map<String, Value>,
    path: &str,
    key: &str,
    rule: impl Fn(&str) -> Result<(), &'static str>,
) -> Result<String, Violation> {
    let text = required_text(fields, path, key)?;
    rule(&text).map_err(|rule| Violation::at(&format!("{path}.{key}"), rule))?;
    Ok(text)
}

/// A value that may be absent or null.
fn patch(
    fields: &Map<String, Value>,
    path: &str,
    key: &str,
    read: impl Fn(&str) -> Result<String, &'static str>,
) -> Result<Patch, Violation> {
    match fields.get(key) {
        None => Ok(Patch::Keep),
        Some(Value::Null) => Ok(Patch::Clear),
        Some(Value::String(text)) => {
            read(text).map(Patch::Set).map_err(|rule| Violation::at(&format!("{path}.{key}"), rule))
        }
        Some(_) => Err(Violation::at(&format!("{path}.{key}"), "must be a string or null")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 1, 15);

    fn member() -> Value {
        json!({
            "reference_id": "EMP-001", "first_name": "Jane", "last_name": "Doe",
            "date_of_birth": "1990-05-15", "plan_id": "pln_1",
            "address": {"address_line_1": "1 Main", "city": "X", "state": "CA", "zipcode": "94102"},
        })
    }

    fn check(members: &Value) -> Result<Vec<Row>, String> {
        let body = json!({ "members": members }).to_string();
        roster(body.as_bytes(), TODAY).map_err(|violation| violation.0)
    }

    #[test]
    fn a_valid_row_is_parsed() {
        let mut full = member();
        full["phone"] = json!("(415) 555-0100");
        full["email"] = json!(null);
        full["something"] = json!({"unknown": true});
        let rows = check(&json!([full])).unwrap();
        assert_eq!(rows[0].phone, Patch::Set("4155550100".to_owned()));
        assert_eq!(rows[0].email, Patch::Clear);
        assert_eq!(rows[0].address.address_line_2, Patch::Keep);
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Row>>(&text).unwrap(), rows);
        assert_eq!(check(&json!([])), Ok(vec![]));
    }

    #[test]
    fn every_violation_names_the_path() {
        let long = "x".repeat(256);
        for (key, value, want) in [
            ("reference_id", json!(""), "members[1].reference_id: must not be empty"),
            (
                "reference_id",
                json!("EMP-001"),
                "members[1].reference_id: duplicates members[0].reference_id",
            ),
            (
                "reference_id",
                json!(long),
                "members[1].reference_id: must have at most 255 characters",
            ),
            ("first_name", json!(null), "members[1].first_name: must be a string"),
            ("last_name", json!(""), "members[1].last_name: must not be empty"),
            (
                "date_of_birth",
                json!("15/05/1990"),
                "members[1].date_of_birth: must be a date, YYYY-MM-DD",
            ),
            (
                "date_of_birth",
                json!("2026-01-16"),
                "members[1].date_of_birth: must not be in the future",
            ),
            ("plan_id", json!(""), "members[1].plan_id: must not be empty"),
            ("phone", json!("1"), "members[1].phone: must be a US phone number of ten digits"),
            ("phone", json!(4), "members[1].phone: must be a string or null"),
            ("email", json!("jane"), "members[1].email: must be an email address"),
            ("address", json!([]), "members[1].address: must be an object"),
            ("address", json!({}), "members[1].address.address_line_1: is required"),
        ] {
            let mut second = member();
            second["reference_id"] = json!("EMP-002");
            second[key] = value;
            assert_eq!(check(&json!([member(), second])), Err(want.to_owned()));
        }
        for (key, value, want) in [
            (
                "state",
                "XX",
                "members[0].address.state: must be a two-letter USPS state or territory code",
            ),
            ("zipcode", "9410", "members[0].address.zipcode: must be five digits or ZIP+4"),
            ("city", "", "members[0].address.city: must not be empty"),
            (
                "address_line_2",
                long.as_str(),
                "members[0].address.address_line_2: must have at most 255 characters",
            ),
        ] {
            let mut one = member();
            one["address"][key] = json!(value);
            assert_eq!(check(&json!([one])), Err(want.to_owned()));
        }
    }

    #[test]
    fn members_must_be_an_array_of_bounded_length() {
        assert_eq!(check(&json!(null)), Err("members: is required".to_owned()));
        assert_eq!(roster(b"{}", TODAY).unwrap_err().0, "members: is required");
        assert_eq!(check(&json!({})), Err("members: must be an array".to_owned()));
        assert_eq!(check(&json!([1])), Err("members[0]: must be an object".to_owned()));
        let many = vec![member(); 5_001];
        assert_eq!(check(&json!(many)), Err("members: must have at most 5000 rows".to_owned()));
    }

    #[test]
    fn references_are_compared_exactly() {
        let mut other = member();
        other["reference_id"] = json!("emp-001");
        let mut spaced = member();
        spaced["reference_id"] = json!("EMP-001 ");
        assert_eq!(check(&json!([member(), other, spaced])).unwrap().len(), 3);
    }
}
