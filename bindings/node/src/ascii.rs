//! JSON text in ASCII. A single non-ASCII character can make V8 store and parse two bytes per character.

use std::fmt::Write as _;

use bytes::Bytes;

/// The same JSON value in ASCII. Text that is ASCII already is not copied; invalid UTF-8 is replaced as
/// `TextDecoder` does.
pub(crate) fn json(text: &Bytes) -> Bytes {
    if text.is_ascii() {
        return text.clone();
    }
    let source = String::from_utf8_lossy(text);
    let mut escaped = String::with_capacity(source.len() + source.len() / 8);
    let mut units = [0_u16; 2];
    for char in source.chars() {
        if char.is_ascii() {
            escaped.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut units) {
            // Writing to a `String` cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    Bytes::from(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_keeps_values() {
        for text in [r#"{"a":1}"#, r#"{"naïve":"日本 😀 é","b":"\u00e9\n"}"#, ""] {
            let ascii = json(&Bytes::copy_from_slice(text.as_bytes()));
            assert!(ascii.is_ascii());
            let parse = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
            assert_eq!(parse(&ascii), parse(text.as_bytes()));
        }
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        assert_eq!(json(&Bytes::from_static(b"\"\xff\"")), "\"\\ufffd\"");
    }
}
