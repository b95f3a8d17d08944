//! Rounds, one after another, and what they come to.

use serde::Serialize;

use crate::figures::Figures;
use crate::record::Record;
use crate::round::Round;

/// One sandbox and one proxy serve so many calls.
const PER_ROUND: usize = 400;

/// What a run is to be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Repeats the faults and the calls, not the order in which callers meet.
    pub seed: u64,
    /// How many calls.
    pub operations: usize,
    /// Also judges time and that everything was met: for long runs on a quiet machine.
    pub strict: bool,
}

/// What a round, and the run up to here, came to.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Whether nothing is wrong, in this round and, with the last one, in the run.
    pub ok: bool,
    /// What is wrong, in sentences.
    pub problems: Vec<String>,
    /// Whether this was the last round.
    pub last: bool,
    /// What the run met so far.
    pub figures: Figures,
    /// The same to print.
    pub summary: String,
}

/// A run.
pub struct Run {
    settings: Settings,
    random: fastrand::Rng,
    round: usize,
    left: usize,
    total: Figures,
}

impl Run {
    /// A run that has not begun.
    pub fn new(settings: Settings) -> Self {
        let random = fastrand::Rng::with_seed(settings.seed);
        Self { settings, random, round: 0, left: settings.operations, total: Figures::default() }
    }

    /// How many rounds there are.
    pub fn rounds(&self) -> usize {
        self.settings.operations.div_ceil(PER_ROUND)
    }

    /// The next round, or none.
    pub fn next_round(&mut self) -> Option<Round> {
        let calls = self.left.min(PER_ROUND);
        if calls == 0 {
            return None;
        }
        self.left -= calls;
        self.round += 1;
        Some(Round::start(self.random.fork(), calls, (self.round, self.rounds())))
    }

    /// Ends a round: all its clients are closed, and this is what they were told.
    pub fn judge(&mut self, round: Round, records: &[Record]) -> Verdict {
        let (figures, mut problems) = round.judge(records);
        self.total.merge(&figures);
        let last = self.left == 0;
        if last {
            problems.extend(self.judge_run());
        }
        let Settings { seed, operations, .. } = self.settings;
        let summary = format!("CHAOS_SEED={seed} CHAOS_OPERATIONS={operations}\n{}", self.total);
        let ok = problems.is_empty();
        Verdict { ok, problems, last, figures: self.total.clone(), summary }
    }

    fn judge_run(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.total.calls() != self.settings.operations {
            problems.push(format!(
                "{} calls were recorded of {}",
                self.total.calls(),
                self.settings.operations
            ));
        }
        if self.total.done() == 0 {
            problems.push("nothing got through".to_owned());
        }
        // A call that does not end at all shows here, on however slow a machine.
        if self.total.longest_overrun_ms > 30_000.0 {
            problems.push("a call came back 30 s after its deadline".to_owned());
        }
        if self.settings.strict {
            problems.extend(self.total.strictly());
        }
        problems
    }
}
