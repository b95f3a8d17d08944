//! The check: applies every rule to every row, in bounded memory.

mod fields;
mod options;
mod report;

use std::collections::HashMap;

pub use options::CheckOptions;
pub use report::CheckReport;

use super::finding::Finding;
use super::row::Row;
use super::rule::Rule;
use super::{characters, value};
use crate::field::RosterField;
use crate::hash::Keys;
use vitable_groups_model::Field;

/// Checks rows one at a time. It keeps hashes and findings, never the rows.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::{Checker, CheckOptions, Row};
///
/// let mut checker = Checker::new(CheckOptions::new("2026-10-01".parse()?));
/// let address = Address::new("1 Main Street", "Springfield", "Illinois", "62701");
/// checker.check(&Row::new(1, None, Member::new("E1", "A", "B", "1990-01-01", "pln_1", address)));
/// let report = checker.finish();
/// assert_eq!(report.findings[0].rule.id(), "state.unknown");
/// assert_eq!(report.findings[0].path, "members[0].address.state");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug)]
pub struct Checker {
    options: CheckOptions,
    keys: Keys,
    references: HashMap<u128, Seen>,
    people: HashMap<u128, RowLocation>,
    /// Whether a reference ID with Latin letters was seen; until then, lookalikes are held back.
    latin: bool,
    lookalikes: Vec<Finding>,
    report: CheckReport,
}

/// The first row with a reference ID, compared without case and surrounding whitespace.
#[derive(Debug)]
struct Seen {
    exact: u64,
    location: RowLocation,
}

#[derive(Clone, Copy, Debug)]
struct RowLocation {
    row: u32,
    line: u32,
}

impl RowLocation {
    fn of(row: &Row) -> Self {
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { row: narrow(row.row()), line: row.line().map_or(0, narrow) }
    }
}

impl std::fmt::Display for RowLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}", self.row)?;
        if self.line > 0 { write!(f, " (line {})", self.line) } else { Ok(()) }
    }
}

impl Checker {
    /// A checker without rows.
    pub fn new(options: CheckOptions) -> Self {
        Self {
            options,
            keys: Keys::default(),
            references: HashMap::new(),
            people: HashMap::new(),
            latin: false,
            lookalikes: Vec::new(),
            report: CheckReport::default(),
        }
    }

    /// Checks the next row.
    pub fn check(&mut self, row: &Row) {
        self.report.rows += 1;
        let (report, limit) = (&mut self.report, self.options.max_findings);
        for issue in row.issues() {
            report.add(issue.clone(), limit);
        }
        if !row.is_readable() {
            return;
        }
        fields::check(row, &self.options, &mut |finding| report.add(finding, limit));
        self.alphabet(row);
        if self.reference(row) {
            self.person(row);
        }
    }

    /// Reports Cyrillic or Greek letters that resemble Latin letters, if other reference IDs are Latin.
    fn alphabet(&mut self, row: &Row) {
        let reference = &row.member().reference_id;
        if reference.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            if !self.latin {
                self.latin = true;
                for finding in std::mem::take(&mut self.lookalikes) {
                    self.add(finding);
                }
            }
        } else if !reference.is_ascii()
            && let Some((at, c)) = characters::resembles_latin(reference)
        {
            let message = format!(
                "reference_id has {} at character {}, which looks like a Latin letter; other reference IDs are Latin",
                characters::name(c),
                at + 1
            );
            let fix =
                "Replace it with the intended character; the API compares reference IDs exactly.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdConfusable);
            let finding = row.field_finding(field, rule, Some(reference), message, fix);
            if self.latin {
                self.add(finding);
            } else if self.lookalikes.len() < self.options.max_findings {
                self.lookalikes.push(finding);
            }
        }
    }

    fn add(&mut self, finding: Finding) {
        self.report.add(finding, self.options.max_findings);
    }

    /// Whether the row's reference ID is unique so far.
    fn reference(&mut self, row: &Row) -> bool {
        let reference = &row.member().reference_id;
        if reference.trim().is_empty() {
            return true;
        }
        let exact = self.keys.wide(reference);
        if let Some(seen) = self.references.get(&exact) {
            let message = format!("reference_id is the same as in {}", seen.location);
            let fix = "Remove one of the rows, or give the other person their own reference ID.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdDuplicate);
            self.add(row.field_finding(field, rule, Some(reference), message, fix));
            return false;
        }
        let short = self.keys.narrow(reference);
        let folded = fold(reference);
        // The folded form is stored only if it differs from the exact one.
        let similar = match folded.as_deref() {
            Some(folded) => self
                .references
                .get(&self.keys.pair("folded", folded))
                .or_else(|| self.references.get(&self.keys.wide(folded))),
            None => self.references.get(&self.keys.pair("folded", reference)),
        };
        if let Some(seen) = similar.filter(|seen| seen.exact != short) {
            let message = format!(
                "reference_id differs from that of {} only in case or whitespace",
                seen.location
            );
            let fix = "If they are the same person, keep one row; the API compares reference IDs exactly.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdSimilar);
            self.add(row.field_finding(field, rule, Some(reference), message, fix));
        }
        let location = RowLocation::of(row);
        self.references.insert(exact, Seen { exact: short, location });
        if let Some(folded) = folded {
            let key = self.keys.pair("folded", &folded);
            self.references.entry(key).or_insert(Seen { exact: short, location });
        }
        true
    }

    /// The server treats the same email and date of birth as the same person.
    fn person(&mut self, row: &Row) {
        let member = row.member();
        let (Field::Value(email), Ok(_)) = (&member.email, value::date(&member.date_of_birth))
        else {
            return;
        };
        if !value::is_email(email) {
            return;
        }
        let key = self.keys.pair(&email.to_lowercase(), &member.date_of_birth);
        match self.people.get(&key) {
            Some(first) => {
                let message = format!("the email and the date of birth are the same as in {first}");
                let fix = "If they are the same person, keep one row; adding the second one fails.";
                self.add(row.finding(Rule::PersonDuplicate, message, fix));
            }
            None => {
                self.people.insert(key, RowLocation::of(row));
            }
        }
    }

    /// Adds the findings about the whole roster and returns the report.
    pub fn finish(mut self) -> CheckReport {
        let (rows, limit) = (self.report.rows, self.options.max_rows);
        if rows > limit {
            let message = format!("the roster has {rows} rows; the limit is {limit}");
            let fix = "Do not send it in parts: each part would replace the one before. Divide the members among several groups.";
            self.add(Finding::in_roster(Rule::RosterTooManyRows, message, fix));
        }
        if rows == 0 {
            let fix = "Send it only to remove everyone from the group; the guard blocks it unless allow_empty is set.";
            self.add(Finding::in_roster(Rule::RosterEmpty, "the roster is empty", fix));
        }
        self.report
    }
}

/// The form without case and surrounding whitespace, if it differs.
fn fold(reference: &str) -> Option<String> {
    let trimmed = reference.trim();
    let lower = trimmed.to_lowercase();
    (lower != reference).then_some(lower)
}
