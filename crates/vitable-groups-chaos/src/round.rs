//! One sandbox behind one proxy, a plan, and the reckoning.

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
use crate::figures::Figures;
use crate::judge::judge;
use crate::plan::{Group, Plan, worker};
use crate::proxy::Proxy;
use crate::record::Record;
use crate::rosters::{STAYS, reference};

const WORKERS: usize = 8;
/// Only a leak takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A network to fail in, until it is judged.
pub struct Round {
    plan: Plan,
    runtime: Runtime,
    server: Arc<Server>,
    proxy: Proxy,
    restarting: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    stalls: Stalls,
}

/// How long the machine lets a thread wait that wants to run: what no client can be blamed for.
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

/// The sandbox, which comes and goes.
struct Server {
    folder: TempDir,
    port: u16,
    sandbox: Mutex<Option<Sandbox>>,
    /// To servers that are gone.
    requests: Mutex<Vec<RecordedRequest>>,
    restarts: Mutex<usize>,
}

impl Round {
    /// Starts everything, on threads of its own, and draws the calls.
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
        let groups = groups("worker").into_iter().zip(groups("there"));

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

    /// What is to be called.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// All clients are closed, and this is what they were told: says what is wrong.
    pub(crate) fn judge(self, records: &[Record]) -> (Figures, Vec<String>) {
        let Self { plan, runtime, server, proxy, restarting, stop, stalls } = self;
        let longest_stall_ms = stalls.longest.load(Ordering::Relaxed);
        let mut figures = Figures { longest_stall_ms, ..Figures::default() };
        runtime.block_on(async {
            drop(stop);
            restarting.await.unwrap();
            let mut open = proxy.open();
            // At the end of its patience the count says what is left.
            let _ = tokio::time::timeout(PATIENCE, open.wait_for(|open| *open == 0)).await;
            figures.leaked_connections = *open.borrow();
            for (fault, count) in proxy.stop().await {
                figures.fault(fault, count);
            }
        });
        for worker in &plan.workers {
            for fault in worker.clients.iter().filter_map(|client| client.fault) {
                figures.fault(fault, 1);
            }
        }
        let sandbox = server.sandbox.lock().unwrap().take().unwrap();
        let control = sandbox.control().clone();
        runtime.block_on(sandbox.shutdown());
        figures.restarts = *server.restarts.lock().unwrap();
        let earlier = std::mem::take(&mut *server.requests.lock().unwrap());
        let evidence = Evidence::of(&control, earlier);
        let mut problems = judge(&plan, records, &evidence, &mut figures);
        if figures.leaked_connections > 0 {
            problems.push(format!(
                "{} connections stay open after their clients are closed",
                figures.leaked_connections
            ));
        }
        figures.problems = problems.len();
        (figures, problems)
    }
}

/// A group for each worker.
fn seeded(control: &Control, kind: &str) -> Vec<Group> {
    let wanted: Vec<_> = (0..WORKERS)
        .map(|n| json!({"external_reference_id": format!("{kind}-{n}"), "name": format!("{kind} {n}")}))
        .collect();
    let made = control.seed(&json!({ "groups": wanted })).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = |(made, wanted): (&Value, &Value)| Group {
        id: text(&made["id"]),
        external_reference_id: text(&wanted["external_reference_id"]),
        name: text(&wanted["name"]),
    };
    made["groups"].as_array().unwrap().iter().zip(&wanted).map(group).collect()
}

async fn sandbox(folder: &TempDir, port: u16, random: &mut fastrand::Rng) -> Sandbox {
    let builder = Sandbox::builder().db(folder.path().join("sandbox.db")).port(port);
    let sandbox = builder.sync_delay(Duration::from_millis(15)).start().await.unwrap();
    let stay = |worker| json!({"reference_id": reference(worker, STAYS), "operation": "remove"});
    let control = sandbox.control();
    control.settings(&json!({"forced_failures": [stay(0), stay(1)]})).unwrap();
    control.fault(&half_answers(random)).unwrap();
    sandbox
}

/// Answers that are whole, and lack what was asked for.
fn half_answers(random: &mut fastrand::Rng) -> Value {
    // Every request counts for all of them: each lets more pass than the one before.
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

/// Now and then, when the state of a sync has just been asked for, the server goes away and comes
/// back with what it had stored.
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
        // With it goes the hold on the file.
        drop(control);
        pause(Duration::from_millis(random.u64(1..40))).await;
        let sandbox = self::sandbox(&server.folder, server.port, &mut random).await;
        *server.sandbox.lock().unwrap() = Some(sandbox);
        *server.restarts.lock().unwrap() += 1;
    }
}
