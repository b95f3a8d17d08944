//! Checking: every row by every rule, row by row, in bounded memory.

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

/// Checks rows as they come. It keeps hashes and findings, never the rows.
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
    people: HashMap<u128, Place>,
    /// Whether a reference has Latin letters; until one has, those that only look so wait.
    latin: bool,
    lookalikes: Vec<Finding>,
    report: CheckReport,
}

/// The first row of a reference, compared without case and white space.
#[derive(Debug)]
struct Seen {
    exact: u64,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    row: u32,
    line: u32,
}

impl Place {
    fn of(row: &Row) -> Self {
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { row: narrow(row.row()), line: row.line().map_or(0, narrow) }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}", self.row)?;
        if self.line > 0 { write!(f, " (line {})", self.line) } else { Ok(()) }
    }
}

impl Checker {
    /// A checker that has seen nothing.
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

    /// Cyrillic or Greek letters that look Latin are wrong where other references are Latin.
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
            && let Some((at, c)) = characters::looks_latin(reference)
        {
            let message = format!(
                "reference_id has {} at character {} and looks Latin, as other references are",
                characters::name(c),
                at + 1
            );
            let fix = "Replace it by what is meant; the API compares references exactly.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdConfusable);
            let finding = Finding::in_field(row, field, rule, Some(reference), message, fix);
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

    /// Whether the row's reference is its own.
    fn reference(&mut self, row: &Row) -> bool {
        let reference = &row.member().reference_id;
        if reference.trim().is_empty() {
            return true;
        }
        let exact = self.keys.wide(reference);
        if let Some(seen) = self.references.get(&exact) {
            let message = format!("reference_id is the same as in {}", seen.place);
            let fix = "Remove one of the rows, or give the other person its own reference.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdDuplicate);
            self.add(Finding::in_field(row, field, rule, Some(reference), message, fix));
            return false;
        }
        let short = self.keys.narrow(reference);
        let folded = fold(reference);
        // The folded form is kept beside the exact one only where the two differ.
        let similar = match folded.as_deref() {
            Some(folded) => self
                .references
                .get(&self.keys.pair("folded", folded))
                .or_else(|| self.references.get(&self.keys.wide(folded))),
            None => self.references.get(&self.keys.pair("folded", reference)),
        };
        if let Some(seen) = similar.filter(|seen| seen.exact != short) {
            let message = format!(
                "reference_id differs from that of {} only in case or white space",
                seen.place
            );
            let fix =
                "If it is the same person, keep one row; the API compares references exactly.";
            let (field, rule) = (RosterField::ReferenceId, Rule::ReferenceIdSimilar);
            self.add(Finding::in_field(row, field, rule, Some(reference), message, fix));
        }
        let place = Place::of(row);
        self.references.insert(exact, Seen { exact: short, place });
        if let Some(folded) = folded {
            let key = self.keys.pair("folded", &folded);
            self.references.entry(key).or_insert(Seen { exact: short, place });
        }
        true
    }

    /// The server takes the same e-mail and birth date for the same person.
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
            Some(place) => {
                let message = format!("the e-mail and the birth date are the same as in {place}");
                let fix = "If it is one person, keep one row; adding the second one fails.";
                self.add(Finding::in_row(row, Rule::PersonDuplicate, message, fix));
            }
            None => {
                self.people.insert(key, Place::of(row));
            }
        }
    }

    /// The report, with what can be said of the whole roster.
    pub fn finish(mut self) -> CheckReport {
        let (rows, most) = (self.report.rows, self.options.max_rows);
        if rows > most {
            let message = format!("the roster has {rows} rows; at most {most} are taken");
            let fix = "A roster cannot be sent in parts, as each part would replace the one before: divide the people among several groups.";
            self.add(Finding::in_roster(Rule::RosterTooManyRows, message, fix));
        }
        if rows == 0 {
            let fix = "Send it only to empty the group; the guard asks for a confirmation.";
            self.add(Finding::in_roster(Rule::RosterEmpty, "the roster is empty", fix));
        }
        self.report
    }
}

/// The form without case and white space, where it differs.
fn fold(reference: &str) -> Option<String> {
    let trimmed = reference.trim();
    let lower = trimmed.to_lowercase();
    (lower != reference).then_some(lower)
}
