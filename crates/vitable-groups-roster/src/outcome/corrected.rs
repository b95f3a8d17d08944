//! The full roster once more, with the rows that failed put right.

use std::collections::HashSet;

use super::Outcome;
use crate::Roster;
use crate::mask::printable;
use vitable_groups_model::Member;

/// The full roster to send again.
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
pub struct Corrected {
    /// Everyone, corrected rows in their places.
    pub roster: Roster,
    /// How many rows were replaced.
    pub replaced: u64,
    /// Rows that failed and are sent again as they were; they will probably fail again.
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
    /// The replacement is for nobody in the roster.
    #[error(
        "no row of the roster has the reference {0:?}. Replacements are for rows that were sent"
    )]
    NoSuchRow(String),
    /// The replacement is for a row that worked.
    #[error(
        "the row of {0:?} did not fail. Replace failed rows only; change others in the next roster"
    )]
    NotFailed(String),
    /// Two replacements for one row.
    #[error("two replacements are given for {0:?}. Give one")]
    GivenTwice(String),
    /// The results are those of another roster.
    #[error(
        "the roster is not the one that was sent: it has {rows} rows, and {submitted} were sent"
    )]
    OtherRoster {
        /// Rows of the roster given.
        rows: u64,
        /// Rows sent.
        submitted: u64,
    },
}

impl Outcome {
    /// The full roster with failed rows replaced, each by its reference. All other rows stay: a
    /// roster of the corrected rows alone would remove everybody else.
    pub fn corrected(
        &self,
        submitted: &Roster,
        replacements: impl IntoIterator<Item = (String, Member)>,
    ) -> Result<Corrected, CorrectionError> {
        let rows = submitted.len() as u64;
        if rows != self.submitted {
            return Err(CorrectionError::OtherRoster { rows, submitted: self.submitted });
        }
        let mut failed: HashSet<&str> =
            self.failures.iter().map(|failure| failure.reference_id.as_str()).collect();
        let mut done = HashSet::new();
        let mut roster = submitted.clone();
        for (reference, member) in replacements {
            let shown = printable(&reference);
            if !done.insert(reference.clone()) {
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
        Ok(Corrected { roster, replaced: done.len() as u64, still_failing })
    }
}
