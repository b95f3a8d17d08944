//! Baselines: what a group holds before a sync, as far as it is known.

use std::collections::HashSet;
use std::sync::Arc;

use super::diff::{Differ, RosterDiff};
use super::refusal::GuardRefusal;
use super::roster::{Roster, diff};
use super::row::Row;
use super::rule::Severity;

/// What a group holds before a sync. The API cannot list members, so the caller has to provide it.
///
/// [`Unknown`](Self::Unknown) is never treated as empty: nothing is sent.
///
/// ```
/// use vitable_groups::roster::{Baseline, Guard, Roster};
///
/// let empty = Roster::default();
/// let refusal = Guard::new().allow_empty(true).check(&Baseline::Unknown, &empty).unwrap_err();
/// assert_eq!(refusal.kind(), "no_baseline");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Baseline {
    /// Not known.
    #[default]
    Unknown,
    /// The caller states that the group was never synced, so it is empty.
    FirstSync,
    /// The group was just created and is empty.
    Empty,
    /// The previous roster passed by the caller. An empty one is rejected; use
    /// [`FirstSync`](Self::FirstSync) for an empty group.
    Previous(Arc<Roster>),
    /// The last roster known to have completed; it may be empty.
    Remembered(Arc<Roster>),
    /// One of these rosters: a submission was, or may have been, accepted, and has not settled.
    /// The most recent one comes first.
    Either(Vec<Arc<Roster>>),
}

impl Baseline {
    /// The baseline for a caller's options: a previous roster, or a first sync.
    ///
    /// # Errors
    /// [`GuardRefusal::ContradictingBaseline`] if both are set.
    pub fn from_options(
        previous: Option<Arc<Roster>>,
        first_sync: bool,
    ) -> Result<Self, GuardRefusal> {
        match (previous, first_sync) {
            // An empty previous roster and a first sync do not contradict each other.
            (Some(previous), true) if !previous.is_empty() => {
                Err(GuardRefusal::ContradictingBaseline)
            }
            (_, true) => Ok(Self::FirstSync),
            (Some(previous), false) => Ok(Self::Previous(previous)),
            (None, false) => Ok(Self::Unknown),
        }
    }

    /// The stable name of the kind, such as `first_sync`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::FirstSync => "first_sync",
            Self::Empty => "empty",
            Self::Previous(_) => "previous",
            Self::Remembered(_) => "remembered",
            Self::Either(_) => "either",
        }
    }

    /// The rosters that may be in force, most recent first.
    pub fn rosters(&self) -> &[Arc<Roster>] {
        match self {
            Self::Previous(roster) | Self::Remembered(roster) => std::slice::from_ref(roster),
            Self::Either(rosters) => rosters,
            Self::Unknown | Self::FirstSync | Self::Empty => &[],
        }
    }

    /// What sending a roster changes. If several rosters may be in force, everyone who is in any
    /// of them and not in the new one counts as removed.
    ///
    /// # Errors
    /// [`GuardRefusal`] if the baseline is unknown or cannot be trusted.
    pub fn compare(&self, current: &Roster) -> Result<RosterDiff, GuardRefusal> {
        match self {
            Self::Unknown => Err(GuardRefusal::NoBaseline),
            Self::FirstSync | Self::Empty => Ok(diff(&Roster::default(), current)),
            Self::Previous(previous) if previous.is_empty() => {
                Err(GuardRefusal::EmptyPreviousRoster)
            }
            Self::Previous(previous) | Self::Remembered(previous) => {
                require_readable(previous)?;
                Ok(diff(previous, current))
            }
            Self::Either(rosters) => compare_with_any(rosters, current),
        }
    }
}

/// A roster with unreadable rows does not show who is in the group.
fn require_readable(previous: &Roster) -> Result<(), GuardRefusal> {
    let broken = |row: &&Row| {
        !row.is_readable()
            || row.member().reference_id.trim().is_empty()
            || row.issues().iter().any(|issue| issue.severity == Severity::Error)
    };
    match previous.rows().iter().filter(broken).count() as u64 {
        0 => Ok(()),
        rows => Err(GuardRefusal::PreviousRosterHasErrors { rows }),
    }
}

fn compare_with_any(rosters: &[Arc<Roster>], current: &Roster) -> Result<RosterDiff, GuardRefusal> {
    let Some((latest, earlier)) = rosters.split_first() else {
        return Err(GuardRefusal::NoBaseline);
    };
    for roster in rosters {
        require_readable(roster)?;
    }
    let mut differ = Differ::new();
    let mut union = HashSet::new();
    for row in rosters.iter().flat_map(|roster| roster.rows()) {
        if union.insert(row.member().reference_id.as_str()) {
            differ.add_previous(row);
        }
    }
    for row in current.rows() {
        differ.add_current(row);
    }
    let mut diff = differ.finish();

    let mut certain = references(latest);
    for roster in earlier {
        let members = references(roster);
        certain.retain(|reference| members.contains(reference));
    }
    let submitted = references(current);
    diff.adds_at_most = submitted.difference(&certain).count() as u64;
    diff.removals_at_least = certain.difference(&submitted).count() as u64;
    Ok(diff)
}

fn references(roster: &Roster) -> HashSet<&str> {
    roster.members().map(|member| member.reference_id.as_str()).collect()
}
