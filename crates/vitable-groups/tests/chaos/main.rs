//! Runs random operations over a failing network, then verifies that the server's state matches the
//! results reported to the callers. `vitable-groups-chaos` provides the network, the operations and
//! the verification; the scenario runner makes the calls.
//!
//! `CHAOS_SEED` repeats the faults and operations of a run (but not the scheduling of tasks),
//! `CHAOS_OPERATIONS` sets the number of operations, `CHAOS_STRICT=1` also verifies times.
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
#[path = "../conformance/operations.rs"]
mod operations;
#[path = "../conformance/options.rs"]
mod options;
#[path = "../conformance/waits.rs"]
mod waits;

use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use vitable_groups_chaos::{Plan, Record, Run, Settings, pause};

/// Only reached if tasks leak.
const TASKS_TIMEOUT: Duration = Duration::from_secs(60);

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.trim().parse().unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")))
}

#[test]
fn the_servers_state_matches_the_reported_results() {
    let settings = Settings {
        seed: number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..)),
        operations: number("CHAOS_OPERATIONS").map_or(400, |n| usize::try_from(n).unwrap()),
        strict: number("CHAOS_STRICT") == Some(1),
    };
    println!("CHAOS_SEED={} CHAOS_OPERATIONS={}", settings.seed, settings.operations);
    let mut run = Run::new(settings);
    while let Some(round) = run.next_round() {
        let records = run_plan(round.plan());
        let verdict = run.verify(round, &records);
        if verdict.last || !verdict.ok {
            println!("{}", verdict.summary);
        }
        assert!(verdict.ok, "{:#?}", verdict.problems);
    }
}

/// Runs all workers concurrently, on a runtime without other tasks.
fn run_plan(plan: &Plan) -> Vec<Record> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let work = plan.workers.clone().into_iter().map(caller::work);
        let tasks: Vec<_> = work.map(tokio::spawn).collect();
        let mut records = Vec::new();
        for task in tasks {
            records.extend(task.await.unwrap());
        }
        // The clients are dropped, so their tasks must end.
        assert!(tokio::time::timeout(TASKS_TIMEOUT, no_tasks()).await.is_ok(), "tasks are left");
        records
    })
}

async fn no_tasks() {
    while Handle::current().metrics().num_alive_tasks() > 0 {
        pause(Duration::from_millis(1)).await;
    }
}
