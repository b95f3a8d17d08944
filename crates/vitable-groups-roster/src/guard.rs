//! The guard, which blocks rosters that would remove more members than intended.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use super::Roster;
use super::baseline::Baseline;
use super::diff::{self, RosterDiff};

/// Limits on what a roster may remove. By default, empty rosters are blocked, and so is removing
/// more than 10% of the known members or 3 of them, whichever is more.
///
/// ```
/// use vitable_groups::roster::{Baseline, Guard, GuardRefusal, Roster};
///
/// let guard = Guard::new().max_removals("5%".parse()?);
/// let empty = Roster::from_members([]);
/// assert_eq!(guard.check(&Baseline::FirstSync, &empty), Err(GuardRefusal::EmptyRoster));
/// # Ok::<(), vitable_groups::roster::ParseMaxRemovalsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Guard {
    /// Whether an empty roster may be sent. The removal limit still applies.
    pub allow_empty: bool,
    /// How many members of the baseline may be removed; [`MaxRemovals::Default`] unless set.
    pub max_removals: MaxRemovals,
    /// Whether members may be removed and re-added under another reference ID. They then do not
    /// count as removals.
    pub allow_new_reference_ids: bool,
}

/// How many members may be removed.
///
/// ```
/// use vitable_groups::roster::MaxRemovals;
///
/// assert_eq!("10".parse(), Ok(MaxRemovals::Count(10)));
/// assert_eq!("2.5%".parse(), Ok(MaxRemovals::Share(2.5)));
/// assert!("110%".parse::<MaxRemovals>().is_err());
/// assert_eq!(MaxRemovals::Share(5.0).to_string(), "5%");
/// assert!(MaxRemovals::default().allows(3, 4) && !MaxRemovals::default().allows(11, 100));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Option<String>")]
#[non_exhaustive]
pub enum MaxRemovals {
    /// 10 percent of the baseline or 3 members, whichever is more.
    #[default]
    Default,
    /// A number of members.
    Count(u64),
    /// A percentage of the baseline.
    Share(f64),
}

/// The default limit: a percentage, and a number of members for small groups.
const DEFAULT_SHARE: u64 = 10;
const DEFAULT_COUNT: u64 = 3;

impl MaxRemovals {
    /// Whether `removals` of `previous` known members may be removed.
    pub fn allows(self, removals: u64, previous: u64) -> bool {
        match self {
            Self::Default => {
                removals <= DEFAULT_COUNT
                    || removals.saturating_mul(100) <= previous.saturating_mul(DEFAULT_SHARE)
            }
            Self::Count(limit) => removals <= limit,
            Self::Share(limit) => diff::share(removals, previous) <= limit,
        }
    }
}

/// The text is not a valid removal limit.
///
/// ```
/// use vitable_groups::roster::MaxRemovals;
///
/// assert!("many".parse::<MaxRemovals>().unwrap_err().to_string().contains("such as 10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("max_removals must be a number such as 10 or a percentage such as 5%")]
pub struct ParseMaxRemovalsError;

impl FromStr for MaxRemovals {
    type Err = ParseMaxRemovalsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.trim().strip_suffix('%').map(str::trim) {
            Some(share) if digits(share) => share
                .parse()
                .ok()
                .filter(|share| (0.0..=100.0).contains(share))
                .map(Self::Share)
                .ok_or(ParseMaxRemovalsError),
            Some(_) => Err(ParseMaxRemovalsError),
            None => text.trim().parse().map(Self::Count).map_err(|_| ParseMaxRemovalsError),
        }
    }
}

impl TryFrom<Option<String>> for MaxRemovals {
    type Error = ParseMaxRemovalsError;

    fn try_from(text: Option<String>) -> Result<Self, Self::Error> {
        text.map_or(Ok(Self::Default), |text| text.parse())
    }
}

impl fmt::Display for MaxRemovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => {
                write!(f, "{DEFAULT_SHARE}% or {DEFAULT_COUNT} members, whichever is more")
            }
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{share}%"),
        }
    }
}

impl Serialize for MaxRemovals {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

/// Why the guard blocked a roster; nothing was sent.
///
/// ```
/// use vitable_groups::roster::{Baseline, Guard, GuardRefusal, Roster};
///
/// let refusal = Guard::new().check(&Baseline::Unknown, &Roster::from_members([])).unwrap_err();
/// assert_eq!((refusal, refusal.kind()), (GuardRefusal::EmptyRoster, "empty_roster"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardRefusal {
    /// The roster has no rows.
    #[error(
        "the roster is empty and would end the coverage of everyone in the group. Check the file; \
         if that is intended, set allow_empty"
    )]
    EmptyRoster,
    /// The baseline is unknown.
    #[error(
        "it is not known who is in the group, and the API cannot list its members, so the removals \
         cannot be counted. Pass the previous roster: what the group held after its last sync. If \
         the group was never synced, set first_sync"
    )]
    NoBaseline,
    /// Both a previous roster and a first sync were specified.
    #[error("a previous roster and first_sync exclude each other. Pass only one of them")]
    ContradictingBaseline,
    /// The previous roster has no rows.
    #[error(
        "the previous roster is empty, so it does not show who is in the group. Pass what the \
         group held after its last sync. If the group is empty, set first_sync"
    )]
    EmptyPreviousRoster,
    /// The previous roster cannot be trusted.
    #[error(
        "the previous roster has errors in {rows} of its rows, so it does not show who is in the \
         group. Pass what the group held after its last sync, complete and unchanged"
    )]
    PreviousRosterHasErrors {
        /// Rows that could not be read or have no reference ID.
        rows: u64,
    },
    /// The same people have other reference IDs.
    #[error(
        "{} new reference IDs: the same name and date of birth is removed under \
         one reference ID and added under another, which ends one subscription and starts another. \
         Check that the file kept its reference IDs (such as leading zeros). If they did change, \
         set allow_new_reference_ids",
        people_have(*people)
    )]
    NewReferenceIds {
        /// The number of people.
        people: u64,
    },
    /// The roster removes more members than the limit allows.
    #[error(
        "the roster leaves out {removals} of the {previous} members of the group ({share:.1}%), \
         which exceeds the limit of {limit}; they would lose coverage. Check that the roster is \
         complete. To remove them, raise max_removals"
    )]
    TooManyRemovals {
        /// Members left out.
        removals: u64,
        /// Members in the baseline.
        previous: u64,
        /// Members left out, in percent of the baseline.
        share: f64,
        /// The limit.
        limit: MaxRemovals,
    },
}

fn people_have(people: u64) -> String {
    if people == 1 { "1 person has".to_owned() } else { format!("{people} people have") }
}

impl GuardRefusal {
    /// The stable name of the reason.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EmptyRoster => "empty_roster",
            Self::NoBaseline => "no_baseline",
            Self::ContradictingBaseline => "contradicting_baseline",
            Self::EmptyPreviousRoster => "empty_previous_roster",
            Self::PreviousRosterHasErrors { .. } => "previous_roster_has_errors",
            Self::NewReferenceIds { .. } => "new_reference_ids",
            Self::TooManyRemovals { .. } => "too_many_removals",
        }
    }
}

impl Guard {
    /// A guard with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows a roster without rows. The removal limit still applies.
    #[must_use]
    pub fn allow_empty(mut self, allow: bool) -> Self {
        self.allow_empty = allow;
        self
    }

    /// Sets the removal limit; `100%` lifts it.
    #[must_use]
    pub fn max_removals(mut self, limit: MaxRemovals) -> Self {
        self.max_removals = limit;
        self
    }

    /// Allows members to be removed and re-added under another reference ID.
    #[must_use]
    pub fn allow_new_reference_ids(mut self, allow: bool) -> Self {
        self.allow_new_reference_ids = allow;
        self
    }

    /// Compares a roster with the baseline and applies the limits.
    ///
    /// # Errors
    /// [`GuardRefusal`] if the roster must not be sent.
    pub fn check(&self, baseline: &Baseline, current: &Roster) -> Result<RosterDiff, GuardRefusal> {
        self.check_rows(current.len() as u64)?;
        let diff = baseline.compare(current)?;
        self.check_diff(&diff)?;
        Ok(diff)
    }

    /// Applies the limits to a diff computed earlier.
    ///
    /// # Errors
    /// [`GuardRefusal`] if the roster must not be sent.
    pub fn check_diff(&self, diff: &RosterDiff) -> Result<(), GuardRefusal> {
        self.check_rows(diff.current_rows)?;
        let (people, previous) = (diff.rekeyed.len() as u64, diff.previous_members);
        if people > 0 && !self.allow_new_reference_ids {
            return Err(GuardRefusal::NewReferenceIds { people });
        }
        let removals = diff.lost();
        if self.max_removals.allows(removals, previous) {
            return Ok(());
        }
        let (share, limit) = (diff::share(removals, previous), self.max_removals);
        Err(GuardRefusal::TooManyRemovals { removals, previous, share, limit })
    }

    fn check_rows(&self, rows: u64) -> Result<(), GuardRefusal> {
        if rows == 0 && !self.allow_empty { Err(GuardRefusal::EmptyRoster) } else { Ok(()) }
    }
}
