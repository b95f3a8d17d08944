//! Whether what came is what was expected.

use regex::Regex;
use serde_json::{Map, Value};

use crate::values::Values;

/// Compares, and captures; says where the first difference is.
pub(crate) fn check(
    expected: &Value,
    actual: Option<&Value>,
    place: &str,
    values: &mut Values,
) -> Result<(), String> {
    match expected {
        Value::Object(fields) if fields.keys().any(|key| key.starts_with('$')) => fields
            .iter()
            .try_for_each(|(rule, argument)| apply(rule, argument, actual, place, values)),
        Value::Object(fields) => match actual {
            Some(Value::Object(there)) => fields.iter().try_for_each(|(name, field)| {
                check(field, there.get(name), &format!("{place}.{name}"), values)
            }),
            _ => differ(expected, actual, place),
        },
        Value::Array(items) => match actual {
            Some(Value::Array(there)) if there.len() == items.len() => {
                items.iter().zip(there).enumerate().try_for_each(|(index, (item, there))| {
                    check(item, Some(there), &format!("{place}[{index}]"), values)
                })
            }
            Some(Value::Array(there)) => Err(format!(
                "{place}: {} items expected, {} came: {}",
                items.len(),
                there.len(),
                Value::Array(there.clone())
            )),
            _ => differ(expected, actual, place),
        },
        Value::String(_) => {
            let filled = values.fill(expected)?;
            let same = actual.is_some_and(|actual| same(&filled, actual));
            if same { Ok(()) } else { differ(&filled, actual, place) }
        }
        plain if actual.is_some_and(|actual| same(plain, actual)) => Ok(()),
        plain => differ(plain, actual, place),
    }
}

/// 1 and 1.0 are the same number.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected.as_f64(), actual.as_f64()) {
        (Some(expected), Some(actual)) => (expected - actual).abs() < 1e-9,
        _ => expected == actual,
    }
}

fn differ(expected: &Value, actual: Option<&Value>, place: &str) -> Result<(), String> {
    let came = actual.map_or_else(|| "nothing".to_owned(), Value::to_string);
    Err(format!("{place}: {expected} expected, {came} came"))
}

fn apply(
    rule: &str,
    argument: &Value,
    actual: Option<&Value>,
    place: &str,
    values: &mut Values,
) -> Result<(), String> {
    let fits = match rule {
        "$absent" => actual.is_none() == (argument == true),
        "$present" => actual.is_some() == (argument == true),
        "$type" => actual.is_some_and(|actual| argument == type_of(actual)),
        "$regex" => {
            let pattern = argument.as_str().unwrap_or_default();
            let pattern = Regex::new(pattern).map_err(|error| format!("{place}: {error}"))?;
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
                _ => return differ(argument, actual, place),
            };
            argument.as_u64() == u64::try_from(length).ok()
        }
        "$min" => number(actual) >= number(Some(argument)) && number(actual).is_some(),
        "$max" => number(actual) <= number(Some(argument)) && number(actual).is_some(),
        "$capture" => {
            let (Some(name), Some(actual)) = (argument.as_str(), actual) else {
                return differ(argument, actual, place);
            };
            values.set(name, actual.clone());
            true
        }
        "$exact" => {
            let extra = match (argument, actual) {
                (Value::Object(fields), Some(Value::Object(there))) => extra_key(fields, there),
                _ => None,
            };
            if let Some(name) = extra {
                return Err(format!("{place}.{name}: nothing expected, something came"));
            }
            return check(argument, actual, place, values);
        }
        "$unordered" => return unordered(argument, actual, place, values),
        other => return Err(format!("{place}: there is no matcher {other}")),
    };
    if fits { Ok(()) } else { differ(&Value::from_iter([(rule, argument.clone())]), actual, place) }
}

fn extra_key(fields: &Map<String, Value>, there: &Map<String, Value>) -> Option<String> {
    there.keys().find(|name| !fields.contains_key(*name)).cloned()
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

/// Each expected item fits one of its own; there are no others.
fn unordered(
    argument: &Value,
    actual: Option<&Value>,
    place: &str,
    values: &mut Values,
) -> Result<(), String> {
    let (Value::Array(items), Some(Value::Array(there))) = (argument, actual) else {
        return differ(argument, actual, place);
    };
    if items.len() != there.len() {
        return differ(argument, actual, place);
    }
    let mut left: Vec<&Value> = there.iter().collect();
    for item in items {
        let found = left
            .iter()
            .position(|there| check(item, Some(there), place, &mut values.clone()).is_ok());
        match found {
            Some(found) => check(item, Some(left.remove(found)), place, values)?,
            None => return Err(format!("{place}: nothing that fits {item}")),
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
