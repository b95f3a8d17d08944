//! A brake before a roster that would unsubscribe more people than anybody meant.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use super::Roster;
use super::diff::{self, Diff};

/// What a roster may remove.
///
/// ```
/// use vitable_groups::roster::{Guard, GuardRefusal, Roster};
///
/// let guard = Guard::new().max_removals("5%".parse()?);
/// let nobody = Roster::from_members([]);
/// assert_eq!(guard.check(None, &nobody), Err(GuardRefusal::EmptyRoster));
/// # Ok::<(), vitable_groups::roster::ParseMaxRemovalsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Guard {
    /// Whether a roster of nobody may be sent.
    pub allow_empty: bool,
    /// How many members of the previous roster may be missing.
    pub max_removals: Option<MaxRemovals>,
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
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub enum MaxRemovals {
    /// So many.
    Count(u64),
    /// So many percent of the previous roster.
    Share(f64),
}

/// The text is no limit.
///
/// ```
/// use vitable_groups::roster::MaxRemovals;
///
/// assert!("many".parse::<MaxRemovals>().unwrap_err().to_string().contains("such as 10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit of removals is a number such as 10 or a share such as 5%")]
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

impl TryFrom<String> for MaxRemovals {
    type Error = ParseMaxRemovalsError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for MaxRemovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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

/// Why a roster was not let through.
///
/// ```
/// use vitable_groups::roster::{Guard, GuardRefusal, Roster};
///
/// let refusal = Guard::new().check(None, &Roster::from_members([])).unwrap_err();
/// assert_eq!((refusal, refusal.kind()), (GuardRefusal::EmptyRoster, "empty_roster"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardRefusal {
    /// Nobody is in it.
    #[error(
        "the roster is empty and would unsubscribe everyone in the group. If that is meant, allow \
         an empty roster; if not, check the file"
    )]
    EmptyRoster,
    /// A limit without anything to compare with.
    #[error(
        "a limit of {limit} removals was set, but no previous roster is at hand: the API does not \
         tell who is in a group. Give the roster that was sent last, or leave the limit out"
    )]
    NoPreviousRoster {
        /// The limit.
        limit: MaxRemovals,
    },
    /// Too many are missing.
    #[error(
        "the roster leaves out {removals} of the {previous} members of the previous one \
         ({share:.1}%), more than the limit of {limit}; they would lose their subscription. Check \
         that the roster is complete, or raise the limit"
    )]
    TooManyRemovals {
        /// Members left out.
        removals: u64,
        /// Members before.
        previous: u64,
        /// The share, in percent.
        share: f64,
        /// The limit.
        limit: MaxRemovals,
    },
}

impl GuardRefusal {
    /// The stable name of the refusal.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EmptyRoster => "empty_roster",
            Self::NoPreviousRoster { .. } => "no_previous_roster",
            Self::TooManyRemovals { .. } => "too_many_removals",
        }
    }
}

impl Guard {
    /// Refuses an empty roster, limits nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a roster of nobody through.
    #[must_use]
    pub fn allow_empty(mut self, allow: bool) -> Self {
        self.allow_empty = allow;
        self
    }

    /// Limits the removals.
    #[must_use]
    pub fn max_removals(mut self, limit: MaxRemovals) -> Self {
        self.max_removals = Some(limit);
        self
    }

    /// Compares a roster with the one sent before.
    pub fn check(&self, previous: Option<&Roster>, current: &Roster) -> Result<(), GuardRefusal> {
        let counts = previous.map(|previous| {
            let references = |roster: &'_ Roster| -> HashSet<String> {
                roster.members().map(|member| member.reference_id.clone()).collect()
            };
            let (before, now) = (references(previous), references(current));
            (before.difference(&now).count() as u64, before.len() as u64)
        });
        self.check_counts(current.len() as u64, counts)
    }

    /// The same from a difference that is there already.
    pub fn check_diff(&self, diff: &Diff) -> Result<(), GuardRefusal> {
        let counts = (diff.removals.len() as u64, diff.previous_members);
        self.check_counts(diff.current_rows, Some(counts))
    }

    fn check_counts(&self, rows: u64, removals: Option<(u64, u64)>) -> Result<(), GuardRefusal> {
        if rows == 0 && !self.allow_empty {
            return Err(GuardRefusal::EmptyRoster);
        }
        let Some(limit) = self.max_removals else { return Ok(()) };
        let Some((removals, previous)) = removals else {
            return Err(GuardRefusal::NoPreviousRoster { limit });
        };
        let share = diff::share(removals, previous);
        let fits = match limit {
            MaxRemovals::Count(most) => removals <= most,
            MaxRemovals::Share(most) => share <= most,
        };
        if fits {
            Ok(())
        } else {
            Err(GuardRefusal::TooManyRemovals { removals, previous, share, limit })
        }
    }
}
