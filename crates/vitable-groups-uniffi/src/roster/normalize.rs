//! Putting values into the form the API takes, and telling what was changed.

use vitable_groups::roster as core;

use super::check::Finding;
use crate::error::NativeError;
use crate::number::count;

/// What to put into the API's form. The defaults are what cannot be wrong.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct NormalizeOptions {
    /// White space around values is removed, that of references too.
    #[uniffi(default = true)]
    pub trim: bool,
    /// Phones become ten digits.
    #[uniffi(default = true)]
    pub phone: bool,
    /// Names of states and codes in small letters become codes.
    #[uniffi(default = true)]
    pub state: bool,
    /// ZIP+4 gets its hyphen, and zeros that a spreadsheet dropped come back.
    #[uniffi(default = false)]
    pub zip: bool,
    /// Birth dates in these formats become `YYYY-MM-DD`: `mm/dd/yyyy`, `dd/mm/yyyy`, `m/d/yy`,
    /// `yyyymmdd`, `datetime`, `excel`.
    #[uniffi(default)]
    pub dates: Vec<String>,
    /// Two-digit years above this one are 19xx, others 20xx.
    #[uniffi(default)]
    pub pivot_year: Option<i32>,
    /// The day by which a two-digit year can be no birth date yet, `YYYY-MM-DD`.
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
            .map_err(|_| NativeError::invalid("`today` is not a date; write it as YYYY-MM-DD"))?;
        Ok(options)
    }
}

/// A value that was changed; both forms masked.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RosterChange {
    /// The row, counted from 1.
    pub row: i64,
    /// The line of the file.
    pub line: Option<i64>,
    /// The row's reference after the change.
    pub reference_id: String,
    /// The field, such as `address.state`.
    pub field: String,
    /// What was done: `trim`, `phone`, `state`, `zip` or `date`.
    pub rule: String,
    /// The masked value before.
    pub before: String,
    /// The masked value after.
    pub after: String,
}

/// What normalizing changed, and what it would not guess.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct NormalizeReport {
    /// Changes made, kept below or not.
    pub total: i64,
    /// The first 10,000 changes.
    pub changes: Vec<RosterChange>,
    /// Values left alone because they can be read in two ways; a check reports them too.
    pub findings: Vec<Finding>,
}

impl From<core::NormalizeReport> for NormalizeReport {
    fn from(report: core::NormalizeReport) -> Self {
        let changes = report.changes.into_iter().map(|change| RosterChange {
            row: count(change.row),
            line: change.line.map(count),
            reference_id: change.reference_id,
            field: change.field.path().to_owned(),
            rule: change.rule.to_owned(),
            before: change.from,
            after: change.to,
        });
        Self {
            total: count(report.total),
            changes: changes.collect(),
            findings: report.findings.into_iter().map(Finding::from).collect(),
        }
    }
}
