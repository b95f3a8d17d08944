//! One sandbox behind one proxy, its plan, and the verification of its ledger.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use vitable_groups_sandbox::{Control, RecordedRequest, Sandbox};

use crate::evidence::Evidence;
use crate::fault::pause;
use crate::ledger::Record;
use crate::plan::{Group, Plan, worker};
use crate::proxy::Proxy;
use crate::rosters::{NOT_REMOVABLE, reference};
use crate::statistics::Statistics;
use crate::verify::verify;

const WORKERS: usize = 8;
/// Only a leaked connection stays open this long.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(60);

/// A round in progress: its server, its network and its plan.
pub struct Round {
    plan: Plan,
    runtime: Runtime,
    server: Arc<Server>,
    proxy: Proxy,
    restarting: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    stalls: Stalls,
}

/// Measures how long the machine does not schedule a ready thread, which explains late calls.
struct Stalls {
    longest: Arc<AtomicU64>,
}

impl Stalls {
    fn watch() -> Self {
        let longest = Arc::new(AtomicU64::new(0));
        let watched = Arc::downgrade(&longest);
        std::thread::spawn(move || {
            const NAP: Duration = Duration::from_millis(5);
            loop {
                let begun = Instant::now();
                std::thread::sleep(NAP);
                let over = begun.elapsed().saturating_sub(NAP).as_millis();
                // The round is over.
                let Some(longest) = watched.upgrade() else { return };
                longest.fetch_max(u64::try_from(over).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        });
        Self { longest }
    }
}

/// The sandbox, which is restarted from time to time.
struct Server {
    folder: TempDir,
    port: u16,
    sandbox: Mutex<Option<Sandbox>>,
    /// Requests to earlier instances.
    requests: Mutex<Vec<RecordedRequest>>,
    restarts: Mutex<usize>,
}

impl Round {
    /// Starts the server and the proxy on their own threads and draws the calls.
    pub(crate) fn start(
        mut random: fastrand::Rng,
        calls: usize,
        (round, rounds): (usize, usize),
    ) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let sandbox = runtime.block_on(sandbox(&folder, 0, &mut random));
        let port = sandbox.address().port();
        let groups = |kind: &str| seeded(sandbox.control(), kind);
        let groups = groups("worker").into_iter().zip(groups("existing"));

        let guard = runtime.enter();
        let proxy = Proxy::start(sandbox.address(), random.fork());
        let mut workers = Vec::new();
        let mut id = 0;
        for (number, groups) in groups.enumerate() {
            let steps = (calls + number) / WORKERS;
            workers.push(worker(number, id, steps, groups, proxy.address(), &mut random.fork()));
            id += steps;
        }
        let server = Arc::new(Server {
            folder,
            port,
            sandbox: Mutex::new(Some(sandbox)),
            requests: Mutex::default(),
            restarts: Mutex::default(),
        });
        let (stop, stopping) = oneshot::channel();
        let polls = proxy.polls();
        let restarting = tokio::spawn(restart(Arc::clone(&server), polls, stopping, random));
        drop(guard);
        let plan = Plan { round, rounds, workers };
        Self { plan, runtime, server, proxy, restarting, stop, stalls: Stalls::watch() }
    }

    /// The calls to make.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Verifies the ledger, once all clients are closed; returns the problems.
    pub(crate) fn verify(self, records: &[Record]) -> (Statistics, Vec<String>) {
        let Self { plan, runtime, server, proxy, restarting, stop, stalls } = self;
        let longest_stall_ms = stalls.longest.load(Ordering::Relaxed);
        let mut statistics = Statistics { longest_stall_ms, ..Statistics::default() };
        runtime.block_on(async {
            drop(stop);
            restarting.await.unwrap();
            let mut open = proxy.open();
            // After the timeout, the count is the number of leaked connections.
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, open.wait_for(|open| *open == 0)).await;
            statistics.leaked_connections = *open.borrow();
            for (fault, count) in proxy.stop().await {
                statistics.fault(fault, count);
            }
        });
        for worker in &plan.workers {
            for fault in worker.clients.iter().filter_map(|client| client.fault) {
                statistics.fault(fault, 1);
            }
        }
        let sandbox = server.sandbox.lock().unwrap().take().unwrap();
        let control = sandbox.control().clone();
        runtime.block_on(sandbox.shutdown());
        statistics.restarts = *server.restarts.lock().unwrap();
        let earlier = std::mem::take(&mut *server.requests.lock().unwrap());
        let evidence = Evidence::of(&control, earlier);
        let mut problems = verify(&plan, records, &evidence, &mut statistics);
        if statistics.leaked_connections > 0 {
            problems.push(format!(
                "{} connections stayed open after their clients were closed",
                statistics.leaked_connections
            ));
        }
        statistics.problems = problems.len();
        (statistics, problems)
    }
}

/// A group for each worker.
fn seeded(control: &Control, kind: &str) -> Vec<Group> {
    let wanted: Vec<_> = (0..WORKERS)
        .map(|n| json!({"external_reference_id": format!("{kind}-{n}"), "name": format!("{kind} {n}")}))
        .collect();
    let created = control.seed(&json!({ "groups": wanted })).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = |(created, wanted): (&Value, &Value)| Group {
        id: text(&created["id"]),
        external_reference_id: text(&wanted["external_reference_id"]),
        name: text(&wanted["name"]),
    };
    created["groups"].as_array().unwrap().iter().zip(&wanted).map(group).collect()
}

async fn sandbox(folder: &TempDir, port: u16, random: &mut fastrand::Rng) -> Sandbox {
    let builder = Sandbox::builder().db(folder.path().join("sandbox.db")).port(port);
    let sandbox = builder.sync_delay(Duration::from_millis(15)).start().await.unwrap();
    let not_removable =
        |worker| json!({"reference_id": reference(worker, NOT_REMOVABLE), "operation": "remove"});
    let control = sandbox.control();
    control.settings(&json!({"forced_failures": [not_removable(0), not_removable(1)]})).unwrap();
    control.fault(&incomplete_responses(random)).unwrap();
    sandbox
}

/// Well-formed responses that lack the requested data.
fn incomplete_responses(random: &mut fastrand::Rng) -> Value {
    // Every request counts for all of them, so each skips more than the one before.
    let mut among = |operation: &str, gap: u64, fault: Value| -> Vec<Value> {
        let mut skip = 0;
        let one = |_| {
            skip += random.u64(0..gap);
            let mut fault = fault.clone();
            fault["operation"] = operation.into();
            fault["skip"] = skip.into();
            fault
        };
        (0..40).map(one).collect()
    };
    let maintenance = json!({"status": 200, "body": {"message": "maintenance"}});
    let missing =
        json!({"merge": {"data": {"completed_at": "2026-01-15T10:30:42Z", "results": null}}});
    let mut faults = among("groups.list", 40, maintenance);
    faults.extend(among("groups.members.sync.retrieve", 60, missing));
    faults.into()
}

/// Restarts the server now and then, right after the state of a sync was polled. It keeps its
/// stored data.
async fn restart(
    server: Arc<Server>,
    mut polls: watch::Receiver<usize>,
    mut stop: oneshot::Receiver<()>,
    mut random: fastrand::Rng,
) {
    loop {
        let next = *polls.borrow() + random.usize(20..60);
        tokio::select! {
            reached = polls.wait_for(|polls| *polls >= next) => drop(reached.unwrap()),
            _ = &mut stop => return,
        }
        let sandbox = server.sandbox.lock().unwrap().take().unwrap();
        let control = sandbox.control().clone();
        sandbox.shutdown().await;
        server.requests.lock().unwrap().extend(control.requests());
        // Releases the database file.
        drop(control);
        pause(Duration::from_millis(random.u64(1..40))).await;
        let sandbox = self::sandbox(&server.folder, server.port, &mut random).await;
        *server.sandbox.lock().unwrap() = Some(sandbox);
        *server.restarts.lock().unwrap() += 1;
    }
}
