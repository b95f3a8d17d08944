//! The full roster with failed rows corrected.

use std::collections::HashSet;

use super::Outcome;
use crate::mask::printable;
use crate::roster::Roster;
use vitable_groups_model::Member;

/// The full roster to send after correcting failed rows.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let results = serde_json::from_str(
///     r#"{"added_group_member_ids": [], "removed_group_member_ids": [],
///         "failures": [{"reference_id": "E1", "operation": "add", "reason": "Invalid plan_id"}]}"#,
/// )?;
/// let roster = Roster::from_members([member("E1", "NV"), member("E2", "NV")]);
/// let outcome = Outcome::join(&roster, Some(&results), &Baseline::FirstSync, false);
/// let corrected = outcome.corrected(&roster, [("E1".to_owned(), member("E1", "NV"))]).unwrap();
/// assert_eq!((corrected.replaced, corrected.roster.len()), (1, 2)); // everyone is in it
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CorrectedRoster {
    /// All rows, with the corrected ones replaced.
    pub roster: Roster,
    /// How many rows were replaced.
    pub replaced: u64,
    /// Failed rows without a correction; they will probably fail again.
    pub still_failing: Vec<String>,
}

/// Why a roster could not be corrected.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let roster = Roster::from_members([member("E1", "NV")]);
/// let outcome = Outcome::join(&roster, None, &Baseline::FirstSync, false);
/// let error = outcome.corrected(&roster, [("E9".to_owned(), member("E9", "NV"))]).unwrap_err();
/// assert_eq!(error, CorrectionError::NoSuchRow("E9".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionError {
    /// No row of the roster has the reference ID of the replacement.
    #[error("no row of the roster has the reference ID {0:?}. Replace only rows that were sent")]
    NoSuchRow(String),
    /// The replaced row did not fail.
    #[error(
        "the row of {0:?} did not fail. Replace only failed rows; change others in the next roster"
    )]
    NotFailed(String),
    /// Two replacements for one row.
    #[error("there are two replacements for {0:?}. Pass only one")]
    GivenTwice(String),
    /// The outcome belongs to another roster.
    #[error(
        "the roster is not the one that was sent: it has {rows} rows, but {submitted} were sent"
    )]
    OtherRoster {
        /// Rows of this roster.
        rows: u64,
        /// Rows sent.
        submitted: u64,
    },
}

impl Outcome {
    /// The full roster with failed rows replaced, by reference ID. All other rows stay: a roster
    /// of only the corrected rows would remove everyone else.
    pub fn corrected(
        &self,
        submitted: &Roster,
        replacements: impl IntoIterator<Item = (String, Member)>,
    ) -> Result<CorrectedRoster, CorrectionError> {
        let rows = submitted.len() as u64;
        if rows != self.submitted {
            return Err(CorrectionError::OtherRoster { rows, submitted: self.submitted });
        }
        let mut failed: HashSet<&str> =
            self.failures.iter().map(|failure| failure.reference_id.as_str()).collect();
        let mut replaced = HashSet::new();
        let mut roster = submitted.clone();
        for (reference, member) in replacements {
            let shown = printable(&reference);
            if !replaced.insert(reference.clone()) {
                return Err(CorrectionError::GivenTwice(shown));
            }
            if submitted.get(&reference).is_none() {
                return Err(CorrectionError::NoSuchRow(shown));
            }
            if !failed.remove(reference.as_str()) {
                return Err(CorrectionError::NotFailed(shown));
            }
            roster.replace(&reference, member);
        }
        let still_failing = submitted
            .members()
            .map(|member| member.reference_id.as_str())
            .filter(|reference| failed.contains(reference))
            .map(str::to_owned)
            .collect();
        Ok(CorrectedRoster { roster, replaced: replaced.len() as u64, still_failing })
    }
}
