//! The server's state against what the callers were told.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use vitable_groups_sandbox::RecordedRequest;

use crate::fault::NOISE_STATUS;
use crate::figures::Figures;
use crate::plan::{Call, Plan, Step, Worker};
use crate::record::{ErrorRecord, Record};

/// What a broken network may make of a call.
const EXPECTED: [&str; 4] = ["connection", "timeout", "deadline", "response_validation"];

/// A value that was reported as written, and those written since whose fate is unknown: the server
/// must hold one of them.
struct Trail<T> {
    done: T,
    maybe: Vec<T>,
}

impl<T: PartialEq> Trail<T> {
    fn new(done: T) -> Self {
        Self { done, maybe: Vec::new() }
    }

    fn done(&mut self, value: T) {
        self.done = value;
        self.maybe.clear();
    }

    fn allows(&self, value: &T) -> bool {
        self.done == *value || self.maybe.contains(value)
    }
}

/// What one worker was told, in the order of its steps.
struct Told<'a> {
    worker: &'a Worker,
    name: Trail<String>,
    roster: Trail<BTreeSet<String>>,
    /// References with the ids they were reported to have.
    created: HashMap<&'a str, String>,
    /// References whose create failed for certain.
    absent: BTreeSet<&'a str>,
    /// Requests that were reported completed.
    completed: Vec<String>,
}

/// Reads the ledger and compares it with the state; says what is wrong, in sentences.
pub(crate) fn judge(
    plan: &Plan,
    records: &[Record],
    state: &Value,
    figures: &mut Figures,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut by_id: HashMap<usize, &Record> = HashMap::new();
    for record in records {
        if by_id.insert(record.id, record).is_some() {
            problems.push(format!("step {} was recorded twice", record.id));
        }
    }
    let mut all = Vec::new();
    for worker in &plan.workers {
        let mut told = Told::new(worker);
        for step in &worker.steps {
            let Some(record) = by_id.remove(&step.id) else {
                problems.push(format!("step {} has no record", step.id));
                continue;
            };
            figures.record(step.call.name(), step.deadline_ms, record);
            if let Err(problem) = told.hear(step, record) {
                problems.push(format!("step {} ({}): {problem}", step.id, step.call.name()));
            }
        }
        all.push(told);
    }
    problems.extend(by_id.keys().map(|id| format!("there is no step {id}")));
    compare(state, &all, &mut problems);
    problems
}

impl<'a> Told<'a> {
    fn new(worker: &'a Worker) -> Self {
        let group = &worker.group;
        Self {
            worker,
            name: Trail::new(group.name.clone()),
            roster: Trail::new(BTreeSet::new()),
            created: HashMap::from([(group.reference.as_str(), group.id.clone())]),
            absent: BTreeSet::new(),
            completed: Vec::new(),
        }
    }

    fn hear(&mut self, step: &'a Step, record: &Record) -> Result<(), String> {
        if let Some(foreign) = &record.foreign {
            return Err(format!("not an error of the library: {foreign}"));
        }
        match &record.error {
            // Noise without a content type, handed over as text: it reports nothing.
            None if record.result.is_string() => {
                self.perhaps(&step.call);
                Ok(())
            }
            None => self.hear_done(&step.call, &record.result),
            Some(error) => self.hear_failed(&step.call, error),
        }
    }

    fn hear_done(&mut self, call: &'a Call, result: &Value) -> Result<(), String> {
        match call {
            Call::Create { external_reference_id, .. }
            | Call::GetOrCreate { external_reference_id, .. } => {
                let came = text(result, "external_reference_id");
                need(came == external_reference_id, || {
                    format!("asked for {external_reference_id}, got {result}")
                })?;
                self.absent.remove(external_reference_id.as_str());
                self.created.insert(external_reference_id, text(result, "id").to_owned());
            }
            Call::Update { name, .. } => {
                let came = text(result, "name");
                need(came == name, || format!("asked for {name:?}, got {came:?}"))?;
                self.name.done(name.clone());
            }
            Call::Retrieve { .. } => {
                let came = text(result, "name").to_owned();
                need(self.name.allows(&came), || format!("{came:?} is none of those written"))?;
            }
            Call::Iterate { .. } => {
                let items = result.as_array().ok_or("the result is no list")?;
                let ids: BTreeSet<&str> = items.iter().map(|item| text(item, "id")).collect();
                need(ids.len() == items.len(), || "a group came twice".to_owned())?;
                let own = self.worker.group.id.as_str();
                need(ids.contains(own), || format!("{own} is missing"))?;
            }
            Call::Find { external_reference_id } => {
                let reference = external_reference_id.as_str();
                if let Some(id) = self.created.get(reference) {
                    let came = text(result, "id");
                    need(came == id, || format!("{reference} is {id}, {came:?} was found"))?;
                } else if self.absent.contains(reference) {
                    need(result.is_null(), || format!("{reference} was found, but is not there"))?;
                }
            }
            Call::SubmitAndWait { members, .. } => {
                let failures = result["results"]["failures"].as_array().map_or(0, Vec::len);
                need(failures == 0, || format!("{failures} rows failed"))?;
                need(result["completed_at"].is_string(), || "it is not completed".to_owned())?;
                self.completed.push(text(result, "request_id").to_owned());
                self.roster.done(references(members));
            }
        }
        Ok(())
    }

    fn hear_failed(&mut self, call: &'a Call, error: &ErrorRecord) -> Result<(), String> {
        if error.outcome_unknown || error.sync.is_some() {
            self.perhaps(call);
        } else if let Call::Create { external_reference_id, .. }
        | Call::GetOrCreate { external_reference_id, .. } = call
            && error.kind != "conflict"
            && !external_reference_id.starts_with("shared-")
        {
            self.absent.insert(external_reference_id);
        }
        // A conflict is that of a create which arrived after it had been given up.
        let creates = matches!(call, Call::Create { .. } | Call::GetOrCreate { .. });
        let conflict = error.kind == "conflict" && creates;
        // Noise that looks like an answer.
        let noise = error.status == Some(NOISE_STATUS);
        let ErrorRecord { kind, text, .. } = error;
        need(EXPECTED.contains(&kind.as_str()) || conflict || noise, || {
            format!("a broken network does not explain the error {kind}: {text}")
        })?;
        need(error.operation.is_some(), || format!("the error names no operation: {text}"))
    }

    /// A write that may have been done.
    fn perhaps(&mut self, call: &Call) {
        match call {
            Call::Update { name, .. } => self.name.maybe.push(name.clone()),
            Call::SubmitAndWait { members, .. } => self.roster.maybe.push(references(members)),
            _ => {}
        }
    }
}

fn need(fits: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if fits { Ok(()) } else { Err(problem()) }
}

fn references(members: &[Value]) -> BTreeSet<String> {
    members.iter().map(|member| text(member, "reference_id").to_owned()).collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn compare(state: &Value, workers: &[Told<'_>], problems: &mut Vec<String>) {
    let mut check = |fits: bool, problem: String| {
        if !fits {
            problems.push(problem);
        }
    };
    let mut ids: HashMap<&str, &str> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for group in state["groups"].as_array().unwrap() {
        let twin = ids.insert(text(group, "external_reference_id"), text(group, "id"));
        check(twin.is_none(), format!("two groups have one reference: {group}"));
        names.insert(text(group, "id"), text(group, "name").to_owned());
    }
    let completed: BTreeSet<&str> = state["syncs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sync| sync["completed_at"].is_string())
        .map(|sync| text(sync, "request_id"))
        .collect();

    for told in workers {
        for (reference, id) in &told.created {
            let found = ids.get(reference).copied();
            let fits = found == Some(id.as_str());
            check(fits, format!("{reference} was reported created as {id}, {found:?} is there"));
        }
        for reference in &told.absent {
            let fits = !ids.contains_key(reference);
            check(fits, format!("{reference} was reported as certainly not created, and is there"));
        }
        let own = told.worker.group.id.as_str();
        let name = &names[own];
        let Trail { done, maybe } = &told.name;
        check(told.name.allows(name), format!("{name:?}, but told {done:?}, perhaps {maybe:?}"));
        let roster: BTreeSet<String> = state["members"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|member| text(member, "group_id") == own && member["active"] == true)
            .map(|member| text(member, "reference_id").to_owned())
            .collect();
        let Trail { done, maybe } = &told.roster;
        let fits = told.roster.allows(&roster);
        check(fits, format!("{roster:?}, but told {done:?}, perhaps {maybe:?}"));
        for request in &told.completed {
            let fits = completed.contains(request.as_str());
            check(fits, format!("{request} was reported completed, and is not"));
        }
    }
}

/// The creates that were sent again although they had been done. One that a slow machine delivers
/// after its caller has looked for it is among them, and no client's fault.
pub(crate) fn replayed_creates(requests: &[RecordedRequest]) -> usize {
    let replayed = |request: &&RecordedRequest| {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let reference = body["external_reference_id"].as_str().unwrap_or_default();
        // Only one worker ever wants these.
        let own = reference.starts_with("new-") || reference.starts_with("own-");
        request.operation == Some("groups.create") && request.status == Some(409) && own
    };
    requests.iter().filter(replayed).count()
}
