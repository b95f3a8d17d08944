//! Finds the baseline: the roster that the group holds, against which the new roster is compared.
//!
//! An unknown baseline never counts as an empty group: without a baseline, nothing is planned or
//! sent.

use std::path::Path;
use std::sync::Arc;

use vitable_groups::roster::{Baseline, GuardRefusal, Roster, diff};

use super::check;
use super::roster::Loaded;
use crate::cli::{GuardOptions, RosterOptions};
use crate::exit::{Exit, Failure};
use crate::output::{Output, count};
use crate::state::GroupHistory;

/// The baseline given on the command line.
#[derive(Debug)]
pub(super) struct BaselineOptions {
    previous: Option<(String, Arc<Roster>)>,
    first_sync: bool,
}

/// The baseline in effect, and a description of its source.
#[derive(Debug)]
pub(super) struct LocalContext {
    pub(super) baseline: Baseline,
    pub(super) source: String,
}

impl BaselineOptions {
    /// Reads the previous roster with the same options as the new one.
    pub(super) fn read(
        roster: &Path,
        options: &GuardOptions,
        roster_options: &RosterOptions,
    ) -> Result<Self, Failure> {
        let first_sync = options.first_sync;
        let Some(path) = &options.previous else { return Ok(Self { previous: None, first_sync }) };
        if first_sync {
            return Err(blocked(&GuardRefusal::ContradictingBaseline));
        }
        if path == roster && path == Path::new("-") {
            return Err(Failure::usage("cannot read both rosters from standard input"));
        }
        let same = "--previous is read with the same options as the roster, such as --map and \
                    --normalize";
        let loaded = Loaded::read(path, roster_options).map_err(|failure| failure.hint(same))?;
        if loaded.roster.is_empty() {
            return Err(blocked(&GuardRefusal::EmptyPreviousRoster));
        }
        let errors = check::check(&loaded, None).errors;
        if errors > 0 {
            let errors = count(usize::try_from(errors).unwrap_or(usize::MAX), "error");
            let message = format!(
                "nothing was sent: the previous roster {} has {errors}, so the group's members are \
                 unknown",
                loaded.file
            );
            return Err(Failure::new(Exit::InvalidRoster, message)
                .hint(
                    "use --previous with the roster exactly as it was sent; `vitable-groups \
                     members check` shows its errors",
                )
                .hint(same));
        }
        Ok(Self { previous: Some((loaded.file, Arc::new(loaded.roster))), first_sync })
    }

    /// Blocks `--first-sync` if this machine has state of the group.
    pub(super) fn check_first_sync(&self, history: &GroupHistory) -> Result<(), Failure> {
        if !self.first_sync || history.is_empty() {
            return Ok(());
        }
        if let Some(damage) = history.damage.first() {
            return Err(damaged(damage));
        }
        let recorded = match (&history.last, history.unsettled.first()) {
            (Some(last), _) => format!("a completed sync of {}", count(last.len(), "member")),
            (None, Some(stored)) => {
                format!(
                    "a sync of {} with an unknown outcome",
                    count(stored.roster.len(), "member")
                )
            }
            (None, None) => "an earlier sync".to_owned(),
        };
        let message = format!(
            "nothing was sent: --first-sync requires that the group was never synced, but this \
             machine recorded {recorded}"
        );
        Err(Failure::new(Exit::GuardRefused, message)
            .hint("omit --first-sync to compare with the roster that this machine sent last")
            .hint("use --previous FILE to compare with another roster"))
    }

    /// Combines the options with this machine's state. `is_empty` is set if the new roster is empty
    /// and must not be.
    pub(super) fn resolve(
        self,
        history: &GroupHistory,
        is_empty: bool,
        out: &mut Output,
    ) -> Result<LocalContext, Failure> {
        self.check_first_sync(history)?;
        let candidates = history.candidates();
        if !history.unsettled.is_empty() {
            let syncs = count(history.unsettled.len(), "earlier sync");
            out.warn(format!(
                "the outcome of {syncs} of this group is unknown: everyone in a roster that was \
                 sent, or in the one before it, counts as a member"
            ));
        }
        if let Some((file, previous)) = self.previous {
            return Ok(with_previous(file, previous, candidates, history, out));
        }
        if let Some(damage) = history.damage.first() {
            return Err(damaged(damage));
        }
        let context = |baseline, source: &str| LocalContext { baseline, source: source.to_owned() };
        Ok(match &candidates[..] {
            [] if self.first_sync => {
                context(Baseline::FirstSync, "an empty group, never synced (--first-sync)")
            }
            [] if is_empty => return Err(blocked(&GuardRefusal::EmptyRoster)),
            [] => return Err(blocked(&GuardRefusal::NoBaseline)),
            [last] if history.unsettled.is_empty() => context(
                Baseline::Remembered(Arc::clone(last)),
                "the roster last synced from this machine",
            ),
            _ => context(
                Baseline::Either(candidates),
                "the last rosters sent from this machine; it is unknown which of them the group \
                 holds, so all of them count",
            ),
        })
    }
}

fn with_previous(
    file: String,
    previous: Arc<Roster>,
    candidates: Vec<Arc<Roster>>,
    history: &GroupHistory,
    out: &mut Output,
) -> LocalContext {
    for damage in &history.damage {
        out.warn(format!("{damage}; comparing only with {file} and the state that can be read"));
    }
    let others: Vec<_> =
        candidates.into_iter().filter(|roster| !diff(&previous, roster).is_empty()).collect();
    let Some(other) = others.first() else {
        return LocalContext { baseline: Baseline::Previous(previous), source: file };
    };
    let difference = diff(&previous, other);
    let changed = difference.updates.len() + difference.plan_changes.len();
    out.warn(format!(
        "{file} differs from this machine's roster of the group, which has {}: {} are missing from \
         {file}, {} are only in {file}, and {changed} have different data. Everyone in either \
         roster counts as a member",
        count(other.len(), "member"),
        difference.adds.len(),
        difference.removals.len(),
    ));
    let source = format!("{file} and the rosters on this machine");
    let rosters = [previous].into_iter().chain(others).collect();
    LocalContext { baseline: Baseline::Either(rosters), source }
}

fn damaged(damage: &str) -> Failure {
    Failure::local(format!("nothing was sent: {damage}, so the group's members are unknown"))
        .hint("use --previous FILE with the last roster sent to this group")
}

/// A refusal of the guard, with the flags that resolve it.
pub(super) fn blocked(refusal: &GuardRefusal) -> Failure {
    let failure = Failure::new(Exit::GuardRefused, format!("nothing was sent: {refusal}"));
    match refusal {
        GuardRefusal::EmptyRoster => {
            failure.hint("use --allow-empty if everyone should lose coverage")
        }
        GuardRefusal::NoBaseline => failure
            .hint("use --previous FILE with the last roster sent to this group")
            .hint("use --first-sync if this group was never synced, from anywhere"),
        GuardRefusal::ContradictingBaseline => failure.hint("omit --first-sync or --previous"),
        GuardRefusal::EmptyPreviousRoster => failure
            .hint("use --previous FILE with the last roster sent to this group")
            .hint("use --first-sync alone if this group was never synced, from anywhere"),
        GuardRefusal::PreviousRosterHasErrors { .. } => {
            failure.hint("run `vitable-groups members check` on that file to see its errors")
        }
        GuardRefusal::NewReferenceIds { .. } => failure
            .hint("use --map COLUMN=reference_id to read the column with the IDs sent before")
            .hint(
                "use --normalize trim if only whitespace around the IDs changed; restore lost \
                 leading zeros in the file",
            )
            .hint("use --allow-new-reference-ids if these people really have new IDs"),
        GuardRefusal::TooManyRemovals { .. } => failure
            .hint("use --max-removals N to allow N removals if these members should lose coverage")
            .hint("run `vitable-groups members plan` to see who would be removed"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_hints_name_the_flags() {
        let hints = |refusal: GuardRefusal| blocked(&refusal).hints.join("\n");
        assert!(hints(GuardRefusal::NoBaseline).contains("--previous FILE"));
        assert!(hints(GuardRefusal::NoBaseline).contains("--first-sync"));
        assert!(
            hints(GuardRefusal::NewReferenceIds { people: 2 })
                .contains("--allow-new-reference-ids")
        );
        assert!(hints(GuardRefusal::EmptyRoster).contains("--allow-empty"));
    }
}
