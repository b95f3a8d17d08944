//! One sandbox, one proxy, several workers at once; then the reckoning.

use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use vitable_groups_sandbox::Sandbox;

use super::ledger::Ledger;
use super::proxy::Proxy;
use super::worker::{Worker, client};
use super::{fault, state};

const WORKERS: usize = 8;
/// Only a leak takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn play(random: fastrand::Rng, operations: usize) -> Ledger {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // On a thread of its own, so that the runtime has the tasks of the client and the proxy only.
    let sandbox = Sandbox::builder().sync_delay(Duration::from_millis(5)).spawn().unwrap();
    runtime.block_on(round(random, operations, sandbox))
}

async fn round(mut random: fastrand::Rng, operations: usize, sandbox: Sandbox) -> Ledger {
    let mut proxy = Proxy::start(sandbox.address(), random.fork());
    let direct = client(sandbox.base_url(), 2);
    let mut tasks = Vec::new();
    for number in 0..WORKERS {
        let share = (operations + number) / WORKERS;
        let worker = Worker::new(number, proxy.address(), &direct, random.fork()).await;
        tasks.push(tokio::spawn(worker.work(share)));
    }
    drop(direct);
    let mut ledger = Ledger::default();
    let mut told = Vec::new();
    for task in tasks {
        let (mine, counts) = task.await.unwrap();
        told.push(mine);
        ledger.merge(counts);
    }

    // The clients are gone, and nothing of theirs may be left.
    let closed = tokio::time::timeout(PATIENCE, proxy.idle()).await;
    assert!(closed.is_ok(), "connections stay open after their clients are dropped");
    for (fault, count) in proxy.stop().await {
        *ledger.faults.entry(fault).or_default() += count;
    }
    assert!(tokio::time::timeout(PATIENCE, no_tasks()).await.is_ok(), "tasks are left");

    state::compare(&sandbox.control().state().unwrap(), &told);
    ledger.replayed_creates = state::replayed_creates(&sandbox.control().requests());
    sandbox.shutdown().await;
    ledger
}

async fn no_tasks() {
    while Handle::current().metrics().num_alive_tasks() > 0 {
        fault::pause(Duration::from_millis(1)).await;
    }
}
