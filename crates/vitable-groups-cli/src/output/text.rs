//! Results as JSON, JSON Lines, CSV and YAML, and helpers for messages.

use serde_json::Value;

use super::document::Document;

pub(super) fn json(whole: &Value) -> String {
    let mut text = format!("{whole:#}");
    text.push('\n');
    text
}

pub(super) fn json_line(row: &Value) -> String {
    format!("{row}\n")
}

pub(super) fn yaml(whole: &Value) -> String {
    // JSON is valid YAML.
    serde_norway::to_string(whole).unwrap_or_else(|_| json(whole))
}

pub(super) fn csv(document: &Document) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| writer.write_record(&cells);
    let header = document.columns.iter().map(|column| column.key.to_owned()).collect();
    let mut result = write(header);
    for row in &document.rows {
        let cells = document.columns.iter().map(|column| Document::cell(row, column)).collect();
        result = result.and_then(|()| write(cells));
    }
    // Writing to memory cannot fail.
    let bytes = result.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Text from a server or a file with control and bidirectional characters escaped, safe to print to
/// a terminal.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let is_bidi = matches!(
            c,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        if c.is_control() || is_bidi {
            plain.extend(c.escape_default());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Like [`plain`], but keeps line breaks.
pub(super) fn plain_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(plain).collect();
    lines.join("\n")
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: usize, one: &str) -> String {
    match (number, one) {
        (1, _) => format!("1 {one}"),
        (_, "person") => format!("{number} people"),
        _ => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::Column;

    const COLUMNS: &[Column] = &[Column::new("id", "Id"), Column::hidden("name")];

    fn document() -> Document {
        Document::list(COLUMNS, &[json!({"id": "a", "name": "x, \"y\"", "n": 1}), json!({"id": 2})])
    }

    #[test]
    fn every_text_format() {
        let document = document();
        assert_eq!(csv(&document), "id,name\na,\"x, \"\"y\"\"\"\n2,\n");
        assert_eq!(
            json_line(&document.rows[0]),
            "{\"id\":\"a\",\"name\":\"x, \\\"y\\\"\",\"n\":1}\n"
        );
        assert_eq!(yaml(&document.whole), "- id: a\n  name: x, \"y\"\n  n: 1\n- id: 2\n");
        assert_eq!(json(&json!([])), "[]\n");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}\n"), "a\\u{1b}[2Jb\\u{202e}\\n");
        assert_eq!(plain("Zoë 北京"), "Zoë 北京");
        assert_eq!(plain_lines("a\u{1b}\nb\r"), "a\\u{1b}\nb\\r");
    }

    #[test]
    fn counts() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(0, "row"), "0 rows");
        assert_eq!(count(2, "person"), "2 people");
    }
}
