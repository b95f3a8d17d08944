//! A command's result, independent of the output format.

use serde::Serialize;
use serde_json::Value;

/// A column of a table or CSV file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// The key in the row's object, and the header in CSV.
    pub(crate) key: &'static str,
    /// The header in tables; none hides the column in tables.
    pub(crate) title: Option<&'static str>,
    /// The style of a cell in tables, by its text.
    pub(crate) tone: fn(&str) -> Tone,
}

/// The style of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Dim,
    Good,
    Notice,
    Bad,
}

impl Column {
    pub(crate) const fn new(key: &'static str, title: &'static str) -> Self {
        Self { key, title: Some(title), tone: |_| Tone::Plain }
    }

    /// A column that tables hide.
    pub(crate) const fn hidden(key: &'static str) -> Self {
        Self { key, title: None, tone: |_| Tone::Plain }
    }

    pub(crate) const fn toned(mut self, tone: fn(&str) -> Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A result: rows for tables, CSV and JSON Lines, and the whole result for JSON and YAML.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) columns: &'static [Column],
    pub(crate) rows: Vec<Value>,
    pub(crate) whole: Value,
    /// The rows that a table shows, if not all of them.
    pub(crate) table_rows: Option<Vec<Value>>,
    /// Whether a table shows one `title value` line per column instead of a row.
    pub(crate) single: bool,
}

impl Document {
    /// A list; its JSON is the array of its rows.
    pub(crate) fn list<T: Serialize>(columns: &'static [Column], items: &[T]) -> Self {
        let rows: Vec<Value> = items.iter().map(value).collect();
        Self { columns, whole: Value::Array(rows.clone()), rows, table_rows: None, single: false }
    }

    /// A single object; its JSON is that object.
    pub(crate) fn single(columns: &'static [Column], item: &impl Serialize) -> Self {
        let row = value(item);
        Self { columns, whole: row.clone(), rows: vec![row], table_rows: None, single: true }
    }

    /// Rows that are part of a larger result.
    pub(crate) fn part<T: Serialize>(
        columns: &'static [Column],
        items: &[T],
        whole: &impl Serialize,
    ) -> Self {
        Self {
            columns,
            rows: items.iter().map(value).collect(),
            whole: value(whole),
            table_rows: None,
            single: false,
        }
    }

    /// Restricts tables to these rows.
    pub(crate) fn with_table_rows<T: Serialize>(mut self, items: &[T]) -> Self {
        self.table_rows = Some(items.iter().map(value).collect());
        self
    }

    /// The cell of a column in a row, as text.
    pub(crate) fn cell(row: &Value, column: &Column) -> String {
        match row.get(column.key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

/// An item as JSON. Serialization cannot fail: our types have only string keys and finite numbers.
pub(crate) fn value(item: &impl Serialize) -> Value {
    serde_json::to_value(item).unwrap_or_default()
}
