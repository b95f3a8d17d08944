//! What was reported of a roster against what the server did with it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::need;
use crate::evidence::{Evidence, SyncEvidence, text};
use crate::guard::{planned, refusal};
use crate::plan::{Apply, Step};
use crate::record::ErrorRecord;

/// What all requests of one call did together.
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

/// A state that was reported as that of a completed request of this step.
pub(super) fn completed(step: &Step, state: &Value, evidence: &Evidence) -> Result<(), String> {
    need(state["completed_at"].is_string(), || "it is not completed".to_owned())?;
    let request = text(state, "request_id");
    let sync = evidence.syncs(step.id).iter().find(|sync| sync.request_id == request);
    let sync = sync.ok_or_else(|| format!("{request} was reported completed, and is not"))?;
    let results = &state["results"];
    if results.is_null() {
        return need(lacked_results(step, evidence), || "the results are lost".to_owned());
    }
    for field in ["added_group_member_ids", "removed_group_member_ids", "failures"] {
        let (came, truth) = (&results[field], &sync.results[field]);
        need(came == truth, || format!("{field} was reported as {came}, it is {truth}"))?;
    }
    Ok(())
}

/// Whether a fault made a response without results.
fn lacked_results(step: &Step, evidence: &Evidence) -> bool {
    let mut sent = evidence.requests(step.id).iter();
    sent.any(|sent| sent.operation == Some("groups.members.sync.retrieve") && sent.fault.is_some())
}

/// What `apply` brought back.
pub(super) fn applied(
    step: &Step,
    apply: &Apply,
    result: &Value,
    evidence: &Evidence,
) -> Result<(), String> {
    if let Some(kind) = refusal(apply) {
        return Err(format!("it had to be blocked ({kind}), and was sent"));
    }
    completed(step, &result["state"], evidence)?;
    let syncs = evidence.syncs(step.id);
    let outcome = &result["outcome"];
    let status = text(outcome, "status");
    let repeated = outcome["repeated"].as_bool().ok_or("repeated is not reported")?;
    need(repeated || syncs.len() < 2, || {
        format!("the server accepted {} requests, repeated was reported as false", syncs.len())
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
        need(missing || repeated, || "unknown, though results came of the one request".to_owned())?;
        for field in ["added", "removed", "kept"] {
            counts.is(field, None)?;
        }
        if missing {
            return counts.is("failed", None).and(counts.is("failed_removals", None));
        }
        counts.is("failed", Some(effect.failed.len()))?;
        return counts.is("failed_removals", Some(effect.failed_removals.len()));
    }
    need(!missing, || format!("{status} was reported, and no results came"))?;
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
    need(status == truth, || {
        format!(
            "{status} was reported, it is {truth}: {plan:?} was planned, and the server tried {adds} \
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
    /// None: the count must not be reported.
    fn is(&self, field: &str, truth: Option<usize>) -> Result<(), String> {
        let came = &self.outcome[field];
        let fits = match truth {
            Some(truth) => came.as_u64() == u64::try_from(truth).ok(),
            None => came.is_null(),
        };
        need(fits, || {
            let truth = truth.map_or("not known".to_owned(), |truth| truth.to_string());
            format!("{}: {field} was reported as {came}, it is {truth}", self.status)
        })
    }
}

/// Whether the error is the refusal that was due. That the roster was sent, or blocked without need,
/// is wrong.
pub(super) fn blocked(
    step: &Step,
    apply: &Apply,
    error: &ErrorRecord,
    evidence: &Evidence,
) -> Result<bool, String> {
    let (due, told) = (refusal(apply), error.kind == "guard_refused");
    let Some(due) = due else {
        return need(!told, || format!("blocked, and nothing speaks against it: {}", error.text))
            .map(|()| false);
    };
    let sent = evidence.requests(step.id).len();
    need(sent == 0, || format!("it had to be blocked ({due}), and {sent} requests came"))?;
    let kind = error.details.as_ref().map(|details| text(details, "kind"));
    need(told && kind == Some(due), || {
        format!("it had to be blocked ({due}), and ended as {} ({kind:?})", error.kind)
    })?;
    Ok(true)
}
