//! Rosters: read, check, compare, guard, explain; all of it is the core's.

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
pub use diff::{GuardOptions, PlanChange, Rekeyed, RosterDiff, RosterEntry, RosterUpdate};
pub use normalize::{NormalizeOptions, NormalizeReport, RosterChange};
pub use outcome::{ExpectedOutcome, Outcome, OutcomeStatus, RowFailure};
pub use read::{ColumnMatch, ReadOptions, ReadReport, RosterEncoding, RosterFormat};

use crate::error::NativeError;
use crate::model::{self, Member, SyncResults};
use crate::number::count;

/// The complete roster of one group.
#[derive(uniffi::Object)]
pub struct NativeRoster(Arc<rosters::Roster>);

/// How many rows it has; no member is shown.
impl fmt::Debug for NativeRoster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roster({} rows)", self.0.len())
    }
}

/// The full roster to send again.
#[derive(uniffi::Record)]
pub struct NativeCorrected {
    /// Everyone, corrected rows in their places.
    pub roster: Arc<NativeRoster>,
    /// How many rows were replaced.
    pub replaced: i64,
    /// Rows that failed and are sent again as they were; they will probably fail again.
    pub still_failing: Vec<String>,
}

/// A roster in the API's form.
#[derive(uniffi::Record)]
pub struct NativeNormalized {
    /// Everyone.
    pub roster: Arc<NativeRoster>,
    /// What was changed.
    pub report: NormalizeReport,
}

#[uniffi::export]
impl NativeRoster {
    /// A roster from members made by the caller.
    #[uniffi::constructor]
    pub fn from_members(members: Vec<Member>) -> Result<Arc<Self>, NativeError> {
        Ok(Self::wrap(rosters::Roster::from_members(model::roster(members)?)))
    }

    /// Reads a file, by the end of its name or by what is in it.
    #[uniffi::constructor]
    pub fn read_file(path: String, options: ReadOptions) -> Result<Arc<Self>, NativeError> {
        let roster = rosters::Roster::read_path(path, &options.into_core()?).map_err(unreadable)?;
        Ok(Self::wrap(roster))
    }

    /// Reads bytes at hand.
    #[uniffi::constructor]
    pub fn read_bytes(bytes: Vec<u8>, options: ReadOptions) -> Result<Arc<Self>, NativeError> {
        let options = options.into_core()?;
        Ok(Self::wrap(rosters::Roster::read(bytes.as_slice(), &options).map_err(unreadable)?))
    }

    /// How many rows there are.
    pub fn size(&self) -> Result<i64, NativeError> {
        Ok(count(self.0.len() as u64))
    }

    /// The members in order.
    pub fn members(&self) -> Result<Vec<Member>, NativeError> {
        Ok(self.0.members().cloned().map(Member::from).collect())
    }

    /// What reading found out about the file, if there was one.
    pub fn report(&self) -> Result<Option<ReadReport>, NativeError> {
        Ok(self.0.report().map(ReadReport::from))
    }

    /// A roster with its values in the form the API takes.
    pub fn normalized(&self, options: NormalizeOptions) -> Result<NativeNormalized, NativeError> {
        let mut roster = rosters::Roster::clone(&self.0);
        let report = roster.normalize(&options.into_core()?).into();
        Ok(NativeNormalized { roster: Self::wrap(roster), report })
    }

    /// Checks every row by every rule.
    pub fn check(&self, options: CheckOptions) -> Result<CheckReport, NativeError> {
        Ok(self.0.check(&options.into_core()?).into())
    }

    /// What sending this roster does to a group that holds the previous one.
    pub fn diff(&self, previous: Arc<NativeRoster>) -> Result<RosterDiff, NativeError> {
        Ok(rosters::diff(&previous.0, &self.0).into())
    }

    /// Blocks a roster that must not be sent on what is known of the group.
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
            .map_err(|refusal| refused(&refusal))
    }

    /// Joins the results of a sync to the rows that were sent.
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

    /// What the group holds after the sync of this roster; none where the results are missing.
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

    /// The full roster with failed rows replaced, each by its reference.
    pub fn corrected(
        &self,
        results: SyncResults,
        replacements: HashMap<String, Member>,
    ) -> Result<NativeCorrected, NativeError> {
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
        Ok(NativeCorrected {
            roster: Self::wrap(corrected.roster),
            replaced: count(corrected.replaced),
            still_failing: corrected.still_failing,
        })
    }

    /// Writes CSV with the API's names as header. The text holds health data.
    pub fn to_csv(&self) -> Result<Vec<u8>, NativeError> {
        written(|output| self.0.to_csv(output).map(drop))
    }

    /// Writes the body of a sync request, a member per line. The text holds health data.
    pub fn to_json(&self) -> Result<Vec<u8>, NativeError> {
        written(|output| self.0.to_json(output))
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
    rosters::Baseline::from_options(previous, first_sync).map_err(|refusal| refused(&refusal))
}

fn refused(refusal: &rosters::GuardRefusal) -> NativeError {
    NativeError::with_report(core::ErrorKind::GuardRefused, refusal)
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<Vec<u8>, NativeError> {
    let mut output = Vec::new();
    write(&mut output).map_err(|_| NativeError::internal("the roster could not be written"))?;
    Ok(output)
}

fn unreadable(error: rosters::ReadError) -> NativeError {
    NativeError::with_report(core::ErrorKind::InvalidRoster, &error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_baseline_has_to_be_said_and_only_once() {
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
