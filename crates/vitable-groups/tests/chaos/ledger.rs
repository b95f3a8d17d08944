//! What a run met: counts and figures, nothing that is judged call by call.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::fault::Fault;

/// Beyond this a call counts as having overrun its deadline.
const GRACE: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By operation: how many were done, and how many failed.
    operations: BTreeMap<&'static str, (usize, usize)>,
    /// By the kind's code.
    failures: BTreeMap<&'static str, usize>,
    pub(crate) faults: BTreeMap<Fault, usize>,
    pub(crate) recovered: usize,
    pub(crate) replayed_creates: usize,
    pub(crate) unknown: usize,
    attempts: usize,
    overruns: usize,
    longest_overrun: Duration,
}

impl Ledger {
    pub(crate) fn call(&mut self, operation: &'static str, failure: Option<&'static str>) {
        let counts = self.operations.entry(operation).or_default();
        match failure {
            None => counts.0 += 1,
            Some(code) => {
                counts.1 += 1;
                *self.failures.entry(code).or_default() += 1;
            }
        }
    }

    pub(crate) fn attempts(&mut self, attempts: usize) {
        self.attempts += attempts;
    }

    pub(crate) fn fault(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    pub(crate) fn time(&mut self, took: Duration, deadline: Duration) {
        let over = took.saturating_sub(deadline);
        self.overruns += usize::from(over > GRACE);
        self.longest_overrun = self.longest_overrun.max(over);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (operation, counts) in other.operations {
            let sum = self.operations.entry(operation).or_default();
            *sum = (sum.0 + counts.0, sum.1 + counts.1);
        }
        for (code, count) in other.failures {
            *self.failures.entry(code).or_default() += count;
        }
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        self.recovered += other.recovered;
        self.replayed_creates += other.replayed_creates;
        self.unknown += other.unknown;
        self.attempts += other.attempts;
        self.overruns += other.overruns;
        self.longest_overrun = self.longest_overrun.max(other.longest_overrun);
    }

    pub(crate) fn done(&self) -> usize {
        self.operations.values().map(|counts| counts.0).sum()
    }

    pub(crate) fn calls(&self) -> usize {
        self.operations.values().map(|counts| counts.0 + counts.1).sum()
    }

    pub(crate) fn overruns(&self) -> usize {
        self.overruns
    }

    pub(crate) fn longest_overrun(&self) -> Duration {
        self.longest_overrun
    }

    /// For runs that are long enough to meet everything.
    pub(crate) fn assert_everything_was_met(&self) {
        for fault in Fault::ALL {
            assert!(self.faults.contains_key(&fault), "{fault:?} never happened");
        }
        for (operation, (done, _)) in &self.operations {
            assert!(*done > 0, "{operation} was never done");
        }
        assert!(self.recovered > 0, "no create was recovered");
        assert!(self.unknown > 0, "no outcome was unknown");
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls, {} done", self.calls(), self.done())?;
        for (operation, (done, failed)) in &self.operations {
            writeln!(f, "  {operation:16} {done:6} done {failed:6} failed")?;
        }
        writeln!(f, "failures: {:?}", self.failures)?;
        writeln!(f, "faults drawn: {:?}", self.faults)?;
        writeln!(f, "{} creates sent again after they were done", self.replayed_creates)?;
        let Self { recovered, unknown, attempts, overruns, longest_overrun, .. } = self;
        writeln!(
            f,
            "{attempts} attempts, {recovered} recovered creates, {unknown} unknown outcomes"
        )?;
        write!(
            f,
            "{overruns} calls more than {GRACE:?} past their deadline, the longest {longest_overrun:?}"
        )
    }
}
