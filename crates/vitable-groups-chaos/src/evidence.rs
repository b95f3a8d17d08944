//! Evidence from the server: its state, and the requests that it received.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};
use vitable_groups_sandbox::{Control, RecordedRequest};

use crate::plan::STEP_HEADER;

/// Everything that the server knows once all calls have returned.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub(crate) groups: Vec<Value>,
    /// By group: the reference IDs of its subscribed members.
    pub(crate) rosters: HashMap<String, BTreeSet<String>>,
    /// By step, in order of acceptance.
    pub(crate) syncs: BTreeMap<usize, Vec<SyncEvidence>>,
    /// By group: the step whose roster was accepted last.
    pub(crate) last: HashMap<String, usize>,
    /// By step, in order of arrival.
    pub(crate) requests: BTreeMap<usize, Vec<RecordedRequest>>,
    /// Contradictions within the server's own records.
    pub(crate) problems: Vec<String>,
}

/// A roster that the server accepted, and its effect.
#[derive(Clone, Debug, Default)]
pub(crate) struct SyncEvidence {
    pub(crate) request_id: String,
    pub(crate) results: Value,
    /// Reference IDs, like the other sets.
    pub(crate) added: BTreeSet<String>,
    pub(crate) removed: BTreeSet<String>,
    pub(crate) failed_adds: BTreeSet<String>,
    pub(crate) failed_removals: BTreeSet<String>,
}

impl Evidence {
    /// Completes pending syncs, then reads everything. `earlier` are the requests to the same
    /// server before its restarts.
    ///
    /// # Panics
    /// If a control of the server fails.
    pub fn of(control: &Control, mut earlier: Vec<RecordedRequest>) -> Self {
        control.call("POST", "/syncs/complete", &json!(null)).unwrap();
        let state = control.state().unwrap();
        earlier.extend(control.requests());
        let mut read = Self {
            groups: state["groups"].as_array().unwrap().clone(),
            rosters: HashMap::new(),
            syncs: BTreeMap::new(),
            last: HashMap::new(),
            requests: BTreeMap::new(),
            problems: Vec::new(),
        };
        let mut steps: HashMap<String, usize> = HashMap::new();
        for request in earlier {
            let step = request.header(STEP_HEADER).and_then(|text| text.parse().ok());
            let Some(step) = step else {
                read.problems
                    .push(format!("{} {} has no step header", request.method, request.path));
                continue;
            };
            if let Some(key) = request.header("idempotency-key")
                && steps.insert(key.to_owned(), step).is_some_and(|before| before != step)
            {
                read.problems.push(format!("step {step} uses the idempotency key of another step"));
            }
            read.requests.entry(step).or_default().push(request);
        }
        read.apply_syncs(&state, &steps);
        read
    }

    /// Applies the syncs in the order in which the server did.
    fn apply_syncs(&mut self, state: &Value, steps: &HashMap<String, usize>) {
        let members = state["members"].as_array().unwrap();
        let references: HashMap<&str, &str> = members
            .iter()
            .map(|member| (text(member, "id"), text(member, "reference_id")))
            .collect();
        let mut rosters: HashMap<String, BTreeSet<String>> = HashMap::new();
        for sync in state["syncs"].as_array().unwrap() {
            let (request_id, group) = (text(sync, "request_id"), text(sync, "group_id"));
            let Some(step) = steps.get(text(sync, "idempotency_key")).copied() else {
                self.problems.push(format!("{request_id} was accepted, but no step submitted it"));
                continue;
            };
            let results = &sync["results"];
            let of = |field: &str| -> BTreeSet<String> {
                let ids = results[field].as_array().into_iter().flatten();
                ids.filter_map(|id| references.get(id.as_str()?)).map(|&id| id.to_owned()).collect()
            };
            let failed = |operation: &str| -> BTreeSet<String> {
                let all = results["failures"].as_array().into_iter().flatten();
                all.filter(|failure| failure["operation"] == operation)
                    .map(|failure| text(failure, "reference_id").to_owned())
                    .collect()
            };
            let sync = SyncEvidence {
                request_id: request_id.to_owned(),
                results: results.clone(),
                added: of("added_group_member_ids"),
                removed: of("removed_group_member_ids"),
                failed_adds: failed("add"),
                failed_removals: failed("remove"),
            };
            let roster = rosters.entry(group.to_owned()).or_default();
            let fits = sync.removed.is_subset(roster) && sync.added.is_disjoint(roster);
            roster.retain(|reference| !sync.removed.contains(reference));
            roster.extend(sync.added.iter().cloned());
            if !fits || results.is_null() {
                self.problems
                    .push(format!("{request_id} did not have the effect that the server reports"));
            }
            self.last.insert(group.to_owned(), step);
            self.syncs.entry(step).or_default().push(sync);
        }
        for member in members.iter().filter(|member| member["active"] == true) {
            let roster = self.rosters.entry(text(member, "group_id").to_owned()).or_default();
            roster.insert(text(member, "reference_id").to_owned());
        }
        rosters.retain(|_, roster| !roster.is_empty());
        if rosters != self.rosters {
            self.problems.push("the rosters do not match the results of the syncs".to_owned());
        }
    }

    pub(crate) fn syncs(&self, step: usize) -> &[SyncEvidence] {
        self.syncs.get(&step).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn requests(&self, step: usize) -> &[RecordedRequest] {
        self.requests.get(&step).map_or(&[], Vec::as_slice)
    }
}

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
