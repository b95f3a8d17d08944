//! Reading of rosters: options and reports.

use std::collections::HashMap;
use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::count;
use crate::options::sorted;

/// The format of a roster file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RosterFormat {
    /// CSV with a header row.
    Csv,
    /// JSON: an array of members, or an object with `members`.
    Json,
    /// JSON Lines: one member per line.
    Jsonl,
}

impl From<core::Format> for RosterFormat {
    fn from(format: core::Format) -> Self {
        match format {
            core::Format::Json => Self::Json,
            core::Format::Jsonl => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

/// The character encoding of a roster file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RosterEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Windows-1252, a superset of Latin-1.
    Windows1252,
}

impl From<core::Encoding> for RosterEncoding {
    fn from(encoding: core::Encoding) -> Self {
        match encoding {
            core::Encoding::Utf16Le => Self::Utf16Le,
            core::Encoding::Utf16Be => Self::Utf16Be,
            core::Encoding::Windows1252 => Self::Windows1252,
            _ => Self::Utf8,
        }
    }
}

/// What an empty cell of an optional column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum EmptyCell {
    /// The field is absent: the server keeps its value.
    Absent,
    /// The field is null: the server clears its value.
    Null,
}

/// Options for reading a roster; unset options are detected.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct ReadOptions {
    /// The file format.
    #[uniffi(default)]
    pub format: Option<RosterFormat>,
    /// The character encoding.
    #[uniffi(default)]
    pub encoding: Option<RosterEncoding>,
    /// The delimiter of CSV, one character.
    #[uniffi(default)]
    pub delimiter: Option<String>,
    /// The field for each column name, such as `address.state`, or null to ignore the column. Other
    /// columns are matched by name.
    #[uniffi(default)]
    pub columns: HashMap<String, Option<String>>,
    /// Whether to keep unknown columns as extra fields of the member.
    #[uniffi(default = false)]
    pub keep_unknown: bool,
    /// What an empty cell of an optional column means; `absent` by default.
    #[uniffi(default)]
    pub empty_cell: Option<EmptyCell>,
    /// The plan ID of rows without one.
    #[uniffi(default)]
    pub default_plan_id: Option<String>,
    /// Whether cells may contain line breaks. By default they are errors, because a missing quotation
    /// mark would merge several rows into one.
    #[uniffi(default = false)]
    pub multi_line_cells: bool,
}

impl ReadOptions {
    pub(crate) fn into_core(self) -> Result<core::ReadOptions, NativeError> {
        let mut options = core::ReadOptions::default()
            .keep_unknown(self.keep_unknown)
            .multi_line_cells(self.multi_line_cells);
        options.format = self.format.map(|format| match format {
            RosterFormat::Csv => core::Format::Csv,
            RosterFormat::Json => core::Format::Json,
            RosterFormat::Jsonl => core::Format::Jsonl,
        });
        options.encoding = self.encoding.map(|encoding| match encoding {
            RosterEncoding::Utf8 => core::Encoding::Utf8,
            RosterEncoding::Utf16Le => core::Encoding::Utf16Le,
            RosterEncoding::Utf16Be => core::Encoding::Utf16Be,
            RosterEncoding::Windows1252 => core::Encoding::Windows1252,
        });
        options.delimiter = self.delimiter.as_deref().map(single_character).transpose()?;
        for (name, field) in sorted(self.columns) {
            let field = field.map(|field| field.parse::<core::RosterField>()).transpose();
            let field = field.map_err(|error| NativeError::invalid(error.to_string()))?;
            options.columns.insert(name, field);
        }
        if let Some(meaning) = self.empty_cell {
            options.empty_cell = match meaning {
                EmptyCell::Absent => core::EmptyCell::Absent,
                EmptyCell::Null => core::EmptyCell::Null,
            };
        }
        options.default_plan_id = self.default_plan_id;
        Ok(options)
    }
}

fn single_character(text: &str) -> Result<char, NativeError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(NativeError::invalid("`delimiter` must be a single character, such as `;`")),
    }
}

/// A field and the column it was read from.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ColumnMatch {
    /// The field, such as `address.state`.
    pub field: String,
    /// The name of the column.
    pub column: String,
    /// The position of the column, from 1; none in JSON.
    pub position: Option<i64>,
}

/// How a roster was read.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ReadReport {
    /// The file format.
    pub format: RosterFormat,
    /// The character encoding.
    pub encoding: RosterEncoding,
    /// The delimiter of CSV.
    pub delimiter: Option<String>,
    /// The columns that were matched to fields.
    pub columns: Vec<ColumnMatch>,
    /// Columns that match no field.
    pub unmatched: Vec<String>,
    /// Number of rows read.
    pub rows: i64,
    /// Number of blank rows, which are skipped.
    pub blank_rows: i64,
    /// Number of rows that got the default plan.
    pub default_plan_rows: i64,
    /// Notes on the file.
    pub notes: Vec<String>,
    /// A human-readable summary.
    pub text: String,
}

impl fmt::Display for ReadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&core::ReadReport> for ReadReport {
    fn from(report: &core::ReadReport) -> Self {
        let columns = report.columns.iter().map(|matched| ColumnMatch {
            field: matched.field.path().to_owned(),
            column: matched.column.clone(),
            position: matched.position.map(|position| count(position as u64)),
        });
        Self {
            format: report.format.into(),
            encoding: report.encoding.into(),
            delimiter: report.delimiter.map(String::from),
            columns: columns.collect(),
            unmatched: report.unmatched.clone(),
            rows: count(report.rows),
            blank_rows: count(report.blank_rows),
            default_plan_rows: count(report.default_plan_rows),
            notes: report.notes.clone(),
            text: report.to_string(),
        }
    }
}
