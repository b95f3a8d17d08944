//! What a run met: counts and times.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::fault::Fault;
use crate::plan::{Call, Step};
use crate::record::Record;

/// Beyond this a call counts as having overrun its deadline.
const GRACE_MS: f64 = 100.0;

/// How an `apply` may end, where it ends: a status of its outcome, or a refusal.
const ENDS: [&str; 10] = [
    "succeeded",
    "rows_failed",
    "not_as_planned",
    "unknown",
    "no_baseline",
    "contradicting_baseline",
    "empty_roster",
    "empty_previous_roster",
    "new_reference_ids",
    "too_many_removals",
];

/// How many calls of one operation ended how.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// Those that succeeded.
    pub done: usize,
    /// Those that raised an error.
    pub failed: usize,
}

/// What a run met.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// By operation.
    pub operations: BTreeMap<&'static str, Counts>,
    /// By the kind of the error.
    pub failures: BTreeMap<String, usize>,
    /// By the status of the outcome, or by the kind of the refusal.
    pub outcomes: BTreeMap<String, usize>,
    /// Outcomes that were reported as repeated.
    pub repeated: usize,
    /// Calls of whose roster the server accepted more than one request.
    pub resubmissions: usize,
    /// By name, as drawn for connections and clients.
    pub faults: BTreeMap<Fault, usize>,
    /// Attempts that the records tell of.
    pub attempts: usize,
    /// Creates whose answer was lost, and which were found.
    pub recovered: usize,
    /// Errors that say the outcome is unknown.
    pub unknown: usize,
    /// Noise that was handed over as text, which says nothing of the call.
    pub opaque: usize,
    /// Creates that came again although they had been done.
    pub replayed_creates: usize,
    /// How often the server was stopped and started again.
    pub restarts: usize,
    /// Calls that came back more than 100 ms after their deadline.
    pub overruns: usize,
    /// The longest time past a deadline.
    pub longest_overrun_ms: f64,
    /// The longest that the machine itself let a thread wait.
    pub longest_stall_ms: u64,
    /// Connections that were still there when all clients were closed.
    pub leaked_connections: usize,
    /// What was wrong, in all rounds.
    pub problems: usize,
}

impl Figures {
    pub(crate) fn record(&mut self, step: &Step, record: &Record) {
        let deadline_ms = step.deadline_ms;
        let counts = self.operations.entry(step.call.name()).or_default();
        if let Some(error) = &record.error {
            counts.failed += 1;
            *self.failures.entry(error.kind.clone()).or_default() += 1;
            self.unknown += usize::from(error.outcome_unknown);
            self.attempts += error.attempts.len();
        } else if record.foreign.is_some() {
            counts.failed += 1;
            *self.failures.entry("foreign".to_owned()).or_default() += 1;
        } else {
            counts.done += 1;
            self.opaque += usize::from(record.result.is_string());
        }
        if let Some(meta) = &record.meta {
            self.attempts += meta.attempts.len();
            self.recovered += usize::from(meta.recovered);
        }
        if matches!(step.call, Call::Apply(_)) {
            self.apply(record);
        }
        #[expect(clippy::cast_precision_loss, reason = "a deadline is no large number")]
        let over = (record.elapsed_ms - deadline_ms as f64).max(0.0);
        self.overruns += usize::from(over > GRACE_MS);
        self.longest_overrun_ms = self.longest_overrun_ms.max(over);
    }

    fn apply(&mut self, record: &Record) {
        let outcome = &record.result["outcome"];
        let refusal = record.error.as_ref().and_then(|error| error.details.as_ref());
        let end = refusal.map_or(&outcome["status"], |refusal| &refusal["kind"]);
        if let Some(end) = end.as_str() {
            *self.outcomes.entry(end.to_owned()).or_default() += 1;
        }
        self.repeated += usize::from(outcome["repeated"] == true);
    }

    pub(crate) fn fault(&mut self, fault: Fault, count: usize) {
        *self.faults.entry(fault).or_default() += count;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (operation, counts) in &other.operations {
            let sum = self.operations.entry(operation).or_default();
            sum.done += counts.done;
            sum.failed += counts.failed;
        }
        for (kind, count) in &other.failures {
            *self.failures.entry(kind.clone()).or_default() += count;
        }
        for (end, count) in &other.outcomes {
            *self.outcomes.entry(end.clone()).or_default() += count;
        }
        self.repeated += other.repeated;
        self.resubmissions += other.resubmissions;
        for (fault, count) in &other.faults {
            self.fault(*fault, *count);
        }
        self.attempts += other.attempts;
        self.recovered += other.recovered;
        self.unknown += other.unknown;
        self.opaque += other.opaque;
        self.replayed_creates += other.replayed_creates;
        self.restarts += other.restarts;
        self.overruns += other.overruns;
        self.longest_overrun_ms = self.longest_overrun_ms.max(other.longest_overrun_ms);
        self.longest_stall_ms = self.longest_stall_ms.max(other.longest_stall_ms);
        self.leaked_connections += other.leaked_connections;
        self.problems += other.problems;
    }

    /// Calls that succeeded.
    pub fn done(&self) -> usize {
        self.operations.values().map(|counts| counts.done).sum()
    }

    /// Calls that were made.
    pub fn calls(&self) -> usize {
        self.operations.values().map(|counts| counts.done + counts.failed).sum()
    }

    /// What a run that is long enough to meet everything did not meet, or met and should not have.
    pub(crate) fn strictly(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for fault in Fault::ALL {
            if !self.faults.contains_key(&fault) {
                problems.push(format!("{fault:?} never happened"));
            }
        }
        for (operation, counts) in &self.operations {
            if counts.done == 0 {
                problems.push(format!("{operation} was never done"));
            }
        }
        let ends = ENDS.iter().filter(|end| !self.outcomes.contains_key(**end));
        problems.extend(ends.map(|end| format!("no apply ended as {end}")));
        let never = [
            (self.recovered, "no create was recovered"),
            (self.restarts, "no restart"),
            (self.repeated, "no outcome was reported as repeated"),
            (self.resubmissions, "no roster was accepted twice"),
            (self.failures.get("conflict").copied().unwrap_or_default(), "no conflict"),
        ];
        problems.extend(never.iter().filter(|(n, _)| *n == 0).map(|(_, text)| (*text).to_owned()));
        if self.unknown == 0 {
            problems.push("no outcome was unknown".to_owned());
        }
        if self.replayed_creates > 0 {
            problems
                .push(format!("{} creates sent again after they were done", self.replayed_creates));
        }
        #[expect(clippy::cast_precision_loss, reason = "a stall is no large number")]
        let stall = self.longest_stall_ms as f64;
        if self.longest_overrun_ms > GRACE_MS + stall {
            problems.push(format!(
                "{} calls more than {GRACE_MS} ms past their deadline, the longest {:.0} ms, which \
                 the machine's longest stall of {stall} ms does not explain",
                self.overruns, self.longest_overrun_ms
            ));
        }
        problems
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls, {} done", self.calls(), self.done())?;
        for (operation, Counts { done, failed }) in &self.operations {
            writeln!(f, "  {operation:16} {done:6} done {failed:6} failed")?;
        }
        writeln!(f, "failures: {:?}", self.failures)?;
        writeln!(
            f,
            "ends of apply: {:?}, {} of them reported as repeated; {} rosters were accepted more than once",
            self.outcomes, self.repeated, self.resubmissions
        )?;
        writeln!(f, "faults drawn: {:?}", self.faults)?;
        writeln!(
            f,
            "{} attempts, {} recovered creates, {} unknown outcomes, {} restarts",
            self.attempts, self.recovered, self.unknown, self.restarts
        )?;
        if self.opaque > 0 {
            writeln!(f, "{} answers that were no JSON, handed over as text", self.opaque)?;
        }
        writeln!(f, "{} creates sent again after they were done", self.replayed_creates)?;
        writeln!(
            f,
            "{} calls more than {GRACE_MS} ms past their deadline, the longest {:.1} ms; the machine \
             itself stalled for up to {} ms",
            self.overruns, self.longest_overrun_ms, self.longest_stall_ms
        )?;
        write!(
            f,
            "{} leaked connections, {} untrue reports",
            self.leaked_connections, self.problems
        )
    }
}
