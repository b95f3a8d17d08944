//! Rows from a CSV file, one after the other.

use std::collections::BTreeSet;
use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};
use serde_json::Value;

use super::columns::{self, Column, Columns};
use super::decode::DecodingReader;
use super::error::{ReadError, ReadErrorKind};
use super::lines::LineTap;
use super::options::{EmptyCell, Format, ReadOptions, ReadReport};
use crate::model::Field;
use crate::roster::field::RosterField;
use crate::roster::finding::Finding;
use crate::roster::row::Row;
use crate::roster::rule::Rule;

const DELIMITERS: [u8; 4] = *b",;\t|";

pub(crate) struct CsvRows<R> {
    reader: Reader<LineTap<DecodingReader<R>>>,
    record: StringRecord,
    columns: Columns,
    width: usize,
    options: ReadOptions,
    delimiter: u8,
    rows: u64,
    blank_rows: u64,
    default_plan_rows: u64,
    long_rows: u64,
    /// Columns without a name that hold something.
    unnamed: BTreeSet<usize>,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(
        mut text: DecodingReader<R>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let (delimiter, skip) = delimiter(text.peek()?, options)?;
        text.skip(skip);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(LineTap::new(text, if skip > 0 { 2 } else { 1 }));
        let mut rows = Self {
            reader,
            record: StringRecord::new(),
            columns: Columns { order: Vec::new(), matched: Vec::new(), unmatched: Vec::new() },
            width: 0,
            options: options.clone(),
            delimiter,
            rows: 0,
            blank_rows: 0,
            default_plan_rows: 0,
            long_rows: 0,
            unnamed: BTreeSet::new(),
        };
        let Some(line) = rows.advance()? else {
            return Err(ReadError::new(
                ReadErrorKind::Empty,
                None,
                "the file is empty",
                "A roster begins with a header line; a roster of nobody is the header alone.",
            ));
        };
        let header: Vec<&str> = rows.record.iter().collect();
        rows.columns = columns::settle(&header, line, options)?;
        rows.width = header.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |at| at + 1);
        rows.blank_rows = 0;
        Ok(rows)
    }

    /// The line of the next record that holds anything.
    fn advance(&mut self) -> Result<Option<u64>, ReadError> {
        loop {
            let byte = self.reader.position().byte();
            let read = self.reader.read_record(&mut self.record);
            let (line, blank) = self.reader.get_mut().record(byte);
            let more = read.map_err(|error| failure(&error, line))?;
            if !more {
                return Ok(None);
            }
            self.blank_rows += blank;
            if self.record.iter().all(|cell| cell.trim().is_empty()) {
                self.blank_rows += 1;
                continue;
            }
            self.refuse_open_quote(line)?;
            return Ok(Some(line));
        }
    }

    fn refuse_open_quote(&self, line: u64) -> Result<(), ReadError> {
        let last = self.record.len().checked_sub(1).and_then(|at| self.record.get(at));
        let runs_on = last.is_some_and(|cell| cell.contains(['\n', '\r']));
        match self.reader.get_ref().end() {
            Some(byte) if runs_on && byte != b'"' => Err(ReadError::new(
                ReadErrorKind::Syntax,
                Some(line),
                "a quotation mark in the row that begins here is never closed",
                "Close it, or double it (\"\") if it belongs to the value.",
            )),
            _ => Ok(()),
        }
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, ReadError> {
        let Some(line) = self.advance()? else { return Ok(None) };
        self.rows += 1;
        let mut row = Row::blank(self.rows, Some(line));
        for (index, (column, cell)) in self.columns.order.iter().zip(&self.record).enumerate() {
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
        self.shape(&mut row);
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

    /// Says when a row has not the cells of the header; empty cells at its end are harmless.
    fn shape(&mut self, row: &mut Row) {
        let header = self.columns.order.len();
        let cells = self.record.len();
        let surplus = self.record.iter().skip(header).any(|cell| !cell.trim().is_empty());
        if cells < self.width || surplus {
            let message = format!("the row has {cells} cells, the header {header}");
            let fix =
                "Quote values that hold the delimiter, and look for a missing or surplus one.";
            row.add_issue(Finding::in_row(row, Rule::RowRagged, message, fix));
        } else if cells > header {
            self.long_rows += 1;
        }
    }

    pub(crate) fn report(&self) -> ReadReport {
        let encoding = self.reader.get_ref().inner().encoding();
        let mut notes = Vec::new();
        if self.rows == 0 {
            notes.push("the file has a header and no rows".to_owned());
        }
        if encoding != super::Encoding::Utf8 {
            notes.push(format!("the file was read as {encoding}; UTF-8 is safer"));
        }
        if self.blank_rows > 0 {
            notes.push(format!("{} blank rows were left out", self.blank_rows));
        }
        if self.long_rows > 0 {
            notes.push(format!("{} rows have empty cells beyond the header", self.long_rows));
        }
        for index in self.unnamed.iter().take(10) {
            notes.push(format!("column {} has values but no name; it was left out", index + 1));
        }
        if !self.columns.unmatched.is_empty() {
            let what = if self.options.keep_unknown { "kept as extra fields" } else { "left out" };
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

fn failure(error: &csv::Error, line: u64) -> ReadError {
    match error.kind() {
        csv::ErrorKind::Io(error) => {
            let mut error = ReadError::from_io(error);
            if error.kind == ReadErrorKind::TooLarge {
                error.line = Some(line);
            }
            error
        }
        _ => ReadError::new(
            ReadErrorKind::Syntax,
            Some(line),
            "the text is not CSV",
            "Save the roster as CSV UTF-8.",
        ),
    }
}

/// The delimiter, and how many bytes of a `sep=;` line (which Excel writes) stand before all.
fn delimiter(sample: &str, options: &ReadOptions) -> Result<(u8, usize), ReadError> {
    let first = sample.lines().next().unwrap_or_default();
    let named = first.strip_prefix("sep=").filter(|rest| rest.len() == 1);
    let skip = if named.is_some() {
        let behind = sample.get(first.len()..).unwrap_or_default();
        first.len() + behind.chars().take_while(|c| matches!(c, '\r' | '\n')).take(2).count()
    } else {
        0
    };
    if let Some(wanted) = options.delimiter {
        return match u8::try_from(wanted) {
            Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => {
                Ok((byte, skip))
            }
            _ => Err(ReadError::new(
                ReadErrorKind::Options,
                None,
                "the delimiter must be one ASCII character, and no quotation mark or line end",
                "Leave it out to have it found.",
            )),
        };
    }
    if let Some(byte) = named.and_then(|rest| rest.bytes().next()) {
        return Ok((byte, skip));
    }
    let best = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(sample.as_bytes());
        let header = reader.records().next().and_then(Result::ok).unwrap_or_default();
        let cells: Vec<&str> = header.iter().collect();
        (columns::known(&cells, options), cells.len())
    });
    Ok((best.unwrap_or(b','), skip))
}
