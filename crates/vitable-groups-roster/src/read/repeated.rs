//! Detects repeated keys in JSON objects, of which a parser silently keeps the last.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses a value and returns the paths of repeated keys; the first value of each is kept.
pub(super) fn parse(text: &str) -> serde_json::Result<(Value, Vec<String>)> {
    let value: Value = serde_json::from_str(text)?;
    // Each key-value pair has one colon. Fewer pairs than colons mean that a key was repeated.
    if pairs(&value) == colons(text) {
        return Ok((value, Vec::new()));
    }
    let mut repeated = Vec::new();
    let mut input = serde_json::Deserializer::from_str(text);
    let value = KeepFirst { path: "", repeated: &mut repeated }.deserialize(&mut input)?;
    Ok((value, repeated))
}

fn pairs(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len() + map.values().map(pairs).sum::<usize>(),
        Value::Array(values) => values.iter().map(pairs).sum(),
        _ => 0,
    }
}

/// The number of colons outside strings.
fn colons(text: &str) -> usize {
    let mut count = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b':' {
            count += 1;
        } else if byte == b'"' {
            while let Some(byte) = bytes.next() {
                match byte {
                    b'"' => break,
                    b'\\' => {
                        bytes.next();
                    }
                    _ => {}
                }
            }
        }
    }
    count
}

/// Builds a value that keeps the first of repeated keys.
struct KeepFirst<'a> {
    path: &'a str,
    repeated: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for KeepFirst<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeepFirst<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) =
            input.next_element_seed(KeepFirst { path: self.path, repeated: self.repeated })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = input.next_key::<String>()? {
            let path =
                if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
            let value =
                input.next_value_seed(KeepFirst { path: &path, repeated: self.repeated })?;
            if map.contains_key(&key) {
                if !self.repeated.contains(&path) && self.repeated.len() < MAX_PATHS {
                    self.repeated.push(path);
                }
            } else {
                map.insert(key, value);
            }
        }
        Ok(Value::Object(map))
    }
}

/// One repeated key is enough to reject a row; a hostile file may have thousands.
const MAX_PATHS: usize = 20;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_value_is_kept_and_repeated_keys_are_reported() {
        for (text, value, repeated) in [
            (r#"{"a": 1, "b": {"a": ":\":"}}"#, json!({"a": 1, "b": {"a": ":\":"}}), &[][..]),
            (r#"{"a": 1, "a": 2}"#, json!({"a": 1}), &["a"]),
            (r#"{"a": 1, "\u0061": 2}"#, json!({"a": 1}), &["a"]),
            (r#"{"b": {"c": "x", "c": null, "c": 2.5}}"#, json!({"b": {"c": "x"}}), &["b.c"]),
            (r#"{"b": {"c": 1}, "b": {"d": 1}}"#, json!({"b": {"c": 1}}), &["b"]),
            (
                r#"[{"x": [true, -1, {"y": 1, "y": 1}]}]"#,
                json!([{"x": [true, -1, {"y": 1}]}]),
                &["x.y"],
            ),
        ] {
            let repeated = repeated.iter().map(|&path| path.to_owned()).collect();
            assert_eq!(parse(text).unwrap(), (value, repeated), "{text}");
        }
        assert!(parse(r#"{"a": 1, "a": }"#).is_err() && parse("{} x").is_err());
    }
}
