//! Statistics of a run: counts and times.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::fault::Fault;
use crate::ledger::Record;
use crate::plan::{Call, Step};

/// A call that exceeds its deadline by more than this counts as an overrun.
const GRACE_MS: f64 = 100.0;

/// How an `apply` may end: a status of its outcome, or the reason why the guard blocks it.
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

/// How the calls of one operation ended.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// Calls that succeeded.
    pub succeeded: usize,
    /// Calls that raised an error.
    pub failed: usize,
}

/// Statistics of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Statistics {
    /// By operation.
    pub operations: BTreeMap<&'static str, Counts>,
    /// By error kind.
    pub failures: BTreeMap<String, usize>,
    /// By the status of the outcome, or by the reason for blocking.
    pub outcomes: BTreeMap<String, usize>,
    /// Outcomes that were reported as repeated.
    pub repeated: usize,
    /// Calls whose roster the server accepted more than once.
    pub resubmissions: usize,
    /// By fault, as drawn for connections and clients.
    pub faults: BTreeMap<Fault, usize>,
    /// Attempts that the ledger lists.
    pub attempts: usize,
    /// Creates whose response was lost and whose group was found.
    pub recovered: usize,
    /// Errors with an unknown outcome.
    pub unknown: usize,
    /// Noise that was returned as text, which proves nothing about the call.
    pub opaque: usize,
    /// Creates that were resent although they had been applied.
    pub resent_creates: usize,
    /// How often the server was restarted.
    pub restarts: usize,
    /// Calls that returned more than 100 ms after their deadline.
    pub overruns: usize,
    /// The longest time past a deadline.
    pub longest_overrun_ms: f64,
    /// The longest time for which the machine did not schedule a ready thread.
    pub longest_stall_ms: u64,
    /// Connections that were still open after all clients were closed.
    pub leaked_connections: usize,
    /// Problems of all rounds.
    pub problems: usize,
}

impl Statistics {
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
            counts.succeeded += 1;
            self.opaque += usize::from(record.result.is_string());
        }
        if let Some(meta) = &record.meta {
            self.attempts += meta.attempts.len();
            self.recovered += usize::from(meta.recovered);
        }
        if matches!(step.call, Call::Apply(_)) {
            self.apply(record);
        }
        #[expect(clippy::cast_precision_loss, reason = "deadlines are small numbers")]
        let over = (record.elapsed_ms - deadline_ms as f64).max(0.0);
        self.overruns += usize::from(over > GRACE_MS);
        self.longest_overrun_ms = self.longest_overrun_ms.max(over);
    }

    fn apply(&mut self, record: &Record) {
        let outcome = &record.result["outcome"];
        let blocked = record.error.as_ref().and_then(|error| error.details.as_ref());
        let end = blocked.map_or(&outcome["status"], |blocked| &blocked["kind"]);
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
            sum.succeeded += counts.succeeded;
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
        self.resent_creates += other.resent_creates;
        self.restarts += other.restarts;
        self.overruns += other.overruns;
        self.longest_overrun_ms = self.longest_overrun_ms.max(other.longest_overrun_ms);
        self.longest_stall_ms = self.longest_stall_ms.max(other.longest_stall_ms);
        self.leaked_connections += other.leaked_connections;
        self.problems += other.problems;
    }

    /// Calls that succeeded.
    pub fn succeeded(&self) -> usize {
        self.operations.values().map(|counts| counts.succeeded).sum()
    }

    /// Calls that were made.
    pub fn calls(&self) -> usize {
        self.operations.values().map(|counts| counts.succeeded + counts.failed).sum()
    }

    /// What a strict run lacks: faults and outcomes that never occurred, or that must not occur.
    pub(crate) fn strict_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for fault in Fault::ALL {
            if !self.faults.contains_key(&fault) {
                problems.push(format!("{fault:?} never happened"));
            }
        }
        for (operation, counts) in &self.operations {
            if counts.succeeded == 0 {
                problems.push(format!("{operation} never succeeded"));
            }
        }
        let ends = ENDS.iter().filter(|end| !self.outcomes.contains_key(**end));
        problems.extend(ends.map(|end| format!("no apply ended with {end}")));
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
        if self.resent_creates > 0 {
            problems
                .push(format!("{} creates resent after they were applied", self.resent_creates));
        }
        #[expect(clippy::cast_precision_loss, reason = "stalls are small numbers")]
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

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls, {} succeeded", self.calls(), self.succeeded())?;
        for (operation, Counts { succeeded, failed }) in &self.operations {
            writeln!(f, "  {operation:16} {succeeded:6} succeeded {failed:6} failed")?;
        }
        writeln!(f, "failures: {:?}", self.failures)?;
        writeln!(
            f,
            "apply outcomes: {:?}, {} of them reported as repeated; {} rosters accepted more than once",
            self.outcomes, self.repeated, self.resubmissions
        )?;
        writeln!(f, "faults drawn: {:?}", self.faults)?;
        writeln!(
            f,
            "{} attempts, {} recovered creates, {} unknown outcomes, {} restarts",
            self.attempts, self.recovered, self.unknown, self.restarts
        )?;
        if self.opaque > 0 {
            writeln!(f, "{} responses that were not JSON, returned as text", self.opaque)?;
        }
        writeln!(f, "{} creates resent after they were applied", self.resent_creates)?;
        writeln!(
            f,
            "{} calls more than {GRACE_MS} ms past their deadline, the longest {:.1} ms; the machine \
             itself stalled for up to {} ms",
            self.overruns, self.longest_overrun_ms, self.longest_stall_ms
        )?;
        write!(f, "{} leaked connections, {} problems", self.leaked_connections, self.problems)
    }
}
