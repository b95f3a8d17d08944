//! What a new roster changes against the one before.
//!
//! The API tells nobody its roster, so the caller's own last roster is what is compared with.

mod report;

use std::collections::{HashMap, HashSet, VecDeque};

pub(crate) use report::share;
pub use report::{Diff, DiffEntry, DiffUpdate, PlanChange, Rekeyed};

use super::field::{FIELDS, RosterField};
use super::mask::printable;
use super::row::Row;
use super::value::{self, Phone};
use crate::hash::Keys;
use vitable_groups_model::{Field, Member};

/// Compares two rosters row by row: first all of the previous one, then the current one. Of each
/// member it keeps the reference, the plan and a hash per field.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::{Differ, Row};
///
/// let address = || Address::new("1 Main Street", "Springfield", "IL", "62701");
/// let member = |id: &str| Member::new(id, "A", "B", "1990-01-01", "pln_1", address());
/// let mut differ = Differ::new();
/// differ.add_previous(&Row::new(1, None, member("E1")));
/// differ.current(&Row::new(1, None, member("E2")));
/// let diff = differ.finish();
/// assert_eq!((diff.adds.len(), diff.removals.len(), diff.unchanged), (1, 1, 0));
/// ```
#[derive(Debug, Default)]
pub struct Differ {
    keys: Keys,
    plans: Vec<String>,
    plan_indexes: HashMap<String, u32>,
    before: HashMap<Box<str>, Before>,
    now: HashSet<u128>,
    /// Who the added members are, in the order of the adds.
    added: Vec<Option<u64>>,
    diff: Diff,
}

/// The fields the API writes to the member record.
const COMPARED: usize = FIELDS.len();

#[derive(Debug)]
struct Before {
    row: u32,
    line: u32,
    plan: u32,
    seen: bool,
    person: Option<u64>,
    /// A hash of each field; 0 where there is no value.
    fields: [u64; COMPARED],
}

impl Differ {
    /// A comparison with nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next row of the previous roster. Of a repeated reference the first row counts.
    pub fn add_previous(&mut self, row: &Row) {
        self.diff.previous_rows += 1;
        let member = row.member();
        if self.before.contains_key(member.reference_id.as_str()) {
            self.diff.repeated_references += 1;
            return;
        }
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let before = Before {
            row: narrow(row.row()),
            line: row.line().map_or(0, narrow),
            plan: self.plan(&member.plan_id),
            seen: false,
            person: self.person(member),
            fields: self.hashes(member).map(Option::unwrap_or_default),
        };
        self.before.insert(member.reference_id.as_str().into(), before);
    }

    /// Takes the next row of the current roster. Of a repeated reference the first row counts.
    pub fn current(&mut self, row: &Row) {
        self.diff.current_rows += 1;
        let member = row.member();
        let reference = member.reference_id.as_str();
        if !self.now.insert(self.keys.wide(reference)) {
            self.diff.repeated_references += 1;
            return;
        }
        let plan = self.plan(&member.plan_id);
        let hashes = self.hashes(member);
        let entry = |row: &Row| DiffEntry {
            reference_id: reference.to_owned(),
            row: row.row(),
            line: row.line(),
        };
        let Some(before) = self.before.get_mut(reference) else {
            self.diff.adds.push(entry(row));
            self.added.push(self.person(member));
            return;
        };
        before.seen = true;
        let fields: Vec<RosterField> = FIELDS
            .iter()
            .zip(hashes.iter().zip(before.fields))
            .filter(|(info, _)| {
                !matches!(info.field, RosterField::ReferenceId | RosterField::PlanId)
            })
            // A field that is absent now stays what it is on the server.
            .filter(|(_, (now, before))| now.is_some_and(|now| now != *before))
            .map(|(info, _)| info.field)
            .collect();
        let moved = plan != before.plan;
        if moved {
            let name = |index: u32| {
                self.plans.get(index as usize).map(|plan| printable(plan)).unwrap_or_default()
            };
            self.diff.plan_changes.push(PlanChange {
                entry: entry(row),
                previous_plan_id: name(before.plan),
                plan_id: name(plan),
            });
        }
        match fields.is_empty() {
            false => self.diff.updates.push(DiffUpdate { entry: entry(row), fields }),
            true if !moved => self.diff.unchanged += 1,
            true => {}
        }
    }

    fn plan(&mut self, plan_id: &str) -> u32 {
        if let Some(index) = self.plan_indexes.get(plan_id) {
            return *index;
        }
        let index = u32::try_from(self.plans.len()).unwrap_or(u32::MAX);
        self.plans.push(plan_id.to_owned());
        self.plan_indexes.insert(plan_id.to_owned(), index);
        index
    }

    /// Who a member is: the name and the date of birth, where both are there.
    fn person(&self, member: &Member) -> Option<u64> {
        let part = |text: &str| text.trim().to_lowercase();
        let (first, last) = (part(&member.first_name), part(&member.last_name));
        let born = member.date_of_birth.trim();
        let missing = born.is_empty() || (first.is_empty() && last.is_empty());
        (!missing).then(|| self.keys.narrow(&[first.as_str(), last.as_str(), born].join("\0")))
    }

    /// A hash per field: none where the field is absent, 0 where it is null.
    fn hashes(&self, member: &Member) -> [Option<u64>; COMPARED] {
        let mut hashes = [None; COMPARED];
        for (hash, info) in hashes.iter_mut().zip(FIELDS) {
            *hash = match info.field.get(member) {
                Field::Absent => None,
                Field::Null => Some(0),
                // The same number in another spelling is no change.
                Field::Value(text) if info.field == RosterField::Phone => {
                    match value::phone(text) {
                        Phone::Us(digits) => Some(self.keys.narrow(&digits)),
                        _ => Some(self.keys.narrow(text)),
                    }
                }
                Field::Value(text) => Some(self.keys.narrow(text)),
            };
        }
        hashes
    }

    /// The comparison.
    pub fn finish(self) -> Diff {
        let mut diff = self.diff;
        diff.previous_members = self.before.len() as u64;
        let mut gone: Vec<(DiffEntry, Option<u64>)> = self
            .before
            .into_iter()
            .filter(|(_, before)| !before.seen)
            .map(|(reference, before)| {
                let entry = DiffEntry {
                    reference_id: reference.into(),
                    row: before.row.into(),
                    line: (before.line > 0).then_some(before.line.into()),
                };
                (entry, before.person)
            })
            .collect();
        gone.sort_by_key(|(entry, _)| entry.row);
        let mut people: HashMap<u64, VecDeque<&str>> = HashMap::new();
        for (entry, person) in &gone {
            if let Some(person) = person {
                people.entry(*person).or_default().push_back(&entry.reference_id);
            }
        }
        for (entry, person) in diff.adds.iter().zip(self.added) {
            let previous = person.and_then(|person| people.get_mut(&person)?.pop_front());
            if let Some(previous) = previous {
                let previous_reference_id = previous.to_owned();
                diff.rekeyed.push(Rekeyed { entry: entry.clone(), previous_reference_id });
            }
        }
        diff.removals = gone.into_iter().map(|(entry, _)| entry).collect();
        diff.adds_at_most = diff.adds.len() as u64;
        diff.removals_at_least = diff.removals.len() as u64;
        diff
    }
}
