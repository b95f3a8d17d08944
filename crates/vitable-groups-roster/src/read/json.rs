//! Rows from JSON text: an array, an object with `members`, or an object per line.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::decode::DecodingReader;
use super::error::{ReadError, ReadErrorKind};
use super::options::{Encoding, Format, ReadOptions, ReadReport};
use super::record::RecordReader;
use super::{UNTERMINATED, unterminated};
use crate::field::match_column;
use crate::row::Row;

/// A JSON document is read whole; no roster comes near this.
const LARGEST: u64 = 256 * 1024 * 1024;
const LONGEST_LINE: u64 = 1024 * 1024;

pub(crate) struct JsonRows<R> {
    source: Source<R>,
    encoding: Encoding,
    format: Format,
    records: RecordReader,
    blank_rows: u64,
    /// Whether the last line has no end.
    unterminated: bool,
}

enum Source<R> {
    Document { text: String, members: std::vec::IntoIter<Range<usize>>, at: usize, line: u64 },
    Lines { reader: BufReader<DecodingReader<R>>, line: u64 },
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn document(
        mut reader: DecodingReader<R>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut text = String::new();
        (&mut reader)
            .take(LARGEST + 1)
            .read_to_string(&mut text)
            .map_err(|error| ReadError::from_io(&error))?;
        if text.len() as u64 > LARGEST {
            return Err(too_large(None, "the document is larger than 256 MiB"));
        }
        let members = members(&text)?.into_iter();
        Ok(Self {
            source: Source::Document { text, members, at: 0, line: 1 },
            encoding: reader.encoding(),
            format: Format::Json,
            records: RecordReader::new(options),
            blank_rows: 0,
            unterminated: false,
        })
    }

    pub(crate) fn lines(reader: DecodingReader<R>, options: &ReadOptions) -> Self {
        Self {
            encoding: reader.encoding(),
            source: Source::Lines { reader: BufReader::with_capacity(64 * 1024, reader), line: 0 },
            format: Format::Jsonl,
            records: RecordReader::new(options),
            blank_rows: 0,
            unterminated: false,
        }
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, ReadError> {
        match &mut self.source {
            Source::Document { text, members, at, line } => {
                let Some(range) = members.next() else { return Ok(None) };
                let before = text.get(*at..range.start).unwrap_or_default();
                *line += before.bytes().filter(|&byte| byte == b'\n').count() as u64;
                *at = range.start;
                Ok(Some(self.records.row(text.get(range).unwrap_or_default(), *line)))
            }
            Source::Lines { reader, line } => loop {
                let mut text = String::new();
                *line += 1;
                reader
                    .by_ref()
                    .take(LONGEST_LINE)
                    .read_line(&mut text)
                    .map_err(|error| ReadError::from_io(&error))?;
                self.encoding = reader.get_ref().encoding();
                if text.is_empty() && self.records.rows() == 0 {
                    return Err(empty());
                } else if text.is_empty() {
                    return Ok(None);
                }
                if text.len() as u64 >= LONGEST_LINE && !text.ends_with('\n') {
                    return Err(too_large(Some(*line), "the line is longer than 1 MiB"));
                }
                if text.trim().is_empty() {
                    self.blank_rows += 1;
                    continue;
                }
                let mut row = self.records.row(&text, *line);
                self.unterminated = !text.ends_with('\n');
                if self.unterminated {
                    row.add_issue(unterminated(&row));
                }
                return Ok(Some(row));
            },
        }
    }

    pub(crate) fn report(&self) -> ReadReport {
        let mut report = self.records.report(self.format, self.encoding, self.blank_rows);
        if self.unterminated {
            report.notes.insert(0, UNTERMINATED.to_owned());
        }
        report
    }
}

/// Reads members that are JSON values already.
pub(crate) fn from_values(
    values: impl IntoIterator<Item = Value>,
    options: &ReadOptions,
) -> (Vec<Row>, ReadReport) {
    let mut records = RecordReader::new(options);
    let rows = values.into_iter().map(|value| records.row_of(value, None)).collect();
    (rows, records.report(Format::Json, Encoding::Utf8, 0))
}

fn too_large(line: Option<u64>, message: &str) -> ReadError {
    let fix = "Look for a value that is not closed; a roster has at most 5,000 rows.";
    ReadError::new(ReadErrorKind::TooLarge, line, message, fix)
}

fn empty() -> ReadError {
    let fix = "An empty roster is a JSON document with [].";
    ReadError::new(ReadErrorKind::Empty, None, "the file is empty", fix)
}

/// Where each member stands in the text.
fn members(text: &str) -> Result<Vec<Range<usize>>, ReadError> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        members: Vec<&'a RawValue>,
    }
    let start = text.trim_start();
    if start.is_empty() {
        return Err(empty());
    }
    let raw = if start.starts_with('[') {
        serde_json::from_str::<Vec<&RawValue>>(text)
    } else {
        serde_json::from_str::<Body<'_>>(text).map(|body| body.members)
    };
    let raw = raw.map_err(|error| syntax(&error, text))?;
    let base = text.as_ptr() as usize;
    Ok(raw
        .into_iter()
        .map(|value| {
            let start = value.get().as_ptr() as usize - base;
            start..start + value.get().len()
        })
        .collect())
}

/// The parser's own message may quote a value, so only its place and class are passed on.
fn syntax(error: &serde_json::Error, text: &str) -> ReadError {
    let line = Some(error.line() as u64).filter(|&line| line > 0);
    let place = format!("column {}", error.column());
    let (message, fix) = match error.classify() {
        serde_json::error::Category::Eof => (
            format!("the JSON text ends too early, at {place}"),
            "The file was probably cut; fetch it again.",
        ),
        serde_json::error::Category::Data if error.to_string().starts_with("duplicate field") => {
            ("`members` is given twice".to_owned(), "Give one object with one array `members`.")
        }
        serde_json::error::Category::Data => (
            "the JSON text is not a roster".to_owned(),
            "Give an array of members, or an object with the array `members`.",
        ),
        _ if has_lines(text) => (
            format!("the JSON text is broken at {place}"),
            "The file looks like JSON Lines; read it with that format.",
        ),
        _ => (format!("the JSON text is broken at {place}"), "Correct the syntax there."),
    };
    ReadError::new(ReadErrorKind::Syntax, line, message, fix)
}

fn has_lines(text: &str) -> bool {
    text.lines().next().is_some_and(is_record)
}

/// Whether a text is one object with a field of a member.
pub(crate) fn is_record(text: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|map| {
        !map.contains_key("members") && map.keys().any(|key| match_column(key).is_some())
    })
}

/// The names of keys, bounded: hostile files may have a new one in every row.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    pub(crate) fn add(&mut self, name: &str) {
        if self.0.len() < 100 && !self.0.contains(name) {
            self.0.insert(crate::mask::printable(name));
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}
