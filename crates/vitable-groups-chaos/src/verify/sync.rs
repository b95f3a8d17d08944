//! Compares what was reported about a roster with what the server did.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ensure;
use crate::apply::Apply;
use crate::evidence::{Evidence, SyncEvidence, text};
use crate::guard::{blocked_kind, planned};
use crate::ledger::ErrorRecord;
use crate::plan::Step;

/// The combined effect of all requests of one call.
#[derive(Debug, Default)]
struct Effect {
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
    failed: BTreeSet<String>,
    failed_adds: BTreeSet<String>,
    failed_removals: BTreeSet<String>,
}

impl Effect {
    fn of(syncs: &[SyncEvidence], members: &BTreeSet<String>) -> Self {
        let mut all = Self::default();
        for sync in syncs {
            all.added.extend(sync.added.iter().cloned());
            all.removed.extend(sync.removed.iter().cloned());
            all.failed_adds.extend(sync.failed_adds.iter().cloned());
            for reference in sync.failed_adds.iter().chain(&sync.failed_removals) {
                let sent = members.contains(reference);
                let failed = if sent { &mut all.failed } else { &mut all.failed_removals };
                failed.insert(reference.clone());
            }
        }
        all
    }
}

/// Checks a state that was reported for a completed request of this step.
pub(super) fn completed(step: &Step, state: &Value, evidence: &Evidence) -> Result<(), String> {
    ensure(state["completed_at"].is_string(), || "it is not completed".to_owned())?;
    let request = text(state, "request_id");
    let sync = evidence.syncs(step.id).iter().find(|sync| sync.request_id == request);
    let sync = sync.ok_or_else(|| format!("{request} was reported as completed, but is not"))?;
    let results = &state["results"];
    if results.is_null() {
        return ensure(lacked_results(step, evidence), || "the results are lost".to_owned());
    }
    for field in ["added_group_member_ids", "removed_group_member_ids", "failures"] {
        let (returned, truth) = (&results[field], &sync.results[field]);
        ensure(returned == truth, || {
            format!("{field} was reported as {returned}, but is {truth}")
        })?;
    }
    Ok(())
}

/// Whether a fault removed the results from a response.
fn lacked_results(step: &Step, evidence: &Evidence) -> bool {
    let mut sent = evidence.requests(step.id).iter();
    sent.any(|sent| sent.operation == Some("groups.members.sync.retrieve") && sent.fault.is_some())
}

/// Checks what `apply` returned.
pub(super) fn applied(
    step: &Step,
    apply: &Apply,
    result: &Value,
    evidence: &Evidence,
) -> Result<(), String> {
    if let Some(kind) = blocked_kind(apply) {
        return Err(format!("it had to be blocked ({kind}), but was sent"));
    }
    completed(step, &result["state"], evidence)?;
    let syncs = evidence.syncs(step.id);
    let outcome = &result["outcome"];
    let status = text(outcome, "status");
    let repeated = outcome["repeated"].as_bool().ok_or("repeated is not reported")?;
    ensure(repeated || syncs.len() < 2, || {
        format!("the server accepted {} requests, but repeated was reported as false", syncs.len())
    })?;
    let references = crate::guard::references(&apply.members);
    let effect = Effect::of(syncs, &references);
    let counts = Counts { outcome, status };
    counts.is("submitted", Some(references.len()))?;
    let plan = planned(apply);
    for (field, truth) in [("adds", plan.adds), ("removals", plan.removals)] {
        Counts { outcome: &outcome["expected"], status }.is(field, Some(truth))?;
    }

    let missing = result["state"]["results"].is_null();
    if status == "unknown" {
        ensure(missing || repeated, || {
            "unknown was reported, but the only request has results".to_owned()
        })?;
        for field in ["added", "removed", "kept"] {
            counts.is(field, None)?;
        }
        if missing {
            return counts.is("failed", None).and(counts.is("failed_removals", None));
        }
        counts.is("failed", Some(effect.failed.len()))?;
        return counts.is("failed_removals", Some(effect.failed_removals.len()));
    }
    ensure(!missing, || format!("{status} was reported without results"))?;
    let failed = effect.failed.len();
    counts.is("added", Some(effect.added.len()))?;
    counts.is("removed", Some(effect.removed.len()))?;
    counts.is("failed", Some(failed))?;
    counts.is("failed_removals", Some(effect.failed_removals.len()))?;
    counts.is("kept", Some(references.len().saturating_sub(effect.added.len() + failed)))?;

    let adds = effect.added.union(&effect.failed_adds).count();
    let removals = effect.removed.union(&effect.failed_removals).count();
    let as_planned = (adds, removals) == (plan.adds, plan.removals);
    let truth = match (as_planned, failed + effect.failed_removals.len()) {
        (false, _) => "not_as_planned",
        (true, 0) => "succeeded",
        (true, _) => "rows_failed",
    };
    ensure(status == truth, || {
        format!(
            "{status} was reported, but it is {truth}: {plan:?} was planned, and the server tried {adds} \
             adds and {removals} removals"
        )
    })
}

/// The counts of an outcome.
struct Counts<'a> {
    outcome: &'a Value,
    status: &'a str,
}

impl Counts<'_> {
    /// Checks one count; `None` means that it must not be reported.
    fn is(&self, field: &str, truth: Option<usize>) -> Result<(), String> {
        let returned = &self.outcome[field];
        let fits = match truth {
            Some(truth) => returned.as_u64() == u64::try_from(truth).ok(),
            None => returned.is_null(),
        };
        ensure(fits, || {
            let truth = truth.map_or("unknown".to_owned(), |truth| truth.to_string());
            format!("{}: {field} was reported as {returned}, but is {truth}", self.status)
        })
    }
}

/// Whether the error reports that the call was blocked, as it had to be. Fails if the roster was
/// sent, or if it was blocked without need.
pub(super) fn blocked(
    step: &Step,
    apply: &Apply,
    error: &ErrorRecord,
    evidence: &Evidence,
) -> Result<bool, String> {
    let (due, blocked) = (blocked_kind(apply), error.kind == "guard_refused");
    let Some(due) = due else {
        return ensure(!blocked, || format!("blocked without need: {}", error.text))
            .map(|()| false);
    };
    let sent = evidence.requests(step.id).len();
    ensure(sent == 0, || format!("it had to be blocked ({due}), but {sent} requests arrived"))?;
    let kind = error.details.as_ref().map(|details| text(details, "kind"));
    ensure(blocked && kind == Some(due), || {
        format!("it had to be blocked ({due}), but ended with {} ({kind:?})", error.kind)
    })?;
    Ok(true)
}
