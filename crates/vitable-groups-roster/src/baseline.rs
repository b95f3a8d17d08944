//! What a group holds before a sync, as far as it is known.

use std::collections::HashSet;
use std::sync::Arc;

use super::diff::{Diff, Differ};
use super::guard::GuardRefusal;
use super::row::Row;
use super::rule::Severity;
use super::{Roster, diff};

/// What a group holds before a sync. The API cannot list members, so somebody has to know.
///
/// [`Unknown`](Self::Unknown) is never read as "empty": nothing is sent on it.
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
    /// The caller says that the group was never synced: it holds nobody.
    FirstSync,
    /// The group was created just now and holds nobody.
    Empty,
    /// The roster that the caller gives as the group's current one. An empty one is refused unless
    /// the caller says [`FirstSync`](Self::FirstSync), too.
    Previous(Arc<Roster>),
    /// The roster that was sent last and seen to complete; it may be empty.
    Remembered(Arc<Roster>),
    /// One of these rosters: a submission was accepted, or perhaps accepted, and its end was never
    /// seen. The most recent one comes first.
    Either(Vec<Arc<Roster>>),
}

impl Baseline {
    /// The baseline of what a caller may give: a previous roster, or the word that this is the
    /// first sync.
    ///
    /// # Errors
    /// [`GuardRefusal::ContradictingBaseline`] for both.
    pub fn given(previous: Option<Arc<Roster>>, first_sync: bool) -> Result<Self, GuardRefusal> {
        match (previous, first_sync) {
            // An empty one and a first sync say the same.
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

    /// The rosters that may be in force, the most recent first.
    pub fn rosters(&self) -> &[Arc<Roster>] {
        match self {
            Self::Previous(roster) | Self::Remembered(roster) => std::slice::from_ref(roster),
            Self::Either(rosters) => rosters,
            Self::Unknown | Self::FirstSync | Self::Empty => &[],
        }
    }

    /// What sending a roster changes. Against several rosters that may be in force, everyone who
    /// is in any of them and not in the new one counts as removed.
    ///
    /// # Errors
    /// [`GuardRefusal`] if the baseline is unknown or cannot be trusted.
    pub fn compare(&self, current: &Roster) -> Result<Diff, GuardRefusal> {
        match self {
            Self::Unknown => Err(GuardRefusal::NoBaseline),
            Self::FirstSync | Self::Empty => Ok(diff(&Roster::default(), current)),
            Self::Previous(previous) if previous.is_empty() => {
                Err(GuardRefusal::EmptyPreviousRoster)
            }
            Self::Previous(previous) | Self::Remembered(previous) => {
                trusted(previous)?;
                Ok(diff(previous, current))
            }
            Self::Either(rosters) => either(rosters, current),
        }
    }
}

/// A roster with rows that could not be read says too little about who is in the group.
fn trusted(previous: &Roster) -> Result<(), GuardRefusal> {
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

fn either(rosters: &[Arc<Roster>], current: &Roster) -> Result<Diff, GuardRefusal> {
    let Some((latest, earlier)) = rosters.split_first() else {
        return Err(GuardRefusal::NoBaseline);
    };
    for roster in rosters {
        trusted(roster)?;
    }
    let mut differ = Differ::new();
    let mut union = HashSet::new();
    for row in rosters.iter().flat_map(|roster| roster.rows()) {
        if union.insert(row.member().reference_id.as_str()) {
            differ.add_previous(row);
        }
    }
    for row in current.rows() {
        differ.current(row);
    }
    let mut diff = differ.finish();

    let mut certain = references(latest);
    for roster in earlier {
        let there = references(roster);
        certain.retain(|reference| there.contains(reference));
    }
    let now = references(current);
    diff.adds_at_most = now.difference(&certain).count() as u64;
    diff.removals_at_least = certain.difference(&now).count() as u64;
    Ok(diff)
}

fn references(roster: &Roster) -> HashSet<&str> {
    roster.members().map(|member| member.reference_id.as_str()).collect()
}
