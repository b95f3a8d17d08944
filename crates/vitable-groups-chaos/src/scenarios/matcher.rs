//! Compares actual values with expected ones.

use regex::Regex;
use serde_json::{Map, Value};

use super::values::Values;

/// Compares values and captures named ones; the error describes the first difference.
pub fn check(
    expected: &Value,
    actual: Option<&Value>,
    path: &str,
    values: &mut Values,
) -> Result<(), String> {
    match expected {
        Value::Object(fields) if fields.keys().any(|key| key.starts_with('$')) => fields
            .iter()
            .try_for_each(|(rule, argument)| apply(rule, argument, actual, path, values)),
        Value::Object(fields) => match actual {
            Some(Value::Object(got)) => fields.iter().try_for_each(|(name, field)| {
                check(field, got.get(name), &format!("{path}.{name}"), values)
            }),
            _ => differ(expected, actual, path),
        },
        Value::Array(items) => match actual {
            Some(Value::Array(got)) if got.len() == items.len() => {
                items.iter().zip(got).enumerate().try_for_each(|(index, (item, got))| {
                    check(item, Some(got), &format!("{path}[{index}]"), values)
                })
            }
            Some(Value::Array(got)) => Err(format!(
                "{path}: expected {} items, got {}: {}",
                items.len(),
                got.len(),
                Value::Array(got.clone())
            )),
            _ => differ(expected, actual, path),
        },
        Value::String(_) => {
            let filled = values.fill(expected)?;
            let same = actual.is_some_and(|actual| same(&filled, actual));
            if same { Ok(()) } else { differ(&filled, actual, path) }
        }
        plain if actual.is_some_and(|actual| same(plain, actual)) => Ok(()),
        plain => differ(plain, actual, path),
    }
}

/// 1 and 1.0 are the same number.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected.as_f64(), actual.as_f64()) {
        (Some(expected), Some(actual)) => (expected - actual).abs() < 1e-9,
        _ => expected == actual,
    }
}

fn differ(expected: &Value, actual: Option<&Value>, path: &str) -> Result<(), String> {
    let actual = actual.map_or_else(|| "nothing".to_owned(), Value::to_string);
    Err(format!("{path}: expected {expected}, got {actual}"))
}

fn apply(
    rule: &str,
    argument: &Value,
    actual: Option<&Value>,
    path: &str,
    values: &mut Values,
) -> Result<(), String> {
    let matches = match rule {
        "$absent" => actual.is_none() == (argument == true),
        "$present" => actual.is_some() == (argument == true),
        "$type" => actual.is_some_and(|actual| argument == type_of(actual)),
        "$all" => {
            let all = argument.as_array().ok_or_else(|| format!("{path}: $all needs a list"))?;
            return all.iter().try_for_each(|one| check(one, actual, path, values));
        }
        "$regex" => {
            let pattern = argument.as_str().unwrap_or_default();
            let pattern = Regex::new(pattern).map_err(|error| format!("{path}: {error}"))?;
            actual.and_then(Value::as_str).is_some_and(|text| pattern.is_match(text))
        }
        "$contains" => {
            let filled = values.fill(argument)?;
            contains(actual, &filled)
        }
        "$lacks" => {
            let filled = values.fill(argument)?;
            actual.is_some() && !contains(actual, &filled)
        }
        "$length" => {
            let length = match actual {
                Some(Value::Array(items)) => items.len(),
                Some(Value::String(text)) => text.chars().count(),
                Some(Value::Object(fields)) => fields.len(),
                _ => return differ(argument, actual, path),
            };
            argument.as_u64() == u64::try_from(length).ok()
        }
        "$min" => number(actual) >= number(Some(argument)) && number(actual).is_some(),
        "$max" => number(actual) <= number(Some(argument)) && number(actual).is_some(),
        "$capture" => {
            let (Some(name), Some(actual)) = (argument.as_str(), actual) else {
                return differ(argument, actual, path);
            };
            values.set(name, actual.clone());
            true
        }
        "$exact" => {
            let extra = match (argument, actual) {
                (Value::Object(fields), Some(Value::Object(got))) => extra_key(fields, got),
                _ => None,
            };
            if let Some(name) = extra {
                return Err(format!("{path}.{name}: expected nothing, got a value"));
            }
            return check(argument, actual, path, values);
        }
        "$unordered" => return unordered(argument, actual, path, values),
        other => return Err(format!("{path}: unknown matcher {other}")),
    };
    if matches {
        Ok(())
    } else {
        differ(&Value::from_iter([(rule, argument.clone())]), actual, path)
    }
}

fn extra_key(fields: &Map<String, Value>, got: &Map<String, Value>) -> Option<String> {
    got.keys().find(|name| !fields.contains_key(*name)).cloned()
}

fn contains(actual: Option<&Value>, part: &Value) -> bool {
    match (actual, part) {
        (Some(Value::String(text)), Value::String(part)) => text.contains(part.as_str()),
        (Some(Value::Array(items)), part) => items.contains(part),
        (Some(other), Value::String(part)) => other.to_string().contains(part.as_str()),
        _ => false,
    }
}

fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(Value::as_f64)
}

/// Each expected item matches a different actual item, and there are no others.
fn unordered(
    argument: &Value,
    actual: Option<&Value>,
    path: &str,
    values: &mut Values,
) -> Result<(), String> {
    let (Value::Array(items), Some(Value::Array(got))) = (argument, actual) else {
        return differ(argument, actual, path);
    };
    if items.len() != got.len() {
        return differ(argument, actual, path);
    }
    let mut remaining: Vec<&Value> = got.iter().collect();
    for item in items {
        let found = remaining
            .iter()
            .position(|got| check(item, Some(got), path, &mut values.clone()).is_ok());
        match found {
            Some(found) => check(item, Some(remaining.remove(found)), path, values)?,
            None => return Err(format!("{path}: no item matches {item}")),
        }
    }
    Ok(())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
