//! Roster checks: options and reports.

use std::collections::HashMap;
use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::{count, non_negative};

/// Options of a roster check.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct CheckOptions {
    /// The date against which dates of birth are checked, `YYYY-MM-DD`.
    pub today: String,
    /// The IDs of the organization's plans; if unset, plan IDs are not verified.
    #[uniffi(default)]
    pub plan_ids: Option<Vec<String>>,
    /// The maximum number of rows the API accepts; 5,000 by default.
    #[uniffi(default)]
    pub max_rows: Option<i64>,
    /// The maximum number of findings to keep, 10,000 by default; all are counted.
    #[uniffi(default)]
    pub max_findings: Option<i64>,
}

impl CheckOptions {
    pub(crate) fn into_core(self) -> Result<core::CheckOptions, NativeError> {
        let today = self
            .today
            .parse()
            .map_err(|_| NativeError::invalid("`today` is not a valid date; use YYYY-MM-DD"))?;
        let mut options = core::CheckOptions::new(today);
        if let Some(plans) = self.plan_ids {
            options = options.plan_ids(plans);
        }
        if let Some(rows) = self.max_rows {
            options = options.max_rows(non_negative("max_rows", rows)?);
        }
        if let Some(findings) = self.max_findings {
            options = options.max_findings(non_negative("max_findings", findings)?);
        }
        Ok(options)
    }
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Severity {
    /// The API would accept the roster, but may not do what was intended.
    Warning,
    /// The API would reject the whole roster, or the row cannot be what was intended.
    Error,
}

/// A finding of a roster check; the value is masked.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Finding {
    /// The row, from 1; none if the finding concerns the whole roster.
    pub row: Option<i64>,
    /// The line of the file where the row starts, if the roster was read from a file.
    pub line: Option<i64>,
    /// The row's reference ID, if it has one.
    pub reference_id: Option<String>,
    /// The JSON path in the request, such as `members[3].address.state`.
    pub path: String,
    /// The field, if the finding concerns one, such as `address.state`.
    pub field: Option<String>,
    /// The stable ID of the rule, such as `state.unknown`.
    pub rule: String,
    /// The severity.
    pub severity: Severity,
    /// The value, masked.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub fix: String,
    /// A human-readable summary.
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

/// The findings of a roster check, in row order.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CheckReport {
    /// Whether there are no errors, so that the roster may be submitted; there may be warnings.
    pub is_ok: bool,
    /// Number of rows checked.
    pub rows: i64,
    /// Number of errors, whether kept or not.
    pub errors: i64,
    /// Number of warnings, whether kept or not.
    pub warnings: i64,
    /// Number of findings by rule, whether kept or not.
    pub by_rule: HashMap<String, i64>,
    /// The findings, up to `max_findings`.
    pub findings: Vec<Finding>,
    /// Number of findings that were not kept.
    pub left_out: i64,
    /// A human-readable summary.
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
