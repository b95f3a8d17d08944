//! What the callers were told against what the server knows.

mod sync;

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use vitable_groups_sandbox::RecordedRequest;

use crate::evidence::{Evidence, text};
use crate::fault::NOISE_STATUS;
use crate::figures::Figures;
use crate::plan::{Call, Plan, Step, Worker};
use crate::record::{ErrorRecord, Record};

/// What a broken network may make of a call.
const EXPECTED: [&str; 4] = ["connection", "timeout", "deadline", "response_validation"];
/// Errors of calls that end before anything is sent.
const NOTHING_SENT: [&str; 3] = ["guard_refused", "invalid_roster", "closed"];

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

/// What a worker knows of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// Some call reported the group with this id.
    There {
        id: String,
        name: Option<String>,
    },
    /// Every create failed for certain.
    Absent,
    Maybe,
}

/// What one worker was told, in the order of its steps.
struct Told<'a> {
    worker: &'a Worker,
    evidence: &'a Evidence,
    name: Trail<String>,
    fates: HashMap<&'a str, Fate>,
    /// The last step whose roster was reported completed.
    synced: Option<usize>,
}

/// Reads the ledger and compares it with the evidence; says what is wrong, in sentences.
pub fn judge(
    plan: &Plan,
    records: &[Record],
    evidence: &Evidence,
    figures: &mut Figures,
) -> Vec<String> {
    let mut problems = evidence.problems.clone();
    let mut by_id: HashMap<usize, &Record> = HashMap::new();
    for record in records {
        if by_id.insert(record.id, record).is_some() {
            problems.push(format!("step {} was recorded twice", record.id));
        }
    }
    let mut all = Vec::new();
    for worker in &plan.workers {
        let mut told = Told::new(worker, evidence);
        for step in &worker.steps {
            let Some(record) = by_id.remove(&step.id) else {
                problems.push(format!("step {} has no record", step.id));
                continue;
            };
            figures.record(step, record);
            figures.resubmissions += usize::from(evidence.syncs(step.id).len() > 1);
            if let Err(problem) = told.hear(step, record) {
                problems.push(format!("step {} ({}): {problem}", step.id, step.call.name()));
            }
        }
        figures.replayed_creates += told.replayed_creates();
        all.push(told);
    }
    problems.extend(by_id.keys().map(|id| format!("there is no step {id}")));
    compare(evidence, &all, &mut problems);
    problems
}

impl<'a> Told<'a> {
    fn new(worker: &'a Worker, evidence: &'a Evidence) -> Self {
        let there = |group: &'a crate::plan::Group| {
            let fate = Fate::There { id: group.id.clone(), name: None };
            (group.external_reference_id.as_str(), fate)
        };
        Self {
            worker,
            evidence,
            name: Trail::new(worker.group.name.clone()),
            fates: HashMap::from([there(&worker.group), there(&worker.there)]),
            synced: None,
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
            None => self.hear_done(step, &record.result),
            Some(error) => self.hear_failed(step, error),
        }
    }

    fn hear_done(&mut self, step: &'a Step, result: &Value) -> Result<(), String> {
        match &step.call {
            Call::Create { external_reference_id, name } => {
                let reference = external_reference_id.as_str();
                let before = self.fates.get(reference).cloned();
                self.hear_group(step, reference, result)?;
                let came = text(result, "name");
                need(came == name, || format!("asked for {name:?}, got {came:?}"))?;
                let again = matches!(before, Some(Fate::There { .. }));
                need(!again, || format!("created {reference}, which was there before"))?;
                let (id, name) = (text(result, "id").to_owned(), Some(name.clone()));
                self.fates.insert(reference, Fate::There { id, name });
            }
            Call::GetOrCreate { external_reference_id, .. } => {
                let reference = external_reference_id.as_str();
                self.hear_group(step, reference, result)?;
                let fate = Fate::There { id: text(result, "id").to_owned(), name: None };
                self.fates
                    .entry(reference)
                    .and_modify(|known| {
                        if !matches!(known, Fate::There { .. }) {
                            *known = fate.clone();
                        }
                    })
                    .or_insert(fate);
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
                for (reference, fate) in &self.fates {
                    if let Fate::There { id, .. } = fate {
                        let listed = ids.contains(id.as_str());
                        need(listed, || format!("{reference} ({id}) is missing"))?;
                    }
                }
            }
            Call::Find { external_reference_id } => {
                let reference = external_reference_id.as_str();
                let came = text(result, "id");
                match self.fates.get(reference) {
                    Some(Fate::There { id, .. }) => {
                        need(came == id, || format!("{reference} is {id}, {came:?} was found"))?;
                    }
                    Some(Fate::Absent) => need(result.is_null(), || {
                        format!("{reference} was found, but is not there")
                    })?,
                    Some(Fate::Maybe) | None => {}
                }
            }
            Call::SubmitAndWait { .. } => {
                self.synced = Some(step.id);
                sync::completed(step, result, self.evidence)?;
            }
            Call::Apply(apply) => {
                self.synced = Some(step.id);
                sync::applied(step, apply, result, self.evidence)?;
            }
        }
        Ok(())
    }

    /// A group that came back for a reference.
    fn hear_group(&self, step: &Step, reference: &str, result: &Value) -> Result<(), String> {
        let (came, id) = (text(result, "external_reference_id"), text(result, "id"));
        need(came == reference, || format!("asked for {reference}, got {result}"))?;
        self.not_created_again(step, reference)?;
        match self.fates.get(reference) {
            Some(Fate::There { id: known, .. }) => {
                need(id == known, || format!("{reference} is {known}, {id:?} came"))
            }
            _ => Ok(()),
        }
    }

    /// Who looks before creating must find what is there.
    fn not_created_again(&self, step: &Step, reference: &str) -> Result<(), String> {
        let there = matches!(self.fates.get(reference), Some(Fate::There { .. }));
        let looks = there && matches!(step.call, Call::GetOrCreate { .. });
        let sent = self.evidence.requests(step.id);
        let creates = sent.iter().any(|sent| sent.operation == Some("groups.create"));
        need(!(looks && creates), || format!("{reference} is there, and was to be created again"))
    }

    fn hear_failed(&mut self, step: &'a Step, error: &ErrorRecord) -> Result<(), String> {
        let ErrorRecord { kind, text, .. } = error;
        self.certain(step, error)?;
        if let Call::Create { external_reference_id, .. }
        | Call::GetOrCreate { external_reference_id, .. } = &step.call
        {
            let reference = external_reference_id.as_str();
            self.not_created_again(step, reference)?;
            let shared = reference.starts_with("shared-");
            let unknown = error.outcome_unknown || kind == "conflict" || shared;
            let fate = if unknown { Fate::Maybe } else { Fate::Absent };
            let known = self.fates.entry(reference).or_insert_with(|| fate.clone());
            if *known == Fate::Absent {
                *known = fate;
            }
        }
        if error.outcome_unknown {
            self.perhaps(&step.call);
        }
        if let Call::Apply(apply) = &step.call
            && sync::blocked(step, apply, error, self.evidence)?
        {
            return Ok(());
        }
        // Noise that looks like an answer.
        let noise = error.status == Some(NOISE_STATUS);
        let conflict = kind == "conflict" && self.taken(&step.call);
        need(EXPECTED.contains(&kind.as_str()) || conflict || noise, || {
            format!("a broken network does not explain the error {kind}: {text}")
        })?;
        need(error.operation.is_some(), || format!("the error names no operation: {text}"))
    }

    /// Whether somebody has the reference that is to be created.
    fn taken(&self, call: &Call) -> bool {
        let (Call::Create { external_reference_id, .. }
        | Call::GetOrCreate { external_reference_id, .. }) = call
        else {
            return false;
        };
        let mut groups = self.evidence.groups.iter();
        groups.any(|group| text(group, "external_reference_id") == external_reference_id)
    }

    /// What an error says for certain must be so.
    fn certain(&self, step: &Step, error: &ErrorRecord) -> Result<(), String> {
        let (sent, syncs) = (self.evidence.requests(step.id), self.evidence.syncs(step.id));
        let ErrorRecord { kind, .. } = error;
        if let Some(handle) = &error.sync {
            let request = text(handle, "request_id");
            let accepted = syncs.iter().any(|sync| sync.request_id == request);
            return need(accepted, || format!("{request:?} is no request that it made"));
        }
        if error.outcome_unknown {
            return Ok(());
        }
        let done = |sent: &RecordedRequest| {
            sent.method != "GET" && sent.status.is_some_and(|status| (200..300).contains(&status))
        };
        let untrue = syncs.len() + sent.iter().filter(|sent| done(sent)).count();
        need(untrue == 0, || {
            format!("{kind} was reported as certainly not done, and it was done")
        })?;
        // These make one request, or none.
        let plain = !matches!(
            step.call,
            Call::GetOrCreate { .. } | Call::Iterate { .. } | Call::Find { .. }
        );
        let nothing = (plain && error.attempts.is_empty()) || NOTHING_SENT.contains(&kind.as_str());
        need(!nothing || sent.is_empty(), || {
            format!(
                "{kind} was reported before anything was sent, and {} requests came",
                sent.len()
            )
        })
    }

    /// A write that may have been done.
    fn perhaps(&mut self, call: &'a Call) {
        match call {
            Call::Update { name, .. } => self.name.maybe.push(name.clone()),
            Call::Create { external_reference_id, .. }
            | Call::GetOrCreate { external_reference_id, .. } => {
                let fate = self.fates.entry(external_reference_id).or_insert(Fate::Maybe);
                if *fate == Fate::Absent {
                    *fate = Fate::Maybe;
                }
            }
            _ => {}
        }
    }

    /// The creates that were sent again although they had been done. One that a slow machine
    /// delivers after its caller has looked for it is among them, and no client's fault.
    fn replayed_creates(&self) -> usize {
        let replays = |step: &&Step| {
            let (Call::Create { external_reference_id, name }
            | Call::GetOrCreate { external_reference_id, name }) = &step.call
            else {
                return false;
            };
            // Only one worker ever wants the others, each time under another name.
            let ours = !external_reference_id.starts_with("shared-")
                && self.evidence.groups.iter().any(|group| {
                    text(group, "external_reference_id") == external_reference_id
                        && text(group, "name") == name
                });
            let refused = |sent: &RecordedRequest| {
                sent.operation == Some("groups.create") && sent.status == Some(409)
            };
            ours && self.evidence.requests(step.id).iter().any(refused)
        };
        self.worker.steps.iter().filter(replays).count()
    }
}

fn need(fits: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if fits { Ok(()) } else { Err(problem()) }
}

fn compare(evidence: &Evidence, workers: &[Told<'_>], problems: &mut Vec<String>) {
    let mut check = |fits: bool, problem: String| {
        if !fits {
            problems.push(problem);
        }
    };
    let mut ids: HashMap<&str, &str> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for group in &evidence.groups {
        let twin = ids.insert(text(group, "external_reference_id"), text(group, "id"));
        check(twin.is_none(), format!("two groups have one reference: {group}"));
        names.insert(text(group, "id"), text(group, "name").to_owned());
    }
    for told in workers {
        for (reference, fate) in &told.fates {
            let found = ids.get(reference).copied();
            match fate {
                Fate::There { id, name } => {
                    let fits = found == Some(id.as_str());
                    check(
                        fits,
                        format!("{reference} was reported created as {id}, {found:?} is there"),
                    );
                    let (found, wanted) = (names.get(id.as_str()), name.as_ref());
                    let fits = !fits || wanted.is_none() || found == wanted;
                    check(
                        fits,
                        format!("{reference} was reported created as {wanted:?}, it is {found:?}"),
                    );
                }
                Fate::Absent => check(
                    found.is_none(),
                    format!("{reference} was reported as certainly not created, and is there"),
                ),
                Fate::Maybe => {}
            }
        }
        let own = told.worker.group.id.as_str();
        let name = &names[own];
        let Trail { done, maybe } = &told.name;
        check(told.name.allows(name), format!("{name:?}, but told {done:?}, perhaps {maybe:?}"));
        // The evidence has made sure that the last roster is the one in force.
        let (last, synced) = (evidence.last.get(own).copied(), told.synced);
        check(
            last >= synced,
            format!("step {synced:?} was reported completed, the roster in force is of {last:?}"),
        );
    }
}
