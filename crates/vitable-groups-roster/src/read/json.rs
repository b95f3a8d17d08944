//! Reads rows from JSON: an array, an object with `members`, or one object per line.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::decode::DecodingReader;
use super::error::{ReadError, ReadErrorKind};
use super::object::ObjectReader;
use super::options::{Encoding, Format, ReadOptions, ReadReport};
use super::{UNTERMINATED, unterminated};
use crate::field::match_column;
use crate::row::Row;

/// A JSON document is read into memory; real rosters are far smaller than this.
const MAX_DOCUMENT: u64 = 256 * 1024 * 1024;
const MAX_LINE: u64 = 1024 * 1024;

pub(crate) struct JsonRows<R> {
    source: Source<R>,
    encoding: Encoding,
    format: Format,
    objects: ObjectReader,
    blank_rows: u64,
    /// Whether the last line has no line break.
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
            .take(MAX_DOCUMENT + 1)
            .read_to_string(&mut text)
            .map_err(|error| ReadError::from_io(&error))?;
        if text.len() as u64 > MAX_DOCUMENT {
            return Err(too_large(None, "the document is larger than 256 MiB"));
        }
        let members = members(&text)?.into_iter();
        Ok(Self {
            source: Source::Document { text, members, at: 0, line: 1 },
            encoding: reader.encoding(),
            format: Format::Json,
            objects: ObjectReader::new(options),
            blank_rows: 0,
            unterminated: false,
        })
    }

    pub(crate) fn lines(reader: DecodingReader<R>, options: &ReadOptions) -> Self {
        Self {
            encoding: reader.encoding(),
            source: Source::Lines { reader: BufReader::with_capacity(64 * 1024, reader), line: 0 },
            format: Format::Jsonl,
            objects: ObjectReader::new(options),
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
                Ok(Some(self.objects.row(text.get(range).unwrap_or_default(), *line)))
            }
            Source::Lines { reader, line } => loop {
                let mut text = String::new();
                *line += 1;
                reader
                    .by_ref()
                    .take(MAX_LINE)
                    .read_line(&mut text)
                    .map_err(|error| ReadError::from_io(&error))?;
                self.encoding = reader.get_ref().encoding();
                if text.is_empty() && self.objects.rows() == 0 {
                    return Err(empty());
                } else if text.is_empty() {
                    return Ok(None);
                }
                if text.len() as u64 >= MAX_LINE && !text.ends_with('\n') {
                    return Err(too_large(Some(*line), "the line is longer than 1 MiB"));
                }
                if text.trim().is_empty() {
                    self.blank_rows += 1;
                    continue;
                }
                let mut row = self.objects.row(&text, *line);
                self.unterminated = !text.ends_with('\n');
                if self.unterminated {
                    row.add_issue(unterminated(&row));
                }
                return Ok(Some(row));
            },
        }
    }

    pub(crate) fn report(&self) -> ReadReport {
        let mut report = self.objects.report(self.format, self.encoding, self.blank_rows);
        if self.unterminated {
            report.notes.insert(0, UNTERMINATED.to_owned());
        }
        report
    }
}

/// Reads members from JSON values.
pub(crate) fn from_values(
    values: impl IntoIterator<Item = Value>,
    options: &ReadOptions,
) -> (Vec<Row>, ReadReport) {
    let mut objects = ObjectReader::new(options);
    let rows = values.into_iter().map(|value| objects.row_of(value, None)).collect();
    (rows, objects.report(Format::Json, Encoding::Utf8, 0))
}

fn too_large(line: Option<u64>, message: &str) -> ReadError {
    let fix = "Check for a value that is not closed; rosters have at most 5,000 rows.";
    ReadError::new(ReadErrorKind::TooLarge, line, message, fix)
}

fn empty() -> ReadError {
    let fix = "Write an empty roster as a JSON document with [].";
    ReadError::new(ReadErrorKind::Empty, None, "the file is empty", fix)
}

/// The range of each member in the text.
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

/// The parser's message may quote a value, so only its position and category are reported.
fn syntax(error: &serde_json::Error, text: &str) -> ReadError {
    let line = Some(error.line() as u64).filter(|&line| line > 0);
    let position = format!("column {}", error.column());
    let (message, fix) = match error.classify() {
        serde_json::error::Category::Eof => (
            format!("the JSON text ends unexpectedly at {position}"),
            "The file is probably truncated; export it again.",
        ),
        serde_json::error::Category::Data if error.to_string().starts_with("duplicate field") => {
            ("`members` occurs twice".to_owned(), "Use one object with one `members` array.")
        }
        serde_json::error::Category::Data => (
            "the JSON text is not a roster".to_owned(),
            "Use an array of members, or an object with a `members` array.",
        ),
        _ if has_lines(text) => (
            format!("the JSON text is invalid at {position}"),
            "The file looks like JSON Lines; read it with that format.",
        ),
        _ => (format!("the JSON text is invalid at {position}"), "Correct the syntax."),
    };
    ReadError::new(ReadErrorKind::Syntax, line, message, fix)
}

fn has_lines(text: &str) -> bool {
    text.lines().next().is_some_and(is_member)
}

/// Whether a text is a JSON object with at least one field of a member.
pub(crate) fn is_member(text: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|map| {
        !map.contains_key("members") && map.keys().any(|key| match_column(key).is_some())
    })
}

/// The names of unknown keys, limited in number: a hostile file may have new ones in every row.
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
