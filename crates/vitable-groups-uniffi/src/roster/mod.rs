//! Rosters: read, normalize, check, diff, guard and report. The core does the work.

mod check;
mod diff;
mod normalize;
mod outcome;
mod read;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use vitable_groups as core;
use vitable_groups::roster as rosters;

pub use check::{CheckOptions, CheckReport, Finding, Severity};
pub use diff::{DiffEntry, DiffUpdate, GuardOptions, PlanChange, Rekeyed, RosterDiff};
pub use normalize::{NormalizeOptions, NormalizeReport, NormalizedValue};
pub use outcome::{ExpectedChanges, Outcome, OutcomeStatus, RowFailure};
pub use read::{ColumnMatch, EmptyCell, ReadOptions, ReadReport, RosterEncoding, RosterFormat};

use crate::error::NativeError;
use crate::model::{self, Member, SyncResults};
use crate::number::count;

/// The complete roster of one group.
#[derive(uniffi::Object)]
pub struct NativeRoster(Arc<rosters::Roster>);

/// Shows only the number of rows.
impl fmt::Debug for NativeRoster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roster({} rows)", self.0.len())
    }
}

/// The full roster with failed rows replaced.
#[derive(uniffi::Record)]
pub struct NativeCorrectedRoster {
    /// All members, with corrected rows in their original positions.
    pub roster: Arc<NativeRoster>,
    /// Number of rows replaced.
    pub replaced: i64,
    /// Reference IDs of failed rows that were not replaced; they will probably fail again.
    pub still_failing: Vec<String>,
}

/// A normalized roster.
#[derive(uniffi::Record)]
pub struct NativeNormalizedRoster {
    /// The normalized roster.
    pub roster: Arc<NativeRoster>,
    /// What was changed.
    pub report: NormalizeReport,
}

#[uniffi::export]
impl NativeRoster {
    /// Creates a roster from members.
    #[uniffi::constructor]
    pub fn from_members(members: Vec<Member>) -> Result<Arc<Self>, NativeError> {
        Ok(Self::wrap(rosters::Roster::from_members(model::roster(members)?)))
    }

    /// Reads a file; the format is detected from its extension or content.
    #[uniffi::constructor]
    pub fn read_file(path: String, options: ReadOptions) -> Result<Arc<Self>, NativeError> {
        let roster = rosters::Roster::read_path(path, &options.into_core()?).map_err(read_error)?;
        Ok(Self::wrap(roster))
    }

    /// Reads bytes.
    #[uniffi::constructor]
    pub fn read_bytes(bytes: Vec<u8>, options: ReadOptions) -> Result<Arc<Self>, NativeError> {
        let options = options.into_core()?;
        Ok(Self::wrap(rosters::Roster::read(bytes.as_slice(), &options).map_err(read_error)?))
    }

    /// Returns the number of rows.
    pub fn size(&self) -> Result<i64, NativeError> {
        Ok(count(self.0.len() as u64))
    }

    /// Returns the members in order.
    pub fn members(&self) -> Result<Vec<Member>, NativeError> {
        Ok(self.0.members().cloned().map(Member::from).collect())
    }

    /// Returns the read report, if the roster was read from a file or bytes.
    pub fn report(&self) -> Result<Option<ReadReport>, NativeError> {
        Ok(self.0.report().map(ReadReport::from))
    }

    /// Returns a copy with values normalized to the format the API accepts.
    pub fn normalize(
        &self,
        options: NormalizeOptions,
    ) -> Result<NativeNormalizedRoster, NativeError> {
        let mut roster = rosters::Roster::clone(&self.0);
        let report = roster.normalize(&options.into_core()?).into();
        Ok(NativeNormalizedRoster { roster: Self::wrap(roster), report })
    }

    /// Checks every row against every rule.
    pub fn check(&self, options: CheckOptions) -> Result<CheckReport, NativeError> {
        Ok(self.0.check(&options.into_core()?).into())
    }

    /// Returns what submitting this roster changes in a group that holds the previous one.
    pub fn diff(&self, previous: Arc<NativeRoster>) -> Result<RosterDiff, NativeError> {
        Ok(rosters::diff(&previous.0, &self.0).into())
    }

    /// Blocks a roster that must not be submitted, given what the group is known to hold.
    pub fn guard(
        &self,
        previous: Option<Arc<NativeRoster>>,
        first_sync: bool,
        options: GuardOptions,
    ) -> Result<(), NativeError> {
        let baseline = baseline(previous, first_sync)?;
        options
            .into_core()?
            .check(&baseline, &self.0)
            .map(drop)
            .map_err(|refusal| guard_error(&refusal))
    }

    /// Joins the results of a sync to the submitted rows.
    pub fn outcome(
        &self,
        results: Option<SyncResults>,
        previous: Option<Arc<NativeRoster>>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<Outcome, NativeError> {
        let baseline = baseline(previous, first_sync)?;
        let results = results.map(SyncResults::into_core).transpose()?;
        Ok(rosters::Outcome::join(&self.0, results.as_ref(), &baseline, repeated).into())
    }

    /// Returns what the group holds after this roster was synced; none if the results are missing.
    pub fn after(
        &self,
        results: Option<SyncResults>,
        previous: Option<Arc<NativeRoster>>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<Option<Arc<NativeRoster>>, NativeError> {
        let baseline = baseline(previous, first_sync)?;
        let results = results.map(SyncResults::into_core).transpose()?;
        let outcome = rosters::Outcome::join(&self.0, results.as_ref(), &baseline, repeated);
        Ok(outcome.group_after(&self.0, &baseline).map(Self::wrap))
    }

    /// Returns the full roster with failed rows replaced, by reference ID.
    pub fn corrected(
        &self,
        results: SyncResults,
        replacements: HashMap<String, Member>,
    ) -> Result<NativeCorrectedRoster, NativeError> {
        let results = results.into_core()?;
        let unknown = rosters::Baseline::Unknown;
        let outcome = rosters::Outcome::join(&self.0, Some(&results), &unknown, false);
        let replacements = crate::options::sorted(replacements)
            .into_iter()
            .map(|(reference, member)| Ok((reference, member.into_core()?)))
            .collect::<Result<Vec<_>, NativeError>>()?;
        let corrected = outcome
            .corrected(&self.0, replacements)
            .map_err(|error| NativeError::invalid(error.to_string()))?;
        Ok(NativeCorrectedRoster {
            roster: Self::wrap(corrected.roster),
            replaced: count(corrected.replaced),
            still_failing: corrected.still_failing,
        })
    }

    /// Writes CSV with the API's field names as header. Contains health data.
    pub fn to_csv(&self) -> Result<Vec<u8>, NativeError> {
        write_to_vec(|output| self.0.to_csv(output).map(drop))
    }

    /// Writes the body of a sync request, one member per line. Contains health data.
    pub fn to_json(&self) -> Result<Vec<u8>, NativeError> {
        write_to_vec(|output| self.0.to_json(output))
    }
}

impl NativeRoster {
    pub(crate) fn wrap(roster: rosters::Roster) -> Arc<Self> {
        Arc::new(Self(Arc::new(roster)))
    }

    pub(crate) fn core(&self) -> &Arc<rosters::Roster> {
        &self.0
    }
}

fn baseline(
    previous: Option<Arc<NativeRoster>>,
    first_sync: bool,
) -> Result<rosters::Baseline, NativeError> {
    let previous = previous.map(|previous| Arc::clone(&previous.0));
    rosters::Baseline::from_options(previous, first_sync).map_err(|refusal| guard_error(&refusal))
}

fn guard_error(refusal: &rosters::GuardRefusal) -> NativeError {
    NativeError::with_report(core::ErrorKind::GuardRefused, refusal)
}

fn write_to_vec(
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Result<Vec<u8>, NativeError> {
    let mut output = Vec::new();
    write(&mut output).map_err(|_| NativeError::internal("the roster could not be written"))?;
    Ok(output)
}

fn read_error(error: rosters::ReadError) -> NativeError {
    NativeError::with_report(core::ErrorKind::InvalidRoster, &error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn exactly_one_baseline_is_required() {
        let roster = NativeRoster::from_members(Vec::new()).unwrap();
        let address = vitable_groups::model::Address::new("1 Main Street", "Reno", "NV", "89501");
        let member = vitable_groups::model::Member::new("E1", "A", "B", "1990-01-01", "p", address);
        let one = NativeRoster::from_members(vec![member.into()]).unwrap();
        let options = GuardOptions { allow_empty: true, ..GuardOptions::default() };
        for (previous, first_sync, kind) in [
            (None, false, "no_baseline"),
            (Some(Arc::clone(&roster)), false, "empty_previous_roster"),
            (Some(one), true, "contradicting_baseline"),
        ] {
            let error = roster.guard(previous, first_sync, options.clone()).unwrap_err();
            let details = error.details();
            assert_eq!(details.kind, ErrorKind::GuardRefused);
            let report = details.report.unwrap();
            assert!(report.contains(kind), "{report}");
        }
        roster.guard(None, true, options.clone()).unwrap();
        roster.guard(Some(Arc::clone(&roster)), true, options).unwrap();
    }

    #[test]
    fn an_outcome_without_results_is_unknown() {
        let roster = NativeRoster::from_members(Vec::new()).unwrap();
        let outcome = roster.outcome(None, None, true, false).unwrap();
        assert_eq!((outcome.status, outcome.added), (OutcomeStatus::Unknown, None));
        assert!(!outcome.is_ok);
        assert!(roster.after(None, None, true, false).unwrap().is_none());
    }
}
