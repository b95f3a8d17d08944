//! One thing found in a roster, told without the value.

use std::fmt;

use serde::Serialize;

use super::field::RosterField;
use super::mask;
use super::row::Row;
use super::rule::{Rule, Severity};

/// Something a person should look at.
///
/// Values are masked: the form of dates, numbers and codes is shown, of names and streets the
/// length; only references and plan ids appear as they are.
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
    /// The row, counted from 1; none when the whole roster is meant.
    pub row: Option<u64>,
    /// The line of the file where the row begins, if it came from a file.
    pub line: Option<u64>,
    /// The row's reference, where it has one.
    pub reference_id: Option<String>,
    /// Where it is in the request, such as `members[3].address.state`.
    pub path: String,
    /// The field, if it is about one.
    pub field: Option<RosterField>,
    /// The rule.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// The masked value.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

impl Finding {
    /// About a field of a row; the value is masked here.
    pub(crate) fn in_field(
        row: &Row,
        field: RosterField,
        rule: Rule,
        value: Option<&str>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            path: format!("members[{}].{}", row.index(), field.path()),
            field: Some(field),
            value: value.map(|value| mask::mask(field, value)),
            ..Self::in_row(row, rule, message, fix)
        }
    }

    /// About a whole row.
    pub(crate) fn in_row(
        row: &Row,
        rule: Rule,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let reference = &row.member().reference_id;
        Self {
            row: Some(row.row()),
            line: row.line(),
            reference_id: (!reference.is_empty()).then(|| mask::printable(reference)),
            path: format!("members[{}]", row.index()),
            ..Self::in_roster(rule, message, fix)
        }
    }

    /// About the whole roster.
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
