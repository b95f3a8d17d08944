//! What sending a roster changes, and the guard before it.

use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::count;

/// What a roster may remove. Unless set otherwise: no empty roster, and at most 10% of the baseline
/// or 3 members, whichever is more.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct GuardOptions {
    /// How many members of the baseline may be missing: a number such as `10`, or a share such as
    /// `5%`. Unless set, 10% or 3 members, whichever is more; `100%` lifts the limit.
    #[uniffi(default)]
    pub max_removals: Option<String>,
    /// Whether members may be removed and added again under another reference ID. They then do
    /// not count as removals.
    #[uniffi(default = false)]
    pub allow_new_reference_ids: bool,
    /// Whether an empty roster may be sent. The limit of removals still applies.
    #[uniffi(default = false)]
    pub allow_empty: bool,
}

impl GuardOptions {
    pub(crate) fn into_core(self) -> Result<core::Guard, NativeError> {
        let guard = core::Guard::new()
            .allow_empty(self.allow_empty)
            .allow_new_reference_ids(self.allow_new_reference_ids);
        match self.max_removals {
            Some(limit) => {
                let limit = limit.parse::<core::MaxRemovals>();
                let limit = limit.map_err(|error| NativeError::invalid(error.to_string()))?;
                Ok(guard.max_removals(limit))
            }
            None => Ok(guard),
        }
    }
}

/// A member in a difference.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RosterEntry {
    /// The member's reference.
    pub reference_id: String,
    /// The row in its roster, counted from 1.
    pub row: i64,
    /// The line in its file.
    pub line: Option<i64>,
}

impl From<core::DiffEntry> for RosterEntry {
    fn from(entry: core::DiffEntry) -> Self {
        let core::DiffEntry { reference_id, row, line, .. } = entry;
        Self { reference_id, row: count(row), line: line.map(count) }
    }
}

/// A member whose data change.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RosterUpdate {
    /// The member.
    pub entry: RosterEntry,
    /// The fields that change, such as `address.state`; their values are not told.
    pub fields: Vec<String>,
}

/// A member with another plan than before, which the API ignores.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanChange {
    /// The member.
    pub entry: RosterEntry,
    /// The plan that stays.
    pub previous_plan_id: String,
    /// The plan that is asked for in vain.
    pub plan_id: String,
}

/// A member who has a new reference ID: removed under one and added under the other.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Rekeyed {
    /// The member in the current roster.
    pub entry: RosterEntry,
    /// The reference ID in the previous roster.
    pub previous_reference_id: String,
}

/// What sending a roster does to a group that holds the previous one.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RosterDiff {
    /// Whether nothing changes.
    pub is_empty: bool,
    /// Rows of the previous roster.
    pub previous_rows: i64,
    /// Different references among them.
    pub previous_members: i64,
    /// Rows of the current roster.
    pub current_rows: i64,
    /// Members who are new; rows of the current roster.
    pub adds: Vec<RosterEntry>,
    /// Members who lose their subscription; rows of the previous roster.
    pub removals: Vec<RosterEntry>,
    /// The share of the previous members who are removed, in percent.
    pub removal_share: f64,
    /// Members whose data change.
    pub updates: Vec<RosterUpdate>,
    /// Members with another plan, which the API ignores.
    pub plan_changes: Vec<PlanChange>,
    /// Members who are both removed and added: the same name and date of birth under another
    /// reference ID.
    pub rekeyed: Vec<Rekeyed>,
    /// Members who stay as they are.
    pub unchanged: i64,
    /// Rows that repeat a reference of their roster; the first one was compared.
    pub repeated_references: i64,
    /// What a person should know before sending.
    pub warnings: Vec<String>,
    /// All of it, to show to a person.
    pub text: String,
}

impl fmt::Display for RosterDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::Diff> for RosterDiff {
    fn from(diff: core::Diff) -> Self {
        let entries = |entries: Vec<core::DiffEntry>| -> Vec<RosterEntry> {
            entries.into_iter().map(RosterEntry::from).collect()
        };
        let updates = diff.updates.iter().map(|update| RosterUpdate {
            entry: update.entry.clone().into(),
            fields: update.fields.iter().map(|field| field.path().to_owned()).collect(),
        });
        let plan_changes = diff.plan_changes.iter().map(|change| PlanChange {
            entry: change.entry.clone().into(),
            previous_plan_id: change.previous_plan_id.clone(),
            plan_id: change.plan_id.clone(),
        });
        let rekeyed = diff.rekeyed.iter().map(|pair| Rekeyed {
            entry: pair.entry.clone().into(),
            previous_reference_id: pair.previous_reference_id.clone(),
        });
        Self {
            is_empty: diff.is_empty(),
            removal_share: diff.removal_share(),
            warnings: diff.warnings(),
            text: diff.to_string(),
            updates: updates.collect(),
            plan_changes: plan_changes.collect(),
            rekeyed: rekeyed.collect(),
            previous_rows: count(diff.previous_rows),
            previous_members: count(diff.previous_members),
            current_rows: count(diff.current_rows),
            adds: entries(diff.adds),
            removals: entries(diff.removals),
            unchanged: count(diff.unchanged),
            repeated_references: count(diff.repeated_references),
        }
    }
}
