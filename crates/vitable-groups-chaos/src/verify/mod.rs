//! Compares what the callers observed with what the server knows.

mod sync;

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use vitable_groups_sandbox::RecordedRequest;

use crate::evidence::{Evidence, text};
use crate::fault::NOISE_STATUS;
use crate::ledger::{ErrorRecord, Record};
use crate::plan::{Call, Plan, Step, Worker};
use crate::statistics::Statistics;

/// Error kinds that a failing network explains.
const EXPECTED: [&str; 4] = ["connection", "timeout", "deadline", "response_validation"];
/// Error kinds of calls that fail before anything is sent.
const NOTHING_SENT: [&str; 3] = ["guard_refused", "invalid_roster", "closed"];

/// The last value that was reported as written, and later ones with an unknown outcome. The server
/// must hold one of them.
struct History<T> {
    reported: T,
    possible: Vec<T>,
}

impl<T: PartialEq> History<T> {
    fn new(reported: T) -> Self {
        Self { reported, possible: Vec::new() }
    }

    fn report(&mut self, value: T) {
        self.reported = value;
        self.possible.clear();
    }

    fn allows(&self, value: &T) -> bool {
        self.reported == *value || self.possible.contains(value)
    }
}

/// What a worker knows about a reference ID.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Existence {
    /// A call has returned the group with this id.
    Exists {
        id: String,
        name: Option<String>,
    },
    /// Every create certainly failed.
    Absent,
    Unknown,
}

/// What one worker observed, in the order of its steps.
struct Observed<'a> {
    worker: &'a Worker,
    evidence: &'a Evidence,
    name: History<String>,
    groups: HashMap<&'a str, Existence>,
    /// The last step whose roster was reported completed.
    synced: Option<usize>,
}

/// Compares the ledger with the evidence and returns the problems, as sentences.
pub fn verify(
    plan: &Plan,
    records: &[Record],
    evidence: &Evidence,
    statistics: &mut Statistics,
) -> Vec<String> {
    let mut problems = evidence.problems.clone();
    let mut by_id: HashMap<usize, &Record> = HashMap::new();
    for record in records {
        if by_id.insert(record.id, record).is_some() {
            problems.push(format!("step {} has two records", record.id));
        }
    }
    let mut all = Vec::new();
    for worker in &plan.workers {
        let mut observed = Observed::new(worker, evidence);
        for step in &worker.steps {
            let Some(record) = by_id.remove(&step.id) else {
                problems.push(format!("step {} has no record", step.id));
                continue;
            };
            statistics.record(step, record);
            statistics.resubmissions += usize::from(evidence.syncs(step.id).len() > 1);
            if let Err(problem) = observed.observe(step, record) {
                problems.push(format!("step {} ({}): {problem}", step.id, step.call.name()));
            }
        }
        statistics.resent_creates += observed.resent_creates();
        all.push(observed);
    }
    problems.extend(by_id.keys().map(|id| format!("there is no step {id}")));
    compare(evidence, &all, &mut problems);
    problems
}

impl<'a> Observed<'a> {
    fn new(worker: &'a Worker, evidence: &'a Evidence) -> Self {
        let existing = |group: &'a crate::plan::Group| {
            let existence = Existence::Exists { id: group.id.clone(), name: None };
            (group.external_reference_id.as_str(), existence)
        };
        Self {
            worker,
            evidence,
            name: History::new(worker.group.name.clone()),
            groups: HashMap::from([existing(&worker.group), existing(&worker.existing)]),
            synced: None,
        }
    }

    fn observe(&mut self, step: &'a Step, record: &Record) -> Result<(), String> {
        if let Some(foreign) = &record.foreign {
            return Err(format!("not an error of the library: {foreign}"));
        }
        match &record.error {
            // Noise without a content type, returned as text: it proves nothing.
            None if record.result.is_string() => {
                self.possibly_applied(&step.call);
                Ok(())
            }
            None => self.observe_success(step, &record.result),
            Some(error) => self.observe_failure(step, error),
        }
    }

    fn observe_success(&mut self, step: &'a Step, result: &Value) -> Result<(), String> {
        match &step.call {
            Call::Create { external_reference_id, name } => {
                let reference = external_reference_id.as_str();
                let before = self.groups.get(reference).cloned();
                self.observe_group(step, reference, result)?;
                let returned = text(result, "name");
                ensure(returned == name, || format!("requested {name:?}, got {returned:?}"))?;
                let again = matches!(before, Some(Existence::Exists { .. }));
                ensure(!again, || format!("created {reference}, which existed before"))?;
                let (id, name) = (text(result, "id").to_owned(), Some(name.clone()));
                self.groups.insert(reference, Existence::Exists { id, name });
            }
            Call::GetOrCreate { external_reference_id, .. } => {
                let reference = external_reference_id.as_str();
                self.observe_group(step, reference, result)?;
                let existence = Existence::Exists { id: text(result, "id").to_owned(), name: None };
                self.groups
                    .entry(reference)
                    .and_modify(|known| {
                        if !matches!(known, Existence::Exists { .. }) {
                            *known = existence.clone();
                        }
                    })
                    .or_insert(existence);
            }
            Call::Update { name, .. } => {
                let returned = text(result, "name");
                ensure(returned == name, || format!("requested {name:?}, got {returned:?}"))?;
                self.name.report(name.clone());
            }
            Call::Retrieve { .. } => {
                let returned = text(result, "name").to_owned();
                ensure(self.name.allows(&returned), || format!("{returned:?} was never written"))?;
            }
            Call::Iterate { .. } => {
                let items = result.as_array().ok_or("the result is not a list")?;
                let ids: BTreeSet<&str> = items.iter().map(|item| text(item, "id")).collect();
                ensure(ids.len() == items.len(), || "a group is listed twice".to_owned())?;
                for (reference, existence) in &self.groups {
                    if let Existence::Exists { id, .. } = existence {
                        let listed = ids.contains(id.as_str());
                        ensure(listed, || format!("{reference} ({id}) is missing"))?;
                    }
                }
            }
            Call::Find { external_reference_id } => {
                let reference = external_reference_id.as_str();
                let returned = text(result, "id");
                match self.groups.get(reference) {
                    Some(Existence::Exists { id, .. }) => {
                        ensure(returned == id, || {
                            format!("{reference} is {id}, but {returned:?} was found")
                        })?;
                    }
                    Some(Existence::Absent) => ensure(result.is_null(), || {
                        format!("{reference} was found, but does not exist")
                    })?,
                    Some(Existence::Unknown) | None => {}
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

    /// Observes a group that was returned for a reference ID.
    fn observe_group(&self, step: &Step, reference: &str, result: &Value) -> Result<(), String> {
        let (returned, id) = (text(result, "external_reference_id"), text(result, "id"));
        ensure(returned == reference, || format!("requested {reference}, got {result}"))?;
        self.not_created_again(step, reference)?;
        match self.groups.get(reference) {
            Some(Existence::Exists { id: known, .. }) => {
                ensure(id == known, || format!("{reference} is {known}, but {id:?} was returned"))
            }
            _ => Ok(()),
        }
    }

    /// `get_or_create` must find an existing group and not create it again.
    fn not_created_again(&self, step: &Step, reference: &str) -> Result<(), String> {
        let existing = matches!(self.groups.get(reference), Some(Existence::Exists { .. }));
        let looks_up = existing && matches!(step.call, Call::GetOrCreate { .. });
        let sent = self.evidence.requests(step.id);
        let creates = sent.iter().any(|sent| sent.operation == Some("groups.create"));
        ensure(!(looks_up && creates), || {
            format!("{reference} exists, but a second create was sent")
        })
    }

    fn observe_failure(&mut self, step: &'a Step, error: &ErrorRecord) -> Result<(), String> {
        let ErrorRecord { kind, text, .. } = error;
        self.check_certain(step, error)?;
        if let Call::Create { external_reference_id, .. }
        | Call::GetOrCreate { external_reference_id, .. } = &step.call
        {
            let reference = external_reference_id.as_str();
            self.not_created_again(step, reference)?;
            let shared = reference.starts_with("shared-");
            let unknown = error.outcome_unknown || kind == "conflict" || shared;
            let existence = if unknown { Existence::Unknown } else { Existence::Absent };
            let known = self.groups.entry(reference).or_insert_with(|| existence.clone());
            if *known == Existence::Absent {
                *known = existence;
            }
        }
        if error.outcome_unknown {
            self.possibly_applied(&step.call);
        }
        if let Call::Apply(apply) = &step.call
            && sync::blocked(step, apply, error, self.evidence)?
        {
            return Ok(());
        }
        // Noise that parses as a response.
        let noise = error.status == Some(NOISE_STATUS);
        let conflict = kind == "conflict" && self.reference_in_use(&step.call);
        ensure(EXPECTED.contains(&kind.as_str()) || conflict || noise, || {
            format!("a failing network does not explain the error {kind}: {text}")
        })?;
        ensure(error.operation.is_some(), || format!("the error has no operation: {text}"))
    }

    /// Whether a group with the requested reference ID exists.
    fn reference_in_use(&self, call: &Call) -> bool {
        let (Call::Create { external_reference_id, .. }
        | Call::GetOrCreate { external_reference_id, .. }) = call
        else {
            return false;
        };
        let mut groups = self.evidence.groups.iter();
        groups.any(|group| text(group, "external_reference_id") == external_reference_id)
    }

    /// Checks what an error states for certain.
    fn check_certain(&self, step: &Step, error: &ErrorRecord) -> Result<(), String> {
        let (sent, syncs) = (self.evidence.requests(step.id), self.evidence.syncs(step.id));
        let ErrorRecord { kind, .. } = error;
        if let Some(handle) = &error.sync {
            let request = text(handle, "request_id");
            let accepted = syncs.iter().any(|sync| sync.request_id == request);
            return ensure(accepted, || format!("{request:?} is not a request of this step"));
        }
        if error.outcome_unknown {
            return Ok(());
        }
        let applied = |sent: &RecordedRequest| {
            sent.method != "GET" && sent.status.is_some_and(|status| (200..300).contains(&status))
        };
        let untrue = syncs.len() + sent.iter().filter(|sent| applied(sent)).count();
        ensure(untrue == 0, || {
            format!("{kind} was reported as certainly not applied, but it was applied")
        })?;
        // These calls send one request, or none.
        let plain = !matches!(
            step.call,
            Call::GetOrCreate { .. } | Call::Iterate { .. } | Call::Find { .. }
        );
        let nothing = (plain && error.attempts.is_empty()) || NOTHING_SENT.contains(&kind.as_str());
        ensure(!nothing || sent.is_empty(), || {
            format!(
                "{kind} was reported as failing before anything was sent, but {} requests arrived",
                sent.len()
            )
        })
    }

    /// Records a write that may have been applied.
    fn possibly_applied(&mut self, call: &'a Call) {
        match call {
            Call::Update { name, .. } => self.name.possible.push(name.clone()),
            Call::Create { external_reference_id, .. }
            | Call::GetOrCreate { external_reference_id, .. } => {
                let existence =
                    self.groups.entry(external_reference_id).or_insert(Existence::Unknown);
                if *existence == Existence::Absent {
                    *existence = Existence::Unknown;
                }
            }
            _ => {}
        }
    }

    /// The creates that were resent although they had been applied. This includes requests that a
    /// slow machine delivers only after the client's lookup, which no client can prevent.
    fn resent_creates(&self) -> usize {
        let resent = |step: &&Step| {
            let (Call::Create { external_reference_id, name }
            | Call::GetOrCreate { external_reference_id, name }) = &step.call
            else {
                return false;
            };
            // Other reference IDs belong to one worker, which uses a new name each time.
            let own = !external_reference_id.starts_with("shared-")
                && self.evidence.groups.iter().any(|group| {
                    text(group, "external_reference_id") == external_reference_id
                        && text(group, "name") == name
                });
            let conflict = |sent: &RecordedRequest| {
                sent.operation == Some("groups.create") && sent.status == Some(409)
            };
            own && self.evidence.requests(step.id).iter().any(conflict)
        };
        self.worker.steps.iter().filter(resent).count()
    }
}

fn ensure(fits: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if fits { Ok(()) } else { Err(problem()) }
}

fn compare(evidence: &Evidence, workers: &[Observed<'_>], problems: &mut Vec<String>) {
    let mut check = |fits: bool, problem: String| {
        if !fits {
            problems.push(problem);
        }
    };
    let mut ids: HashMap<&str, &str> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for group in &evidence.groups {
        let twin = ids.insert(text(group, "external_reference_id"), text(group, "id"));
        check(twin.is_none(), format!("two groups have the same reference ID: {group}"));
        names.insert(text(group, "id"), text(group, "name").to_owned());
    }
    for observed in workers {
        for (reference, existence) in &observed.groups {
            let found = ids.get(reference).copied();
            match existence {
                Existence::Exists { id, name } => {
                    let fits = found == Some(id.as_str());
                    check(
                        fits,
                        format!(
                            "{reference} was reported as created with id {id}, but the server has {found:?}"
                        ),
                    );
                    let (found, wanted) = (names.get(id.as_str()), name.as_ref());
                    let fits = !fits || wanted.is_none() || found == wanted;
                    check(
                        fits,
                        format!(
                            "{reference} was reported as created with name {wanted:?}, but the server has {found:?}"
                        ),
                    );
                }
                Existence::Absent => check(
                    found.is_none(),
                    format!("{reference} was reported as certainly not created, but exists"),
                ),
                Existence::Unknown => {}
            }
        }
        let own = observed.worker.group.id.as_str();
        let name = &names[own];
        let History { reported, possible } = &observed.name;
        check(
            observed.name.allows(name),
            format!("the name is {name:?}, but {reported:?} was reported, possibly {possible:?}"),
        );
        // `Evidence` has checked that the last accepted roster is the one in force.
        let (last, synced) = (evidence.last.get(own).copied(), observed.synced);
        check(
            last >= synced,
            format!(
                "step {synced:?} was reported as completed, but the roster in force is that of {last:?}"
            ),
        );
    }
}
