//! A run: consecutive rounds and their verdicts.

use serde::Serialize;

use crate::ledger::Record;
use crate::round::Round;
use crate::statistics::Statistics;

/// Calls per round.
const PER_ROUND: usize = 400;

/// Settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Determines faults and calls, but not how concurrent calls interleave.
    pub seed: u64,
    /// Number of calls.
    pub operations: usize,
    /// Also checks deadlines and that every fault and outcome occurred: for long runs on an idle
    /// machine.
    pub strict: bool,
}

/// The verdict of a round and of the run so far.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Whether there are no problems, in this round and, for the last round, in the run.
    pub ok: bool,
    /// The problems, as sentences.
    pub problems: Vec<String>,
    /// Whether this was the last round.
    pub last: bool,
    /// Statistics of the run so far.
    pub statistics: Statistics,
    /// The statistics as text.
    pub summary: String,
}

/// A run.
pub struct Run {
    settings: Settings,
    random: fastrand::Rng,
    round: usize,
    left: usize,
    total: Statistics,
}

impl Run {
    /// Creates a run; [`Run::next_round`] starts it.
    pub fn new(settings: Settings) -> Self {
        let random = fastrand::Rng::with_seed(settings.seed);
        Self { settings, random, round: 0, left: settings.operations, total: Statistics::default() }
    }

    /// The number of rounds.
    pub fn rounds(&self) -> usize {
        self.settings.operations.div_ceil(PER_ROUND)
    }

    /// Starts the next round, if there is one.
    pub fn next_round(&mut self) -> Option<Round> {
        let calls = self.left.min(PER_ROUND);
        if calls == 0 {
            return None;
        }
        self.left -= calls;
        self.round += 1;
        Some(Round::start(self.random.fork(), calls, (self.round, self.rounds())))
    }

    /// Verifies the ledger of a round, once all its clients are closed.
    pub fn verify(&mut self, round: Round, records: &[Record]) -> Verdict {
        let (statistics, mut problems) = round.verify(records);
        self.total.merge(&statistics);
        let last = self.left == 0;
        if last {
            problems.extend(self.verify_run());
        }
        let Settings { seed, operations, .. } = self.settings;
        let summary = format!("CHAOS_SEED={seed} CHAOS_OPERATIONS={operations}\n{}", self.total);
        let ok = problems.is_empty();
        Verdict { ok, problems, last, statistics: self.total.clone(), summary }
    }

    fn verify_run(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.total.calls() != self.settings.operations {
            problems.push(format!(
                "{} of {} calls were recorded",
                self.total.calls(),
                self.settings.operations
            ));
        }
        if self.total.succeeded() == 0 {
            problems.push("no call succeeded".to_owned());
        }
        // Detects calls that hang, however slow the machine is.
        if self.total.longest_overrun_ms > 30_000.0 {
            problems.push("a call returned more than 30 s after its deadline".to_owned());
        }
        if self.settings.strict {
            problems.extend(self.total.strict_problems());
        }
        problems
    }
}
