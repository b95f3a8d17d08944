//! Random operations over a network that fails in every way it can; afterwards the server's state
//! must be what the callers were told. The network, the plan and the judgement are those of
//! `vitable-groups-chaos`; the calls are made by the runner of the scenarios.
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

mod caller;
mod restart;

#[allow(dead_code, reason = "the scenarios use all of it")]
#[path = "../conformance/call.rs"]
mod call;
#[allow(dead_code, reason = "the scenarios use all of it")]
#[path = "../conformance/normal.rs"]
mod normal;
#[allow(dead_code, reason = "the scenarios use all of it")]
#[path = "../conformance/options.rs"]
mod options;
#[path = "../conformance/waits.rs"]
mod waits;

use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use vitable_groups_chaos::{Plan, Record, Run, Settings, pause};

/// Only a leak takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.trim().parse().unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")))
}

#[test]
fn the_servers_state_is_what_the_callers_were_told() {
    let settings = Settings {
        seed: number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..)),
        operations: number("CHAOS_OPERATIONS").map_or(400, |n| usize::try_from(n).unwrap()),
        strict: number("CHAOS_STRICT") == Some(1),
    };
    println!("CHAOS_SEED={} CHAOS_OPERATIONS={}", settings.seed, settings.operations);
    let mut run = Run::new(settings);
    while let Some(round) = run.next_round() {
        let records = play(round.plan());
        let verdict = run.verify(round, &records);
        if verdict.last || !verdict.ok {
            println!("{}", verdict.summary);
        }
        assert!(verdict.ok, "{:#?}", verdict.problems);
    }
}

/// All workers at once, on a runtime that holds nothing but what the client starts.
fn play(plan: &Plan) -> Vec<Record> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let work = plan.workers.clone().into_iter().map(caller::work);
        let tasks: Vec<_> = work.map(tokio::spawn).collect();
        let mut records = Vec::new();
        for task in tasks {
            records.extend(task.await.unwrap());
        }
        // The clients are gone, and nothing of theirs may be left.
        assert!(tokio::time::timeout(PATIENCE, no_tasks()).await.is_ok(), "tasks are left");
        records
    })
}

async fn no_tasks() {
    while Handle::current().metrics().num_alive_tasks() > 0 {
        pause(Duration::from_millis(1)).await;
    }
}
