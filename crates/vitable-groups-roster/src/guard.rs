//! The guard, which blocks rosters that would remove more members than intended.

use serde::Deserialize;

use super::baseline::Baseline;
use super::diff::{self, RosterDiff};
use super::max_removals::MaxRemovals;
use super::refusal::GuardRefusal;
use super::roster::Roster;

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
