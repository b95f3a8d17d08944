//! A command's result, before it has a form.

use serde::Serialize;
use serde_json::Value;

/// A column of a table or of a CSV file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// The key in the row's object; also the header in CSV.
    pub(crate) key: &'static str,
    /// The header in a table; none keeps the column out of tables.
    pub(crate) title: Option<&'static str>,
    /// How its cells stand out in a table.
    pub(crate) tone: fn(&str) -> Tone,
}

/// How a cell stands out.
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

    /// A column that tables leave out.
    pub(crate) const fn hidden(key: &'static str) -> Self {
        Self { key, title: None, tone: |_| Tone::Plain }
    }

    pub(crate) const fn toned(mut self, tone: fn(&str) -> Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A result: rows for tables, CSV and JSON Lines, and the whole for JSON and YAML.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) columns: &'static [Column],
    pub(crate) rows: Vec<Value>,
    pub(crate) whole: Value,
    /// The rows that a table shows, where that is not all of them.
    pub(crate) people: Option<Vec<Value>>,
    /// Shown as lines of `title value` in a table instead of as a row.
    pub(crate) single: bool,
}

impl Document {
    /// A list; its JSON is the array of its rows.
    pub(crate) fn list<T: Serialize>(columns: &'static [Column], items: &[T]) -> Self {
        let rows: Vec<Value> = items.iter().map(value).collect();
        Self { columns, whole: Value::Array(rows.clone()), rows, people: None, single: false }
    }

    /// One thing; its JSON is its object.
    pub(crate) fn single(columns: &'static [Column], item: &impl Serialize) -> Self {
        let row = value(item);
        Self { columns, whole: row.clone(), rows: vec![row], people: None, single: true }
    }

    /// Rows that are a part of a larger whole.
    pub(crate) fn part<T: Serialize>(
        columns: &'static [Column],
        items: &[T],
        whole: &impl Serialize,
    ) -> Self {
        Self {
            columns,
            rows: items.iter().map(value).collect(),
            whole: value(whole),
            people: None,
            single: false,
        }
    }

    /// Shows only these rows in a table.
    pub(crate) fn for_people<T: Serialize>(mut self, items: &[T]) -> Self {
        self.people = Some(items.iter().map(value).collect());
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

/// Our data has only string keys and finite numbers, so that it always has a JSON form.
pub(crate) fn value(item: &impl Serialize) -> Value {
    serde_json::to_value(item).unwrap_or_default()
}
