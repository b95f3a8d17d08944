//! Results as tables.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use super::document::{Document, Tone};
use super::text::plain;

/// Renders a table; cells are wrapped to fit `width`.
pub(super) fn render(document: &Document, width: Option<u16>, color: bool) -> String {
    let rows = document.table_rows.as_ref().unwrap_or(&document.rows);
    if rows.is_empty() {
        return String::new();
    }
    let shown: Vec<_> =
        document.columns.iter().filter_map(|column| Some((column, column.title?))).collect();
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    if color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let title = |title: &str| Cell::new(title).add_attribute(Attribute::Bold);
    if document.single {
        for row in rows {
            for (column, name) in &shown {
                let text = plain(&Document::cell(row, column));
                table.add_row([title(name), toned(&text, (column.tone)(&text))]);
            }
        }
    } else {
        table.set_header(shown.iter().map(|(_, name)| title(&name.to_uppercase())));
        for row in rows {
            table.add_row(shown.iter().map(|(column, _)| {
                let text = plain(&Document::cell(row, column));
                toned(&text, (column.tone)(&text))
            }));
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn toned(text: &str, tone: Tone) -> Cell {
    let cell = Cell::new(text);
    match tone {
        Tone::Plain => cell,
        Tone::Dim => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::Green),
        Tone::Notice => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::Column;

    const COLUMNS: &[Column] = &[
        Column::new("id", "Id"),
        Column::new("state", "State").toned(|_| Tone::Bad),
        Column::hidden("more"),
    ];

    #[test]
    fn lists_and_single_objects() {
        let row = json!({"id": "grp_1", "state": "bad\u{1b}[0m", "more": 3});
        let list = Document::list(COLUMNS, &[row.clone(), json!({"id": "grp_22"})]);
        assert_eq!(render(&list, None, false), "ID      STATE\ngrp_1   bad\\u{1b}[0m\ngrp_22\n");
        let single = Document::single(COLUMNS, &row);
        assert_eq!(render(&single, None, false), "Id     grp_1\nState  bad\\u{1b}[0m\n");
    }

    #[test]
    fn color_is_optional() {
        let list = Document::list(COLUMNS, &[json!({"id": "a", "state": "b"})]);
        assert!(!render(&list, Some(80), false).contains('\u{1b}'));
        assert!(render(&list, Some(80), true).contains("\u{1b}["));
    }
}
