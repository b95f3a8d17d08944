//! What a new roster changes compared with the previous one.
//!
//! The API cannot list a group's members, so the diff compares two rosters of the caller.

mod report;

use std::collections::{HashMap, HashSet, VecDeque};

pub(crate) use report::share;
pub use report::{DiffEntry, DiffUpdate, PlanChange, Rekeyed, RosterDiff};

use super::field::{FIELDS, RosterField};
use super::mask::printable;
use super::row::Row;
use super::value::{self, Phone};
use crate::hash::Keys;
use vitable_groups_model::{Field, Member};

/// Compares two rosters row by row: first all rows of the previous one, then the current one. It
/// keeps the reference ID, the plan and a hash per field of each member.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::{Differ, Row};
///
/// let address = || Address::new("1 Main Street", "Springfield", "IL", "62701");
/// let member = |id: &str| Member::new(id, "A", "B", "1990-01-01", "pln_1", address());
/// let mut differ = Differ::new();
/// differ.add_previous(&Row::new(1, None, member("E1")));
/// differ.add_current(&Row::new(1, None, member("E2")));
/// let diff = differ.finish();
/// assert_eq!((diff.adds.len(), diff.removals.len(), diff.unchanged), (1, 1, 0));
/// ```
#[derive(Debug, Default)]
pub struct Differ {
    keys: Keys,
    plans: Vec<String>,
    plan_indexes: HashMap<String, u32>,
    baseline: HashMap<Box<str>, BaselineMember>,
    current: HashSet<u128>,
    /// The identities of the added members, in the order of the adds.
    added: Vec<Option<u64>>,
    diff: RosterDiff,
}

/// The fields the API writes to a member.
const COMPARED: usize = FIELDS.len();

#[derive(Debug)]
struct BaselineMember {
    row: u32,
    line: u32,
    plan: u32,
    seen: bool,
    person: Option<u64>,
    /// A hash of each field; 0 if it has no value.
    fields: [u64; COMPARED],
}

impl Differ {
    /// A differ without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next row of the previous roster. If a reference ID is repeated, the first row
    /// counts.
    pub fn add_previous(&mut self, row: &Row) {
        self.diff.previous_rows += 1;
        let member = row.member();
        if self.baseline.contains_key(member.reference_id.as_str()) {
            self.diff.repeated_references += 1;
            return;
        }
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let before = BaselineMember {
            row: narrow(row.row()),
            line: row.line().map_or(0, narrow),
            plan: self.plan(&member.plan_id),
            seen: false,
            person: self.person(member),
            fields: self.hashes(member).map(Option::unwrap_or_default),
        };
        self.baseline.insert(member.reference_id.as_str().into(), before);
    }

    /// Adds the next row of the current roster. If a reference ID is repeated, the first row
    /// counts.
    pub fn add_current(&mut self, row: &Row) {
        self.diff.current_rows += 1;
        let member = row.member();
        let reference = member.reference_id.as_str();
        if !self.current.insert(self.keys.wide(reference)) {
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
        let Some(before) = self.baseline.get_mut(reference) else {
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
            // An absent field keeps its stored value.
            .filter(|(_, (now, before))| now.is_some_and(|now| now != *before))
            .map(|(info, _)| info.field)
            .collect();
        let plan_changed = plan != before.plan;
        if plan_changed {
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
            true if !plan_changed => self.diff.unchanged += 1,
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

    /// A member's identity: a hash of name and date of birth, if both are present.
    fn person(&self, member: &Member) -> Option<u64> {
        let part = |text: &str| text.trim().to_lowercase();
        let (first, last) = (part(&member.first_name), part(&member.last_name));
        let birth = member.date_of_birth.trim();
        let missing = birth.is_empty() || (first.is_empty() && last.is_empty());
        (!missing).then(|| self.keys.narrow(&[first.as_str(), last.as_str(), birth].join("\0")))
    }

    /// A hash per field: none if the field is absent, 0 if it is null.
    fn hashes(&self, member: &Member) -> [Option<u64>; COMPARED] {
        let mut hashes = [None; COMPARED];
        for (hash, info) in hashes.iter_mut().zip(FIELDS) {
            *hash = match info.field.get(member) {
                Field::Absent => None,
                Field::Null => Some(0),
                // The same number in another format is not a change.
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

    /// Returns the diff.
    pub fn finish(self) -> RosterDiff {
        let mut diff = self.diff;
        diff.previous_members = self.baseline.len() as u64;
        let mut removed: Vec<(DiffEntry, Option<u64>)> = self
            .baseline
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
        removed.sort_by_key(|(entry, _)| entry.row);
        let mut people: HashMap<u64, VecDeque<&str>> = HashMap::new();
        for (entry, person) in &removed {
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
        diff.removals = removed.into_iter().map(|(entry, _)| entry).collect();
        diff.adds_at_most = diff.adds.len() as u64;
        diff.removals_at_least = diff.removals.len() as u64;
        diff
    }
}
