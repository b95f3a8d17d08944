//! Roster diffs, and the options of the guard.

use std::fmt;

use vitable_groups::roster as core;

use crate::error::NativeError;
use crate::number::count;

/// What a roster may remove. By default, it must not be empty and may remove at most 10% of the
/// baseline or 3 members, whichever is more.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct GuardOptions {
    /// How many members of the baseline may be missing: a number such as `10`, or a percentage such
    /// as `5%`. By default, 10% or 3 members, whichever is more; `100%` lifts the limit.
    #[uniffi(default)]
    pub max_removals: Option<String>,
    /// Whether members may be removed and re-added under another reference ID. They then do not
    /// count as removals.
    #[uniffi(default = false)]
    pub allow_new_reference_ids: bool,
    /// Whether the roster may be empty. The limit on removals still applies.
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

/// A member in a diff.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DiffEntry {
    /// The member's reference ID.
    pub reference_id: String,
    /// The row in its roster, from 1.
    pub row: i64,
    /// The line in its file, if the roster was read from one.
    pub line: Option<i64>,
}

impl From<core::DiffEntry> for DiffEntry {
    fn from(entry: core::DiffEntry) -> Self {
        let core::DiffEntry { reference_id, row, line, .. } = entry;
        Self { reference_id, row: count(row), line: line.map(count) }
    }
}

/// A member whose data changes.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DiffUpdate {
    /// The member.
    pub entry: DiffEntry,
    /// The fields that change, such as `address.state`; values are not included.
    pub fields: Vec<String>,
}

/// A member with a different plan, which the API ignores.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanChange {
    /// The member.
    pub entry: DiffEntry,
    /// The plan that remains in effect.
    pub previous_plan_id: String,
    /// The plan in the current roster, which is ignored.
    pub plan_id: String,
}

/// A member with a new reference ID: removed under the old one and added under the new one.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Rekeyed {
    /// The member in the current roster.
    pub entry: DiffEntry,
    /// The reference ID in the previous roster.
    pub previous_reference_id: String,
}

/// What submitting a roster changes in a group that holds the previous one.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RosterDiff {
    /// Whether nothing changes.
    pub is_empty: bool,
    /// Number of rows in the previous roster.
    pub previous_rows: i64,
    /// Number of distinct reference IDs in the previous roster.
    pub previous_members: i64,
    /// Number of rows in the current roster.
    pub current_rows: i64,
    /// Members who are added; rows of the current roster.
    pub adds: Vec<DiffEntry>,
    /// Members who lose coverage; rows of the previous roster.
    pub removals: Vec<DiffEntry>,
    /// Removals as a percentage of the previous members.
    pub removal_share: f64,
    /// Members whose data changes.
    pub updates: Vec<DiffUpdate>,
    /// Members with a different plan, which the API ignores.
    pub plan_changes: Vec<PlanChange>,
    /// Members who are both removed and added: the same name and date of birth under a different
    /// reference ID.
    pub rekeyed: Vec<Rekeyed>,
    /// Number of unchanged members.
    pub unchanged: i64,
    /// Number of rows that repeat a reference ID within their roster; only the first is compared.
    pub repeated_references: i64,
    /// Warnings to review before submitting.
    pub warnings: Vec<String>,
    /// A human-readable summary.
    pub text: String,
}

impl fmt::Display for RosterDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<core::RosterDiff> for RosterDiff {
    fn from(diff: core::RosterDiff) -> Self {
        let entries = |entries: Vec<core::DiffEntry>| -> Vec<DiffEntry> {
            entries.into_iter().map(DiffEntry::from).collect()
        };
        let updates = diff.updates.iter().map(|update| DiffUpdate {
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
