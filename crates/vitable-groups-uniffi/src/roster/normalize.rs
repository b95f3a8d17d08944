//! Normalization of values: options and reports.

use vitable_groups::roster as core;

use super::check::Finding;
use crate::error::NativeError;
use crate::number::count;

/// Which values to normalize. The defaults are always safe.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch")]
pub struct NormalizeOptions {
    /// Trim leading and trailing whitespace, including that of reference IDs.
    #[uniffi(default = true)]
    pub trim: bool,
    /// Convert phone numbers to ten digits.
    #[uniffi(default = true)]
    pub phone: bool,
    /// Convert state names and lowercase codes to USPS codes.
    #[uniffi(default = true)]
    pub state: bool,
    /// Add the hyphen of ZIP+4, and restore leading zeros that a spreadsheet dropped.
    #[uniffi(default = false)]
    pub zip: bool,
    /// Formats of dates of birth to convert to `YYYY-MM-DD`: `mm/dd/yyyy`, `dd/mm/yyyy`, `m/d/yy`,
    /// `yyyymmdd`, `datetime`, `excel`.
    #[uniffi(default)]
    pub dates: Vec<String>,
    /// Two-digit years above this one are read as 19xx, others as 20xx.
    #[uniffi(default)]
    pub pivot_year: Option<i32>,
    /// Today's date, `YYYY-MM-DD`: two-digit years are never read as dates of birth after it.
    #[uniffi(default)]
    pub today: Option<String>,
}

impl NormalizeOptions {
    pub(crate) fn into_core(self) -> Result<core::Normalize, NativeError> {
        let dates = self.dates.iter().map(|name| name.parse::<core::DateFormat>());
        let pivot_year = self.pivot_year.map(i16::try_from).transpose();
        let today = self.today.map(|today| today.parse()).transpose();
        let dates: Vec<_> = dates
            .collect::<Result<_, _>>()
            .map_err(|error| NativeError::invalid(error.to_string()))?;
        let mut options = core::Normalize::default()
            .trim(self.trim)
            .phone(self.phone)
            .state(self.state)
            .zip(self.zip)
            .dates(dates);
        options.pivot_year =
            pivot_year.map_err(|_| NativeError::invalid("`pivot_year` is not a two-digit year"))?;
        options.today = today
            .map_err(|_| NativeError::invalid("`today` is not a valid date; use YYYY-MM-DD"))?;
        Ok(options)
    }
}

/// A value that was changed, masked before and after.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct NormalizedValue {
    /// The row, from 1.
    pub row: i64,
    /// The line of the file, if the roster was read from one.
    pub line: Option<i64>,
    /// The row's reference ID after the change.
    pub reference_id: String,
    /// The field, such as `address.state`.
    pub field: String,
    /// The rule applied: `trim`, `phone`, `state`, `zip` or `date`.
    pub rule: String,
    /// The value before, masked.
    pub from: String,
    /// The value after, masked.
    pub to: String,
}

/// What normalization changed, and which values are ambiguous.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct NormalizeReport {
    /// Number of changes, whether listed or not.
    pub total: i64,
    /// The first 10,000 changes.
    pub changes: Vec<NormalizedValue>,
    /// Ambiguous values that were left unchanged; a check reports them as well.
    pub findings: Vec<Finding>,
}

impl From<core::NormalizeReport> for NormalizeReport {
    fn from(report: core::NormalizeReport) -> Self {
        let changes = report.changes.into_iter().map(|change| NormalizedValue {
            row: count(change.row),
            line: change.line.map(count),
            reference_id: change.reference_id,
            field: change.field.path().to_owned(),
            rule: change.rule.to_owned(),
            from: change.from,
            to: change.to,
        });
        Self {
            total: count(report.total),
            changes: changes.collect(),
            findings: report.findings.into_iter().map(Finding::from).collect(),
        }
    }
}
