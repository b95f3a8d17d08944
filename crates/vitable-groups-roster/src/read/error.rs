//! Errors of reading a roster.

use std::fmt;

use serde::Serialize;

/// Why a roster cannot be read, with the line and how to fix it.
///
/// ```
/// use vitable_groups::roster::{ReadErrorKind, ReadOptions, Roster};
///
/// let error = Roster::read_csv("Name,Town\n".as_bytes(), &ReadOptions::default()).unwrap_err();
/// assert_eq!(error.kind, ReadErrorKind::MissingColumns);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReadError {
    /// The kind of failure.
    pub kind: ReadErrorKind,
    /// The line of the file.
    pub line: Option<u64>,
    /// The column within the line, counted from 1 in characters.
    pub column: Option<u64>,
    /// What happened.
    pub message: String,
    /// How to fix it.
    pub fix: String,
}

/// The kinds of [`ReadError`].
///
/// ```
/// use vitable_groups::roster::{ReadErrorKind, ReadOptions, Roster};
///
/// let error = Roster::read_csv(&b""[..], &ReadOptions::default()).unwrap_err();
/// assert_eq!(error.kind, ReadErrorKind::Empty);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The file could not be opened or read.
    Io,
    /// The file is empty.
    Empty,
    /// The file is not text, but a workbook, an archive or a PDF.
    NotText,
    /// The bytes are not valid in the encoding.
    Encoding,
    /// Two columns match the same field.
    AmbiguousColumns,
    /// Required columns are missing.
    MissingColumns,
    /// The mapping names a missing column, or the delimiter is invalid.
    Options,
    /// The text is malformed: an unclosed quote, invalid JSON.
    Syntax,
    /// A row or the file is larger than any roster.
    TooLarge,
}

impl ReadError {
    pub(crate) fn new(
        kind: ReadErrorKind,
        line: Option<u64>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { kind, line, column: None, message: message.into(), fix: fix.into() }
    }

    pub(crate) fn at_column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// Converts an I/O error, which may carry an error of the decoder.
    pub(crate) fn from_io(error: &std::io::Error) -> Self {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()).cloned().unwrap_or_else(
            || {
                Self::new(
                    ReadErrorKind::Io,
                    None,
                    format!("the roster could not be read: {}", error.kind()),
                    "Check that the file exists and is readable.",
                )
            },
        )
    }

    pub(crate) fn opening(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(
            ReadErrorKind::Io,
            None,
            format!("{} could not be opened: {}", path.display(), error.kind()),
            "Check that the file exists and is readable.",
        )
    }

    pub(crate) fn into_io(self) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::InvalidData, self)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}")?;
            if let Some(column) = self.column {
                write!(f, ", column {column}")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}. {}", self.message, self.fix)
    }
}

impl std::error::Error for ReadError {}
