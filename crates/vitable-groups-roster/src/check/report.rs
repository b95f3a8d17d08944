//! The report of a check.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::finding::Finding;
use crate::rule::Severity;

/// The findings of a check, in row order.
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
/// assert_eq!((report.rows, report.errors, report.is_ok()), (1, 1, false));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// Rows checked.
    pub rows: u64,
    /// Number of errors, including findings not kept.
    pub errors: u64,
    /// Number of warnings, including findings not kept.
    pub warnings: u64,
    /// Number of findings by rule, including those not kept.
    pub by_rule: BTreeMap<&'static str, u64>,
    /// The findings, up to the limit of the options.
    pub findings: Vec<Finding>,
    /// Findings counted but not kept.
    pub left_out: u64,
}

impl CheckReport {
    /// Whether the roster can be sent: it has no errors, but may have warnings.
    pub fn is_ok(&self) -> bool {
        self.errors == 0
    }

    pub(crate) fn add(&mut self, finding: Finding, limit: usize) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        *self.by_rule.entry(finding.rule.id()).or_default() += 1;
        if self.findings.len() < limit {
            self.findings.push(finding);
        } else {
            self.left_out += 1;
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows, {} errors, {} warnings", self.rows, self.errors, self.warnings)?;
        for finding in &self.findings {
            writeln!(f, "  {finding}")?;
        }
        if self.left_out > 0 {
            writeln!(f, "  and {} more", self.left_out)?;
        }
        Ok(())
    }
}
