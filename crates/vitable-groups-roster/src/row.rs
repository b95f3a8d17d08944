//! A roster row: a member and the line it came from.

use vitable_groups_model::{Address, Member};

use super::field::RosterField;
use super::finding::Finding;
use super::mask;
use super::rule::Rule;

/// A row of a roster: a member, and the row and line it was read from.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::Roster;
///
/// let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
/// let roster = Roster::from_members([Member::new("E1", "A", "B", "1990-01-01", "pln_1", address)]);
/// let row = &roster.rows()[0];
/// assert_eq!((row.row(), row.line()), (1, None));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    number: u64,
    line: Option<u64>,
    last_line: Option<u64>,
    line_breaks: bool,
    member: Member,
    issues: Vec<Finding>,
    readable: bool,
}

impl Row {
    /// A row built by the caller, counted from 1.
    pub fn new(row: u64, line: Option<u64>, member: Member) -> Self {
        Self {
            number: row.max(1),
            line,
            last_line: line,
            line_breaks: false,
            member,
            issues: Vec::new(),
            readable: true,
        }
    }

    pub(crate) fn blank(row: u64, line: Option<u64>) -> Self {
        Self::new(row, line, Member::new("", "", "", "", "", Address::default()))
    }

    /// The row number, counted from 1; blank rows of a file do not count.
    pub fn row(&self) -> u64 {
        self.number
    }

    /// The index in the request, counted from 0.
    pub fn index(&self) -> u64 {
        self.number.saturating_sub(1)
    }

    /// The line of the file where the row starts.
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The line of the file where the row ends.
    pub fn last_line(&self) -> Option<u64> {
        self.last_line
    }

    /// Whether the read options allow line breaks in values.
    pub fn may_have_line_breaks(&self) -> bool {
        self.line_breaks
    }

    pub(crate) fn set_lines(&mut self, last: u64, line_breaks: bool) {
        self.last_line = self.line.map(|first| last.max(first));
        self.line_breaks = line_breaks;
    }

    /// The member.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// The member, mutable.
    pub fn member_mut(&mut self) -> &mut Member {
        &mut self.member
    }

    /// Converts into the member.
    pub fn into_member(self) -> Member {
        self.member
    }

    /// Findings made while reading the row; a check reports them too.
    pub fn issues(&self) -> &[Finding] {
        &self.issues
    }

    /// Whether the row could be read at all.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// A finding about this row.
    pub(crate) fn finding(
        &self,
        rule: Rule,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        let reference = &self.member.reference_id;
        Finding {
            row: Some(self.number),
            line: self.line,
            reference_id: (!reference.is_empty()).then(|| mask::printable(reference)),
            path: format!("members[{}]", self.index()),
            ..Finding::in_roster(rule, message, fix)
        }
    }

    /// A finding about a field of this row; masks the value.
    pub(crate) fn field_finding(
        &self,
        field: RosterField,
        rule: Rule,
        value: Option<&str>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            path: format!("members[{}].{}", self.index(), field.path()),
            field: Some(field),
            value: value.map(|value| mask::mask(field, value)),
            ..self.finding(rule, message, fix)
        }
    }

    pub(crate) fn add_issue(&mut self, issue: Finding) {
        self.issues.push(issue);
    }

    pub(crate) fn drop_issues(&mut self, rule: Rule) {
        self.issues.retain(|issue| issue.rule != rule);
    }

    pub(crate) fn set_unreadable(&mut self) {
        self.readable = false;
    }

    /// Replaces the member with a corrected one.
    pub(crate) fn replace(&mut self, member: Member) {
        self.member = member;
        self.issues.clear();
        self.readable = true;
    }
}
