//! Splits a CSV file into records with line numbers, in bounded memory.

use std::io::Read;

use super::decode::DecodingReader;
use super::error::{ReadError, ReadErrorKind};
use super::scan::{self, Flaw, LineEnd, Record};

const CHUNK: usize = 64 * 1024;
/// Only an unclosed quote makes a row this long.
const MAX_ROW: usize = 1024 * 1024;

pub(super) struct Records<R> {
    input: DecodingReader<R>,
    delimiter: u8,
    buffer: Vec<u8>,
    /// The start of the next row in the buffer, and its line.
    at: usize,
    line: u64,
    ended: bool,
    /// Whether a line ended with `\r\n`.
    crlf: bool,
}

/// The lines of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    pub(super) first: u64,
    pub(super) last: u64,
    /// Whether the last line ends with a line break or is blank.
    pub(super) complete: bool,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: DecodingReader<R>, delimiter: u8, first_line: u64) -> Self {
        Self {
            input,
            delimiter,
            buffer: Vec::new(),
            at: 0,
            line: first_line,
            ended: false,
            crlf: false,
        }
    }

    pub(super) fn input(&self) -> &DecodingReader<R> {
        &self.input
    }

    pub(super) fn read(&mut self, record: &mut Record) -> Result<Option<Lines>, ReadError> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            let used = match scan::record(rest, self.ended, self.delimiter, record) {
                Ok(Some(used)) => used,
                Ok(None) => {
                    self.fill()?;
                    continue;
                }
                Err(flaw) => return Err(self.syntax_error(&flaw, rest)),
            };
            let complete = match record.end {
                LineEnd::Nothing => rest.iter().all(|&byte| byte == b' '),
                // The `\n` of the last `\r\n` is missing.
                LineEnd::Cr => !(self.crlf && self.ended && used == rest.len()),
                LineEnd::Lf | LineEnd::CrLf => true,
            };
            self.crlf |= record.end == LineEnd::CrLf;
            let lines = Lines { first: self.line, last: self.line + record.breaks, complete };
            self.at += used;
            self.line = lines.last + 1;
            return Ok(Some(lines));
        }
    }

    /// Reads more bytes. The buffer of an incomplete row doubles, so that the row is not scanned
    /// too often.
    fn fill(&mut self) -> Result<(), ReadError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.len() > MAX_ROW {
            return Err(ReadError::new(
                ReadErrorKind::TooLarge,
                Some(self.line),
                "the row that starts here is longer than 1 MiB",
                "Check for a quotation mark that is never closed.",
            ));
        }
        let wanted = self.buffer.len().max(CHUNK);
        let got = (&mut self.input)
            .take(wanted as u64)
            .read_to_end(&mut self.buffer)
            .map_err(|error| ReadError::from_io(&error))?;
        self.ended = got < wanted;
        Ok(())
    }

    fn syntax_error(&self, flaw: &Flaw, row: &[u8]) -> ReadError {
        let position = |at: usize| {
            let (below, column) = scan::position(row, at);
            (self.line + below, column)
        };
        let ((line, column), message) = match *flaw {
            Flaw::NotUtf8 => {
                let message = "the row that starts here is not valid text";
                return ReadError::new(
                    ReadErrorKind::Encoding,
                    Some(self.line),
                    message,
                    SAVE_AS_UTF8,
                );
            }
            Flaw::Stray { at } => {
                (position(at), "a cell that is not quoted contains a quotation mark".to_owned())
            }
            Flaw::AfterQuote { opened, at } => {
                let ((first, opened), (last, closed)) = (position(opened), position(at));
                if first == last {
                    let message = "text follows the closing quotation mark of the cell";
                    ((last, closed), message.to_owned())
                } else {
                    let message = format!(
                        "this quotation mark opens a cell that spans lines {first} to {last}, and text follows its closing quotation mark (line {last}, column {closed})"
                    );
                    ((first, opened), message)
                }
            }
            Flaw::Unclosed { opened } => {
                let first = position(opened);
                let (last, _) = position(row.trim_ascii_end().len());
                let message = if last == first.0 {
                    "this quotation mark is never closed".to_owned()
                } else {
                    format!(
                        "this quotation mark is never closed: lines {} to {last}, up to the end of the file, would be one cell",
                        first.0
                    )
                };
                (first, message)
            }
        };
        let fix = "Close it, or double it (\"\") inside a quoted cell if it is part of the value.";
        ReadError::new(ReadErrorKind::Syntax, Some(line), message, fix).at_column(column)
    }
}

const SAVE_AS_UTF8: &str = "Save the roster as CSV UTF-8.";
