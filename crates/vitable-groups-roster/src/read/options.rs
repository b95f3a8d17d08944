//! Read options, and the report on a file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::field::RosterField;

/// The format of a roster file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Comma- or otherwise delimited cells, with a header line.
    Csv,
    /// An array of members, or an object with `members`.
    Json,
    /// One member per line.
    Jsonl,
}

impl Format {
    /// The format that a file name's extension stands for.
    ///
    /// ```
    /// use vitable_groups::roster::Format;
    ///
    /// assert_eq!(Format::of_path("roster.CSV".as_ref()), Some(Format::Csv));
    /// assert_eq!(Format::of_path("roster".as_ref()), None);
    /// ```
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "psv" | "tab" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Jsonl => "JSON Lines",
        })
    }
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "jsonl" => Ok(Self::Jsonl),
            _ => Err("unknown format; use csv, json or jsonl"),
        }
    }
}

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little-endian.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big-endian.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, which includes Latin-1.
    #[serde(rename = "windows-1252", alias = "latin-1", alias = "iso-8859-1")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252 (Latin-1)",
        })
    }
}

/// What an empty cell of an optional column means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EmptyCell {
    /// Keep the stored value.
    #[default]
    Absent,
    /// Clear the stored value.
    Null,
}

/// How to read a roster. The default detects everything.
///
/// ```
/// use vitable_groups::roster::{ReadOptions, RosterField};
///
/// let options = ReadOptions::default()
///     .column("Badge", RosterField::ReferenceId)
///     .ignore("Home Phone")
///     .default_plan_id("pln_1");
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The format; none to detect it.
    pub format: Option<Format>,
    /// The encoding; none to detect it.
    pub encoding: Option<Encoding>,
    /// The delimiter of a CSV file; none to detect it.
    pub delimiter: Option<char>,
    /// Columns with the field they hold, or none to ignore the column. Takes precedence over
    /// column names.
    pub columns: BTreeMap<String, Option<RosterField>>,
    /// Whether unknown columns are kept as extra fields of the member.
    pub keep_unknown: bool,
    /// What an empty cell of an optional column means.
    pub empty_cell: EmptyCell,
    /// The plan ID of rows without one.
    pub default_plan_id: Option<String>,
    /// Whether values may contain line breaks. They are rejected otherwise, because a missing
    /// quotation mark merges several rows into one.
    pub multi_line_cells: bool,
}

impl ReadOptions {
    /// Sets the format.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Sets the encoding.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Sets the delimiter.
    #[must_use]
    pub fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Maps a column to a field.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, field: RosterField) -> Self {
        self.columns.insert(name.into(), Some(field));
        self
    }

    /// Ignores a column.
    #[must_use]
    pub fn ignore(mut self, name: impl Into<String>) -> Self {
        self.columns.insert(name.into(), None);
        self
    }

    /// Keeps unknown columns as extra fields.
    #[must_use]
    pub fn keep_unknown(mut self, keep: bool) -> Self {
        self.keep_unknown = keep;
        self
    }

    /// Sets what an empty cell of an optional column means.
    #[must_use]
    pub fn empty_cell(mut self, meaning: EmptyCell) -> Self {
        self.empty_cell = meaning;
        self
    }

    /// Sets the plan ID of rows without one.
    #[must_use]
    pub fn default_plan_id(mut self, plan_id: impl Into<String>) -> Self {
        self.default_plan_id = Some(plan_id.into());
        self
    }

    /// Allows line breaks in values.
    #[must_use]
    pub fn multi_line_cells(mut self, allow: bool) -> Self {
        self.multi_line_cells = allow;
        self
    }
}

/// A field and the column it was read from.
///
/// ```
/// use vitable_groups::roster::{ReadOptions, Roster};
///
/// let header = "Employee ID,First Name,Last Name,DOB,Plan,Street,City,State,Zip\n";
/// let row = "E1,A,B,1990-01-01,pln_1,1 Main,Reno,NV,89501\n";
/// let roster = Roster::read_csv(format!("{header}{row}").as_bytes(), &ReadOptions::default())?;
/// let matched = &roster.report().unwrap().columns[0];
/// assert_eq!((matched.column.as_str(), matched.position), ("Employee ID", Some(1)));
/// # Ok::<(), vitable_groups::roster::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnMatch {
    /// The field.
    pub field: RosterField,
    /// The column's name in the file.
    pub column: String,
    /// The position of the column, counted from 1; none in JSON.
    pub position: Option<usize>,
}

/// The report on reading a file.
///
/// ```
/// use vitable_groups::roster::{Format, ReadOptions, Roster};
///
/// let roster = Roster::read_json(&b"[]"[..], &ReadOptions::default())?;
/// let report = roster.report().unwrap();
/// assert_eq!((report.rows, report.format), (0, Format::Json));
/// # Ok::<(), vitable_groups::roster::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReadReport {
    /// The format.
    pub format: Format,
    /// The encoding.
    pub encoding: Encoding,
    /// The delimiter of a CSV file.
    pub delimiter: Option<char>,
    /// The columns matched to fields.
    pub columns: Vec<ColumnMatch>,
    /// Columns that match no field.
    pub unmatched: Vec<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows without values, which were skipped.
    pub blank_rows: u64,
    /// Rows that were given the default plan.
    pub default_plan_rows: u64,
    /// Human-readable remarks on the file.
    pub notes: Vec<String>,
}

impl fmt::Display for ReadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows of {}, {}", self.rows, self.format, self.encoding)?;
        for matched in &self.columns {
            writeln!(f, "  {} <- {}", matched.field, matched.column)?;
        }
        for name in &self.unmatched {
            writeln!(f, "  (unused) <- {name}")?;
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}
