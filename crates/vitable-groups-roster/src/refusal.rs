//! Why the guard blocked a roster.

use serde::Serialize;

use super::max_removals::MaxRemovals;

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
