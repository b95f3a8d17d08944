//! Reads rosters: from bytes to rows, one at a time.
//!
//! ```text
//! bytes ─ decode ─▶ UTF-8 ─ csv | json ─▶ cells or objects ─ columns | object ─▶ Row
//! ```

mod charset;
mod columns;
mod csv;
mod decode;
mod error;
mod json;
mod object;
mod options;
mod records;
mod repeated;
mod scan;

use std::io::Read;

pub use error::{ReadError, ReadErrorKind};
pub(crate) use json::from_values;
pub use options::{ColumnMatch, EmptyCell, Encoding, Format, ReadOptions, ReadReport};

use self::csv::CsvRows;
use decode::DecodingReader;
use json::JsonRows;

use super::finding::Finding;
use super::row::Row;
use super::rule::Rule;

/// An iterator over the rows of a roster file, in bounded memory for CSV and JSON Lines.
///
/// A malformed row is a [`Row`] with issues. An `Err` means that reading cannot continue; it is the
/// last item.
///
/// ```
/// use vitable_groups::roster::{ReadOptions, Rows};
///
/// let text = "reference_id,first_name,last_name,dob,plan,street,city,state,zip\n\
///             E1,A,B,1990-01-01,pln_1,1 Main Street,Springfield,IL,62701\n";
/// let mut rows = Rows::new(text.as_bytes(), &ReadOptions::default())?;
/// let row = rows.next().unwrap()?;
/// assert_eq!((row.row(), row.line()), (1, Some(2)));
/// assert!(rows.next().is_none());
/// assert_eq!(rows.report().rows, 1);
/// # Ok::<(), vitable_groups::roster::ReadError>(())
/// ```
pub struct Rows<R> {
    source: Source<R>,
    done: bool,
}

enum Source<R> {
    Csv(Box<CsvRows<R>>),
    Json(Box<JsonRows<R>>),
}

impl<R: Read> Rows<R> {
    /// Starts reading; the format is detected unless the options specify it.
    pub fn new(reader: R, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut text = DecodingReader::new(reader, options.encoding)?;
        let format = match options.format {
            Some(format) => format,
            None => sniff(text.peek()?),
        };
        let source = match format {
            Format::Csv => Source::Csv(Box::new(CsvRows::new(text, options)?)),
            Format::Json => Source::Json(Box::new(JsonRows::document(text, options)?)),
            Format::Jsonl => Source::Json(Box::new(JsonRows::lines(text, options))),
        };
        Ok(Self { source, done: false })
    }

    /// The report on the file so far.
    pub fn report(&self) -> ReadReport {
        match &self.source {
            Source::Csv(rows) => rows.report(),
            Source::Json(rows) => rows.report(),
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = match &mut self.source {
            Source::Csv(rows) => rows.next_row(),
            Source::Json(rows) => rows.next_row(),
        };
        self.done = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

const UNTERMINATED: &str =
    "the last line does not end with a line break; the file may be truncated";

fn unterminated(row: &Row) -> Finding {
    let fix = "Compare the file with its source, or add a line break at its end.";
    row.finding(Rule::RowUnterminated, UNTERMINATED, fix)
}

fn sniff(sample: &str) -> Format {
    let start = sample.trim_start();
    if start.starts_with('[') {
        Format::Json
    } else if start.starts_with('{') {
        let line = start.lines().next().unwrap_or_default();
        if json::is_member(line) { Format::Jsonl } else { Format::Json }
    } else {
        Format::Csv
    }
}
