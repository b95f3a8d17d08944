//! Random operations over a network that fails in every way it can; afterwards the server's state
//! must be what the callers were told.
//!
//! `CHAOS_SEED` repeats the faults and operations of a run (not the order in which tasks meet),
//! `CHAOS_OPERATIONS` sets how many there are, `CHAOS_STRICT=1` also judges time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code"
)]

mod fault;
mod ledger;
mod proxy;
mod restart;
mod round;
mod state;
mod worker;

use std::time::Duration;

use ledger::Ledger;

/// One sandbox and one proxy serve so many operations.
const PER_ROUND: usize = 400;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.trim().parse().unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")))
}

#[test]
fn the_servers_state_is_what_the_callers_were_told() {
    let seed = number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..));
    let operations = number("CHAOS_OPERATIONS").map_or(400, |n| usize::try_from(n).unwrap());
    let strict = number("CHAOS_STRICT") == Some(1);
    println!("CHAOS_SEED={seed} CHAOS_OPERATIONS={operations}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut total = Ledger::default();
    let mut left = operations;
    while left > 0 {
        let now = left.min(PER_ROUND);
        total.merge(round::play(random.fork(), now));
        left -= now;
    }
    println!("{total}");
    assert_eq!(total.calls(), operations);
    assert!(total.done() > 0, "nothing got through");
    if strict {
        total.assert_everything_was_met();
        assert_eq!(total.replayed_creates, 0, "creates sent again after they were done");
        assert_eq!(total.overruns(), 0, "calls past their deadline by more than 100 ms");
    }
    // A call that does not end at all shows here, on however slow a machine.
    assert!(total.longest_overrun() < Duration::from_secs(30));
}
