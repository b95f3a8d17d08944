//! Converts a JSON object to a row: nested like the API's, or flat with keys named like columns.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::json::Names;
use super::options::{ColumnMatch, Encoding, Format, ReadOptions, ReadReport};
use super::repeated;
use crate::field::{RosterField, match_column};
use crate::finding::Finding;
use crate::row::Row;
use crate::rule::Rule;
use vitable_groups_model::Field;

pub(crate) struct ObjectReader {
    options: ReadOptions,
    rows: u64,
    default_plan_rows: u64,
    matched: BTreeMap<RosterField, String>,
    unmatched: Names,
}

impl ObjectReader {
    pub(crate) fn new(options: &ReadOptions) -> Self {
        Self {
            options: options.clone(),
            rows: 0,
            default_plan_rows: 0,
            matched: BTreeMap::new(),
            unmatched: Names::default(),
        }
    }

    /// A row from JSON text that starts on `line`.
    pub(crate) fn row(&mut self, text: &str, line: u64) -> Row {
        let (value, repeated) = repeated::parse(text).unwrap_or_default();
        let mut row = self.row_of(value, Some(line));
        let ends = text.trim_end().bytes().filter(|&byte| byte == b'\n').count() as u64;
        row.set_lines(line + ends, self.options.multi_line_cells);
        for path in repeated {
            let finding = self.repeated(&row, &path);
            row.add_issue(finding);
        }
        row
    }

    fn repeated(&self, row: &Row, path: &str) -> Finding {
        let name = crate::mask::printable(path);
        let message = format!("the key {name:?} is repeated");
        let fix = "Remove one of the two.";
        let key = path.strip_prefix("address.");
        match self.field(path, key.unwrap_or(path), key.is_none()) {
            // `address` is also an alias of `address_line_1`.
            Some(field) if path != "address" => {
                row.field_finding(field, Rule::FieldRepeated, None, message, fix)
            }
            _ => row.finding(Rule::FieldRepeated, message, fix),
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn row_of(&mut self, value: Value, line: Option<u64>) -> Row {
        self.rows += 1;
        let mut row = Row::blank(self.rows, line);
        row.set_lines(line.unwrap_or_default(), self.options.multi_line_cells);
        let Value::Object(map) = value else {
            let fix = "Write the row as a JSON object with the fields of a member.";
            row.add_issue(row.finding(Rule::RowUnreadable, "the row is not a JSON object", fix));
            row.set_unreadable();
            return row;
        };
        let mut seen = Vec::new();
        self.fields(&mut row, map, "", &mut seen);
        if row.member().plan_id.is_empty()
            && let Some(plan_id) = &self.options.default_plan_id
        {
            row.member_mut().plan_id.clone_from(plan_id);
            self.default_plan_rows += 1;
        }
        row
    }

    fn fields(
        &mut self,
        row: &mut Row,
        map: Map<String, Value>,
        prefix: &str,
        seen: &mut Vec<RosterField>,
    ) {
        for (key, value) in map {
            if prefix.is_empty() && key == "address" && !value.is_string() {
                match value {
                    Value::Object(address) => self.fields(row, address, "address.", seen),
                    Value::Null => {}
                    _ => row.add_issue(row.finding(
                        Rule::FieldType,
                        "address is not a JSON object",
                        "Use an object with address_line_1, city, state and zipcode.",
                    )),
                }
                continue;
            }
            let name = format!("{prefix}{key}");
            match self.field(&name, &key, prefix.is_empty()) {
                Some(field) if seen.contains(&field) => row.add_issue(row.field_finding(
                    field,
                    Rule::FieldRepeated,
                    None,
                    format!("{field} occurs twice in the row"),
                    "Remove one of the two keys, or map it to null in the column mapping.",
                )),
                Some(field) => {
                    seen.push(field);
                    self.matched.entry(field).or_insert_with(|| crate::mask::printable(&name));
                    set(row, field, value);
                }
                None => {
                    self.unmatched.add(&name);
                    if self.options.keep_unknown {
                        let member = row.member_mut();
                        if prefix.is_empty() {
                            &mut member.extra
                        } else {
                            &mut member.address.extra
                        }
                        .insert(key, value);
                    }
                }
            }
        }
    }

    fn field(&self, name: &str, key: &str, top: bool) -> Option<RosterField> {
        if let Some(mapped) = self.options.columns.get(name).or(self.options.columns.get(key)) {
            return *mapped;
        }
        let found = match_column(key).map(|(field, _)| field)?;
        (top || found.path().starts_with("address.")).then_some(found)
    }

    pub(crate) fn report(&self, format: Format, encoding: Encoding, blank_rows: u64) -> ReadReport {
        let mut notes = Vec::new();
        let unmatched = self.unmatched.to_vec();
        if encoding != Encoding::Utf8 {
            notes.push(format!("the file was read as {encoding}; JSON should be UTF-8"));
        }
        if !unmatched.is_empty() {
            let what = if self.options.keep_unknown { "kept as extra fields" } else { "ignored" };
            notes.push(format!("unknown keys were {what}: {}", unmatched.join(", ")));
        }
        if blank_rows > 0 {
            notes.push(format!("{blank_rows} blank rows were skipped"));
        }
        if self.default_plan_rows > 0 {
            notes.push(format!("{} rows got the default plan", self.default_plan_rows));
        }
        ReadReport {
            format,
            encoding,
            delimiter: None,
            columns: self
                .matched
                .iter()
                .map(|(&field, column)| ColumnMatch {
                    field,
                    column: column.clone(),
                    position: None,
                })
                .collect(),
            unmatched,
            rows: self.rows,
            blank_rows,
            default_plan_rows: self.default_plan_rows,
            notes,
        }
    }
}

fn set(row: &mut Row, field: RosterField, value: Value) {
    let value = match value {
        Value::String(text) => Field::Value(text),
        Value::Null => Field::Null,
        Value::Number(number) => {
            let text = number.to_string();
            row.add_issue(row.field_finding(
                field,
                Rule::FieldNumber,
                Some(&text),
                format!("{field} is a number and was read as text"),
                "Write it as a string; numbers lose leading zeros.",
            ));
            Field::Value(text)
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            row.add_issue(row.field_finding(
                field,
                Rule::FieldType,
                None,
                format!("{field} is not text"),
                "Use a string.",
            ));
            Field::Absent
        }
    };
    field.set(row.member_mut(), value);
}
