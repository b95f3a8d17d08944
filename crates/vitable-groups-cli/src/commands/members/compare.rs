//! What a roster is compared with before it is sent: what the group holds, as far as it is known.
//!
//! What is not known is not taken for nothing: without a baseline nothing is planned or sent.

use std::path::Path;
use std::sync::Arc;

use vitable_groups::roster::{Baseline, GuardRefusal, Roster, diff};

use super::check;
use super::roster::Loaded;
use crate::cli::{CheckOptions, GuardOptions};
use crate::exit::{Exit, Failure};
use crate::output::{Output, count};
use crate::state::Memory;

/// What the caller says about the group.
#[derive(Debug)]
pub(super) struct Given {
    previous: Option<(String, Arc<Roster>)>,
    first_sync: bool,
}

/// What to compare with, and where it is from.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) baseline: Baseline,
    pub(super) source: String,
}

impl Given {
    /// Reads the previous roster as the new one is read.
    pub(super) fn read(
        roster: &Path,
        options: &GuardOptions,
        reading: &CheckOptions,
    ) -> Result<Self, Failure> {
        let given = Self { previous: None, first_sync: options.first_sync };
        let Some(path) = &options.previous else { return Ok(given) };
        if options.first_sync {
            return Err(refused(&GuardRefusal::ContradictingBaseline));
        }
        if path == roster && path == Path::new("-") {
            return Err(Failure::usage("standard input cannot be both rosters"));
        }
        let same = "--previous is read with the same options as the roster: --map, --normalize and \
                    the others";
        let loaded = Loaded::read(path, reading).map_err(|failure| failure.hint(same))?;
        if loaded.roster.is_empty() {
            return Err(refused(&GuardRefusal::EmptyPreviousRoster));
        }
        let errors = check::check(&loaded, None).errors;
        if errors > 0 {
            let errors = count(usize::try_from(errors).unwrap_or(usize::MAX), "error");
            let message = format!(
                "the previous roster {} has {errors}, so it does not say who is in the group; \
                 nothing was sent",
                loaded.file
            );
            return Err(Failure::new(Exit::InvalidRoster, message)
                .hint("`vitable-groups members check` shows them; give the roster that was sent")
                .hint(same));
        }
        Ok(Self { previous: Some((loaded.file, Arc::new(loaded.roster))), ..given })
    }

    /// Refuses the word that this is the first sync, where this machine knows better.
    pub(super) fn contradicts(&self, memory: &Memory) -> Result<(), Failure> {
        if !self.first_sync || memory.is_empty() {
            return Ok(());
        }
        if let Some(damage) = memory.damage.first() {
            return Err(damaged(damage));
        }
        let remembered = match (&memory.last, memory.unsettled.first()) {
            (Some(last), _) => format!("a completed sync of {}", count(last.len(), "member")),
            (None, Some(kept)) => {
                format!("a sync of {} whose end is not known", count(kept.roster.len(), "member"))
            }
            (None, None) => "an earlier sync".to_owned(),
        };
        let message = format!(
            "nothing was sent: --first-sync says that the group was never synced, but this machine \
             remembers {remembered}"
        );
        Err(Failure::new(Exit::GuardRefused, message)
            .hint("leave --first-sync out to compare with what this machine remembers")
            .hint("to compare with another roster, give --previous FILE"))
    }

    /// Puts together what the caller says and what this machine knows. `is_empty` says that the new
    /// roster has no rows and must have some.
    pub(super) fn compare(
        self,
        memory: &Memory,
        is_empty: bool,
        out: &mut Output,
    ) -> Result<Known, Failure> {
        self.contradicts(memory)?;
        let remembered = memory.candidates();
        if !memory.unsettled.is_empty() {
            let syncs = count(memory.unsettled.len(), "earlier sync");
            out.warn(format!(
                "the end of {syncs} of this group is not known: whoever is in the roster before it \
                 or in the one that it sent counts as a member"
            ));
        }
        if let Some((file, previous)) = self.previous {
            return Ok(with_previous(file, previous, remembered, memory, out));
        }
        if let Some(damage) = memory.damage.first() {
            return Err(damaged(damage));
        }
        let known = |baseline, source: &str| Known { baseline, source: source.to_owned() };
        Ok(match &remembered[..] {
            [] if self.first_sync => {
                known(Baseline::FirstSync, "nobody: the group was never synced (--first-sync)")
            }
            [] if is_empty => return Err(refused(&GuardRefusal::EmptyRoster)),
            [] => return Err(refused(&GuardRefusal::NoBaseline)),
            [last] if memory.unsettled.is_empty() => known(
                Baseline::Remembered(Arc::clone(last)),
                "the roster last synced from this machine",
            ),
            _ => known(
                Baseline::Either(remembered),
                "the last rosters sent from this machine; which of them the group holds is not \
                 known, so all of them count",
            ),
        })
    }
}

fn with_previous(
    file: String,
    previous: Arc<Roster>,
    remembered: Vec<Arc<Roster>>,
    memory: &Memory,
    out: &mut Output,
) -> Known {
    for damage in &memory.damage {
        out.warn(format!("{damage}; only {file} and what can be read are compared with"));
    }
    let others: Vec<_> =
        remembered.into_iter().filter(|roster| !diff(&previous, roster).is_empty()).collect();
    let Some(other) = others.first() else {
        return Known { baseline: Baseline::Previous(previous), source: file };
    };
    let difference = diff(&previous, other);
    let changed = difference.updates.len() + difference.plan_changes.len();
    out.warn(format!(
        "this machine remembers another roster of this group than {file}: {}; {} of them not in \
         {file}, {} only in {file}, {changed} with other data. Both count: whoever is in one of \
         them counts as a member",
        count(other.len(), "member"),
        difference.adds.len(),
        difference.removals.len(),
    ));
    let source = format!("{file} and with what this machine remembers");
    let rosters = [previous].into_iter().chain(others).collect();
    Known { baseline: Baseline::Either(rosters), source }
}

fn damaged(damage: &str) -> Failure {
    Failure::local(format!("nothing was sent: {damage}, so it is not known who is in the group"))
        .hint("name the roster that was sent to this group last: --previous FILE")
}

/// A refusal of the guard, with the flags that answer it.
pub(super) fn refused(refusal: &GuardRefusal) -> Failure {
    let failure = Failure::new(Exit::GuardRefused, format!("nothing was sent: {refusal}"));
    match refusal {
        GuardRefusal::EmptyRoster => {
            failure.hint("if everyone is to lose the coverage: --allow-empty")
        }
        GuardRefusal::NoBaseline => failure
            .hint("name the roster that was sent to this group last: --previous FILE")
            .hint("if this group was never synced, from anywhere: --first-sync"),
        GuardRefusal::ContradictingBaseline => failure.hint("leave out --first-sync or --previous"),
        GuardRefusal::EmptyPreviousRoster => failure
            .hint("name the roster that was sent to this group last: --previous FILE")
            .hint("if this group was never synced, from anywhere: --first-sync alone"),
        GuardRefusal::PreviousRosterHasErrors { .. } => {
            failure.hint("`vitable-groups members check` shows the errors of that file")
        }
        GuardRefusal::NewReferenceIds { .. } => failure
            .hint("read the column that holds the IDs sent before: --map COLUMN=reference_id")
            .hint(
                "if only white space around the IDs changed: --normalize trim; leading zeros that \
                 were lost have to be restored in the file",
            )
            .hint("if these people did get new IDs: --allow-new-reference-ids"),
        GuardRefusal::TooManyRemovals { .. } => failure
            .hint("see who would be removed: vitable-groups members plan")
            .hint("if they are to be removed: --max-removals with the number that is intended"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_the_flags_that_answer_them() {
        let hints = |refusal: GuardRefusal| refused(&refusal).hints.join("\n");
        assert!(hints(GuardRefusal::NoBaseline).contains("--previous FILE"));
        assert!(hints(GuardRefusal::NoBaseline).contains("--first-sync"));
        assert!(
            hints(GuardRefusal::NewReferenceIds { people: 2 })
                .contains("--allow-new-reference-ids")
        );
        assert!(hints(GuardRefusal::EmptyRoster).contains("--allow-empty"));
    }
}
