//! What to check a roster against, and what a check found.

use std::collections::HashMap;
use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::{count, natural};

/// What to check a roster against.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct CheckOptions {
    /// The day that birth dates are compared with, `YYYY-MM-DD`.
    pub today: String,
    /// The organization's plans, if they are known.
    #[uniffi(default)]
    pub plan_ids: Option<Vec<String>>,
    /// How many rows the API takes at once; 5,000 by default.
    #[uniffi(default)]
    pub max_rows: Option<i64>,
    /// How many findings are kept, 10,000 by default; all are counted.
    #[uniffi(default)]
    pub max_findings: Option<i64>,
}

impl CheckOptions {
    pub(crate) fn into_core(self) -> Result<core::CheckOptions, NativeError> {
        let today = self
            .today
            .parse()
            .map_err(|_| NativeError::invalid("`today` is not a date, write it as YYYY-MM-DD"))?;
        let mut options = core::CheckOptions::new(today);
        if let Some(plans) = self.plan_ids {
            options = options.plan_ids(plans);
        }
        if let Some(rows) = self.max_rows {
            options = options.max_rows(natural("max_rows", rows)?);
        }
        if let Some(findings) = self.max_findings {
            options = options.max_findings(natural("max_findings", findings)?);
        }
        Ok(options)
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Severity {
    /// The API would take the roster, but perhaps not do what is meant.
    Warning,
    /// The API would refuse the whole roster, or the row cannot be what was meant.
    Error,
}

/// One thing found in a roster; its value is masked.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Finding {
    /// The row, counted from 1; none when the whole roster is meant.
    pub row: Option<i64>,
    /// The line of the file where the row begins, if it came from a file.
    pub line: Option<i64>,
    /// The row's reference, where it has one.
    pub reference_id: Option<String>,
    /// Where it is in the request, such as `members[3].address.state`.
    pub path: String,
    /// The field, if it is about one, such as `address.state`.
    pub field: Option<String>,
    /// The rule's stable name, such as `state.unknown`.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The masked value.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// All of it, to show to a person.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::Finding> for Finding {
    fn from(finding: core::Finding) -> Self {
        Self {
            text: finding.to_string(),
            row: finding.row.map(count),
            line: finding.line.map(count),
            reference_id: finding.reference_id,
            path: finding.path,
            field: finding.field.map(|field| field.path().to_owned()),
            rule: finding.rule.id().to_owned(),
            severity: match finding.severity {
                core::Severity::Warning => Severity::Warning,
                _ => Severity::Error,
            },
            value: finding.value,
            message: finding.message,
            fix: finding.fix,
        }
    }
}

/// Everything a check found, in the order of the rows.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CheckReport {
    /// Whether the roster may be sent: no errors; there may be warnings.
    pub is_ok: bool,
    /// Rows checked.
    pub rows: i64,
    /// Errors found, kept or not.
    pub errors: i64,
    /// Warnings found, kept or not.
    pub warnings: i64,
    /// Findings by rule, kept or not.
    pub by_rule: HashMap<String, i64>,
    /// The findings, up to the limit of the options.
    pub findings: Vec<Finding>,
    /// Findings counted but not kept.
    pub left_out: i64,
    /// All of it, to show to a person.
    pub text: String,
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::CheckReport> for CheckReport {
    fn from(report: core::CheckReport) -> Self {
        let by_rule =
            report.by_rule.iter().map(|(rule, times)| ((*rule).to_owned(), count(*times)));
        Self {
            is_ok: report.is_ok(),
            text: report.to_string(),
            by_rule: by_rule.collect(),
            rows: count(report.rows),
            errors: count(report.errors),
            warnings: count(report.warnings),
            findings: report.findings.into_iter().map(Finding::from).collect(),
            left_out: count(report.left_out),
        }
    }
}
