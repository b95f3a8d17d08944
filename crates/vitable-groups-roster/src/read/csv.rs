//! Reads rows from a CSV file.

use std::collections::BTreeSet;
use std::io::Read;

use serde_json::Value;

use super::columns::{self, Column, Columns};
use super::decode::DecodingReader;
use super::error::{ReadError, ReadErrorKind};
use super::options::{EmptyCell, Format, ReadOptions, ReadReport};
use super::records::{Lines, Records};
use super::scan::{self, Record};
use super::{UNTERMINATED, unterminated};
use crate::field::RosterField;
use crate::row::Row;
use crate::rule::Rule;
use vitable_groups_model::Field;

const DELIMITERS: [u8; 4] = *b",;\t|";

pub(crate) struct CsvRows<R> {
    records: Records<R>,
    record: Record,
    columns: Columns,
    width: usize,
    options: ReadOptions,
    delimiter: u8,
    rows: u64,
    blank_rows: u64,
    default_plan_rows: u64,
    long_rows: u64,
    /// Whether the last line has no line break.
    unterminated: bool,
    /// Columns that have values but no name.
    unnamed: BTreeSet<usize>,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(
        mut text: DecodingReader<R>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let (delimiter, skip) = delimiter(text.peek()?, options)?;
        text.skip(skip);
        let mut rows = Self {
            records: Records::new(text, delimiter, if skip > 0 { 2 } else { 1 }),
            record: Record::default(),
            columns: Columns { order: Vec::new(), matched: Vec::new(), unmatched: Vec::new() },
            width: 0,
            options: options.clone(),
            delimiter,
            rows: 0,
            blank_rows: 0,
            default_plan_rows: 0,
            long_rows: 0,
            unterminated: false,
            unnamed: BTreeSet::new(),
        };
        let Some(lines) = rows.advance()? else {
            return Err(ReadError::new(
                ReadErrorKind::Empty,
                None,
                "the file is empty",
                "A CSV roster starts with a header line; an empty roster is the header alone.",
            ));
        };
        if lines.last > lines.first && !options.multi_line_cells {
            return Err(ReadError::new(
                ReadErrorKind::Syntax,
                Some(lines.first),
                format!("a cell of the header spans lines {} to {}", lines.first, lines.last),
                LINE_BREAK,
            ));
        }
        let header: Vec<&str> = rows.record.cells().collect();
        rows.columns = columns::match_header(&header, lines.first, options)?;
        rows.width = header.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |at| at + 1);
        rows.blank_rows = 0;
        Ok(rows)
    }

    /// Advances to the next row that is not blank.
    fn advance(&mut self) -> Result<Option<Lines>, ReadError> {
        while let Some(lines) = self.records.read(&mut self.record)? {
            self.unterminated |= !lines.complete;
            // A truncated row may have only empty cells so far.
            let truncated = !lines.complete && self.record.len() < self.width;
            if !self.record.is_blank() || truncated {
                return Ok(Some(lines));
            }
            self.blank_rows += 1;
        }
        Ok(None)
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, ReadError> {
        let Some(lines) = self.advance()? else { return Ok(None) };
        self.rows += 1;
        let mut row = Row::blank(self.rows, Some(lines.first));
        row.set_lines(lines.last, self.options.multi_line_cells);
        for (index, (column, cell)) in
            self.columns.order.iter().zip(self.record.cells()).enumerate()
        {
            match column {
                Column::Field(field) => {
                    field.set(row.member_mut(), self.cell(*field, cell));
                }
                Column::Extra(name) if !cell.is_empty() => {
                    row.member_mut().extra.insert(name, Value::from(cell));
                }
                Column::Nameless if !cell.trim().is_empty() => {
                    self.unnamed.insert(index);
                }
                Column::Extra(_) | Column::Unused | Column::Nameless => {}
            }
        }
        self.check_shape(&mut row, lines);
        if row.member().plan_id.is_empty()
            && let Some(plan_id) = &self.options.default_plan_id
        {
            row.member_mut().plan_id.clone_from(plan_id);
            self.default_plan_rows += 1;
        }
        Ok(Some(row))
    }

    fn cell(&self, field: RosterField, cell: &str) -> Field<String> {
        if field.is_required() || !cell.trim().is_empty() {
            return Field::Value(cell.to_owned());
        }
        match self.options.empty_cell {
            EmptyCell::Absent => Field::Absent,
            EmptyCell::Null => Field::Null,
        }
    }

    /// Reports rows whose cells do not match the header; extra empty cells at the end are allowed.
    fn check_shape(&mut self, row: &mut Row, lines: Lines) {
        if lines.last > lines.first && !self.options.multi_line_cells {
            let message = format!(
                "a cell contains a line break; the row spans lines {} to {}",
                lines.first, lines.last
            );
            row.add_issue(row.finding(Rule::CellLineBreak, message, LINE_BREAK));
        }
        let header = self.columns.order.len();
        let cells = self.record.len();
        let has_extra = self.record.cells().skip(header).any(|cell| !cell.trim().is_empty());
        if cells < self.width || has_extra {
            let message = format!("the row has {cells} cells, but the header has {header}");
            let fix =
                "Quote values that contain the delimiter, and check for a missing or extra one.";
            row.add_issue(row.finding(Rule::RowRagged, message, fix));
        } else if cells > header {
            self.long_rows += 1;
        }
        if !lines.complete {
            row.add_issue(unterminated(row));
        }
    }

    pub(crate) fn report(&self) -> ReadReport {
        let encoding = self.records.input().encoding();
        let mut notes = Vec::new();
        if self.rows == 0 {
            notes.push("the file has a header but no rows".to_owned());
        }
        if self.unterminated {
            notes.push(UNTERMINATED.to_owned());
        }
        if encoding != super::Encoding::Utf8 {
            notes.push(format!("the file was read as {encoding}; UTF-8 is safer"));
        }
        if self.blank_rows > 0 {
            notes.push(format!("{} blank rows were skipped", self.blank_rows));
        }
        if self.long_rows > 0 {
            notes.push(format!("{} rows have empty cells beyond the header", self.long_rows));
        }
        for index in self.unnamed.iter().take(10) {
            notes.push(format!("column {} has values but no name; it was ignored", index + 1));
        }
        if !self.columns.unmatched.is_empty() {
            let what = if self.options.keep_unknown { "kept as extra fields" } else { "ignored" };
            notes.push(format!(
                "unknown columns were {what}: {}",
                self.columns.unmatched.join(", ")
            ));
        }
        if self.default_plan_rows > 0 {
            notes.push(format!("{} rows got the default plan", self.default_plan_rows));
        }
        ReadReport {
            format: Format::Csv,
            encoding,
            delimiter: Some(char::from(self.delimiter)),
            columns: self.columns.matched.clone(),
            unmatched: self.columns.unmatched.clone(),
            rows: self.rows,
            blank_rows: self.blank_rows,
            default_plan_rows: self.default_plan_rows,
            notes,
        }
    }
}

const LINE_BREAK: &str = "Check for a missing or extra quotation mark; if values contain line breaks, set multi_line_cells.";

/// The delimiter, and the length of a `sep=;` line (as written by Excel) at the start of the file.
fn delimiter(sample: &str, options: &ReadOptions) -> Result<(u8, usize), ReadError> {
    let first = sample.split(['\r', '\n']).next().unwrap_or_default();
    let declared = first.strip_prefix("sep=").filter(|rest| rest.len() == 1);
    let skip = if declared.is_some() {
        let rest = sample.get(first.len()..).unwrap_or_default();
        first.len() + if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) }
    } else {
        0
    };
    if let Some(delimiter) = options.delimiter.or_else(|| declared?.chars().next()) {
        return match u8::try_from(delimiter) {
            Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => {
                Ok((byte, skip))
            }
            _ => Err(ReadError::new(
                ReadErrorKind::Options,
                None,
                "the delimiter must be one ASCII character other than a quotation mark or line break",
                "Omit it to detect the delimiter automatically.",
            )),
        };
    }
    let best =
        DELIMITERS.into_iter().rev().max_by_key(|&delimiter| header(sample, delimiter, options));
    Ok((best.unwrap_or(b','), skip))
}

/// With a delimiter, the number of header columns that match a field, and of all columns.
fn header(sample: &str, delimiter: u8, options: &ReadOptions) -> (usize, usize) {
    let mut record = Record::default();
    let mut rest = sample.as_bytes();
    while let Ok(Some(used)) = scan::record(rest, true, delimiter, &mut record) {
        if !record.is_blank() || used == 0 {
            let cells: Vec<&str> = record.cells().collect();
            return (columns::count_matches(&cells, options), cells.len());
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    (0, 0)
}
