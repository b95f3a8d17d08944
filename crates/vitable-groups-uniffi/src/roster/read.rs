//! How to read a roster, and what reading found out.

use std::collections::HashMap;
use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::count;
use crate::options::sorted;

/// How a roster file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RosterFormat {
    /// Cells in lines, with a header.
    Csv,
    /// An array of members, or an object with `members`.
    Json,
    /// A member per line.
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

/// How a file's bytes stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RosterEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, which holds all of Latin-1.
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

/// How to read a roster; what is not set is found out.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct ReadOptions {
    /// The format.
    #[uniffi(default)]
    pub format: Option<RosterFormat>,
    /// The encoding.
    #[uniffi(default)]
    pub encoding: Option<RosterEncoding>,
    /// The delimiter of a CSV file, one character.
    #[uniffi(default)]
    pub delimiter: Option<String>,
    /// Columns with the field they hold, such as `address.state`, or null to leave the column out.
    #[uniffi(default)]
    pub columns: HashMap<String, Option<String>>,
    /// Whether unknown columns are kept as extra fields of the member.
    #[uniffi(default = false)]
    pub keep_unknown: bool,
    /// Whether an empty cell of an optional column clears what the server has, instead of leaving
    /// it.
    #[uniffi(default = false)]
    pub empty_cell_clears: bool,
    /// The plan of rows that name none.
    #[uniffi(default)]
    pub default_plan_id: Option<String>,
    /// Whether cells may hold line breaks. They are errors otherwise, as a lost quotation mark joins
    /// several rows into one.
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
        options.delimiter = self.delimiter.as_deref().map(one_character).transpose()?;
        for (name, field) in sorted(self.columns) {
            let field = field.map(|field| field.parse::<core::RosterField>()).transpose();
            let field = field.map_err(|error| NativeError::invalid(error.to_string()))?;
            options.columns.insert(name, field);
        }
        if self.empty_cell_clears {
            options.empty_cell = core::EmptyCell::Null;
        }
        options.default_plan_id = self.default_plan_id;
        Ok(options)
    }
}

fn one_character(text: &str) -> Result<char, NativeError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(NativeError::invalid("the delimiter is one character, such as `;`")),
    }
}

/// A field and the column it was read from.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ColumnMatch {
    /// The field, such as `address.state`.
    pub field: String,
    /// The column's name in the file.
    pub column: String,
    /// Where the column stands, counted from 1; none in JSON.
    pub position: Option<i64>,
}

/// What reading found out about the file.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ReadReport {
    /// The format.
    pub format: RosterFormat,
    /// The encoding.
    pub encoding: RosterEncoding,
    /// The delimiter of a CSV file.
    pub delimiter: Option<String>,
    /// Which column gave which field.
    pub columns: Vec<ColumnMatch>,
    /// Columns that gave no field.
    pub unmatched: Vec<String>,
    /// Rows read.
    pub rows: i64,
    /// Rows without any value, left out.
    pub blank_rows: i64,
    /// Rows that got the default plan.
    pub default_plan_rows: i64,
    /// What is worth saying about the file.
    pub notes: Vec<String>,
    /// All of it, to show to a person.
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
