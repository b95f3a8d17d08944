//! Findings of a check, with masked values.

use std::fmt;

use serde::Serialize;

use super::field::RosterField;
use super::rule::{Rule, Severity};

/// A problem found in a roster.
///
/// Values are masked: dates, numbers and codes show only their format, names and streets only their
/// length. Reference IDs and plan IDs appear unchanged.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let roster = Roster::from_members([member("E1", "Atlantis")]);
/// let report = roster.check(&CheckOptions::new(jiff::civil::date(2026, 1, 15)));
/// let finding = &report.findings[0];
/// assert_eq!((finding.row, finding.path.as_str()), (Some(1), "members[0].address.state"));
/// assert!(!finding.to_string().contains("Atlantis"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The row, counted from 1; none if the finding is about the whole roster.
    pub row: Option<u64>,
    /// The line of the file where the row starts, if it came from a file.
    pub line: Option<u64>,
    /// The row's reference ID, if it has one.
    pub reference_id: Option<String>,
    /// The path in the request body, such as `members[3].address.state`.
    pub path: String,
    /// The field, if the finding is about one.
    pub field: Option<RosterField>,
    /// The rule.
    pub rule: Rule,
    /// The severity.
    pub severity: Severity,
    /// The masked value.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub fix: String,
}

impl Finding {
    /// A finding about the whole roster.
    pub(crate) fn in_roster(
        rule: Rule,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            row: None,
            line: None,
            reference_id: None,
            path: "members".to_owned(),
            field: None,
            rule,
            severity: rule.info().severity,
            value: None,
            message: message.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity)?;
        if let Some(row) = self.row {
            write!(f, "row {row}")?;
            if let Some(line) = self.line {
                write!(f, " (line {line})")?;
            }
            if let Some(reference) = &self.reference_id {
                write!(f, ", {reference}")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}: {}", self.path, self.message)?;
        if let Some(value) = &self.value {
            write!(f, " [{value}]")?;
        }
        write!(f, ". {} ({})", self.fix, self.rule)
    }
}
