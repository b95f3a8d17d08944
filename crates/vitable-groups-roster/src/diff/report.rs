//! The diff of two rosters, as data.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::field::RosterField;
use crate::mask::printable;

/// What sending the current roster changes in a group that holds the previous one.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let before = Roster::from_members([member("E1", "NV"), member("E2", "NV")]);
/// let now = Roster::from_members([member("E1", "CA")]);
/// let changes = diff(&before, &now);
/// assert_eq!((changes.adds.len(), changes.removals.len(), changes.updates.len()), (0, 1, 1));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RosterDiff {
    /// Rows of the previous roster.
    pub previous_rows: u64,
    /// Distinct reference IDs among them.
    pub previous_members: u64,
    /// Rows of the current roster.
    pub current_rows: u64,
    /// Members who are added; rows of the current roster.
    pub adds: Vec<DiffEntry>,
    /// Members who are removed and lose coverage; rows of the previous roster.
    pub removals: Vec<DiffEntry>,
    /// Members whose data change.
    pub updates: Vec<DiffUpdate>,
    /// Members whose plan differs, which the API ignores.
    pub plan_changes: Vec<PlanChange>,
    /// Members who are both removed and added: the same name and date of birth under another
    /// reference ID.
    pub rekeyed: Vec<Rekeyed>,
    /// Members who do not change.
    pub unchanged: u64,
    /// Rows that repeat a reference ID of their roster; the first one was compared.
    pub repeated_references: u64,
    /// More than the adds if one of several rosters may be in force.
    pub(crate) adds_at_most: u64,
    /// Fewer than the removals if one of several rosters may be in force.
    pub(crate) removals_at_least: u64,
}

/// A member in a diff.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let empty = Roster::from_members([]);
/// let changes = diff(&empty, &Roster::from_members([member("E1", "NV")]));
/// assert_eq!((changes.adds[0].reference_id.as_str(), changes.adds[0].row), ("E1", 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DiffEntry {
    /// The member's reference ID.
    pub reference_id: String,
    /// The row in its roster.
    pub row: u64,
    /// The line in its file.
    pub line: Option<u64>,
}

/// A member whose data change.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let before = Roster::from_members([member("E1", "NV")]);
/// let changes = diff(&before, &Roster::from_members([member("E1", "CA")]));
/// assert_eq!(changes.updates[0].fields[0].path(), "address.state");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DiffUpdate {
    /// The member.
    #[serde(flatten)]
    pub entry: DiffEntry,
    /// The fields that change, without their values.
    pub fields: Vec<RosterField>,
}

/// A member whose plan differs from the previous one.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let before = Roster::from_members([member("E1", "NV")]);
/// let mut moved = member("E1", "NV");
/// moved.plan_id = "pln_2".into();
/// let changes = diff(&before, &Roster::from_members([moved]));
/// assert_eq!(changes.plan_changes.len(), 1); // ignored by the API
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanChange {
    /// The member.
    #[serde(flatten)]
    pub entry: DiffEntry,
    /// The plan that stays in effect.
    pub previous_plan_id: String,
    /// The plan in the current roster, which the API ignores.
    pub plan_id: String,
}

/// A member with a new reference ID: removed under the old one and added under the new one.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str| {
///     Member::new(id, "Ann", "Lee", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", "NV", "89501"))
/// };
/// let before = Roster::from_members([member("000123")]);
/// let changes = diff(&before, &Roster::from_members([member("123")]));
/// let pair = &changes.rekeyed[0];
/// assert_eq!((pair.previous_reference_id.as_str(), pair.entry.reference_id.as_str()), ("000123", "123"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rekeyed {
    /// The member in the current roster.
    #[serde(flatten)]
    pub entry: DiffEntry,
    /// The reference ID in the previous roster.
    pub previous_reference_id: String,
}

impl RosterDiff {
    /// Why plan changes have no effect, and how to make one.
    pub const PLAN_CHANGE_ADVICE: &'static str = "The API ignores a changed plan_id for a \
        subscribed member, and its results do not report it. To change a plan, send the full \
        roster without the member, wait until that sync completes, then send the full roster with \
        the member and the new plan. Between the two syncs, the member has no coverage.";

    /// Number of members who are removed and not re-added under another reference ID.
    pub fn lost(&self) -> u64 {
        self.removals.len().saturating_sub(self.rekeyed.len()) as u64
    }

    /// The percentage of the previous members who are removed.
    pub fn removal_share(&self) -> f64 {
        share(self.removals.len() as u64, self.previous_members)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty()
            && self.removals.is_empty()
            && self.updates.is_empty()
            && self.plan_changes.is_empty()
    }

    /// Human-readable warnings to show before sending.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.rekeyed.is_empty() {
            let people = match self.rekeyed.len() {
                1 => "1 person has a new reference ID".to_owned(),
                people => format!("{people} people have new reference IDs"),
            };
            warnings.push(format!(
                "{people}: the same name and date of birth is removed under one reference ID and \
                 added under another, which ends one subscription and starts another"
            ));
        }
        if !self.plan_changes.is_empty() {
            let count = self.plan_changes.len();
            let have = if count == 1 { "plan change has" } else { "plan changes have" };
            warnings.push(format!("{count} {have} no effect. {}", Self::PLAN_CHANGE_ADVICE));
        }
        if self.current_rows == 0 && self.previous_members > 0 {
            warnings.push("the roster is empty: everyone in the group loses coverage".to_owned());
        }
        if self.repeated_references > 0 {
            let count = self.repeated_references;
            warnings
                .push(format!("{count} rows repeat a reference ID; the first row was compared"));
        }
        warnings
    }
}

#[allow(clippy::cast_precision_loss)] // rosters are far smaller than 2^52
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

impl Serialize for RosterDiff {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let mut object = output.serialize_struct("RosterDiff", 12)?;
        object.serialize_field("previous_rows", &self.previous_rows)?;
        object.serialize_field("previous_members", &self.previous_members)?;
        object.serialize_field("current_rows", &self.current_rows)?;
        object.serialize_field("adds", &self.adds)?;
        object.serialize_field("removals", &self.removals)?;
        object.serialize_field("updates", &self.updates)?;
        object.serialize_field("plan_changes", &self.plan_changes)?;
        object.serialize_field("rekeyed", &self.rekeyed)?;
        object.serialize_field("unchanged", &self.unchanged)?;
        object.serialize_field("repeated_references", &self.repeated_references)?;
        object.serialize_field("removal_share", &self.removal_share())?;
        object.serialize_field("warnings", &self.warnings())?;
        object.end()
    }
}

impl fmt::Display for RosterDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} adds, {} removals ({:.1}% of {}), {} updates, {} plan changes, {} unchanged",
            self.adds.len(),
            self.removals.len(),
            self.removal_share(),
            self.previous_members,
            self.updates.len(),
            self.plan_changes.len(),
            self.unchanged
        )?;
        for entry in &self.adds {
            writeln!(f, "  + {entry}")?;
        }
        for entry in &self.removals {
            writeln!(f, "  - {entry}")?;
        }
        for update in &self.updates {
            let fields: Vec<&str> = update.fields.iter().map(|field| field.path()).collect();
            writeln!(f, "  ~ {}: {}", update.entry, fields.join(", "))?;
        }
        for change in &self.plan_changes {
            let (from, to) = (&change.previous_plan_id, &change.plan_id);
            writeln!(f, "  ! {}: {from} stays, {to} is ignored", change.entry)?;
        }
        for pair in &self.rekeyed {
            let previous = printable(&pair.previous_reference_id);
            writeln!(f, "  = {}: was {previous}", pair.entry)?;
        }
        for warning in self.warnings() {
            writeln!(f, "warning: {warning}")?;
        }
        Ok(())
    }
}

impl fmt::Display for DiffEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (row {}", printable(&self.reference_id), self.row)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        f.write_str(")")
    }
}
