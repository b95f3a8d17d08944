//! One sandbox behind one proxy, a plan, and the reckoning.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use vitable_groups_sandbox::Sandbox;

use crate::fault::pause;
use crate::figures::Figures;
use crate::judge::{judge, replayed_creates};
use crate::plan::{Group, Plan, worker};
use crate::proxy::Proxy;
use crate::record::Record;

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
}

/// The sandbox, which comes and goes.
struct Server {
    folder: TempDir,
    port: u16,
    sandbox: Mutex<Option<Sandbox>>,
    /// Of servers that are gone.
    replayed_creates: Mutex<usize>,
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
        let sandbox = runtime.block_on(sandbox(&folder, 0));
        let port = sandbox.address().port();
        let names: Vec<_> = (0..WORKERS)
            .map(|n| json!({"external_reference_id": format!("worker-{n}"), "name": format!("worker {n}")}))
            .collect();
        let made = sandbox.control().seed(&json!({"groups": names})).unwrap();
        let text = |number: usize, field: &str| {
            made["groups"][number][field].as_str().unwrap_or_default().to_owned()
        };

        let guard = runtime.enter();
        let proxy = Proxy::start(sandbox.address(), random.fork());
        let mut workers = Vec::new();
        let mut id = 0;
        for number in 0..WORKERS {
            let steps = (calls + number) / WORKERS;
            let group = Group {
                id: text(number, "id"),
                reference: format!("worker-{number}"),
                name: format!("worker {number}"),
            };
            workers.push(worker(number, id, steps, group, proxy.address(), &mut random.fork()));
            id += steps;
        }
        let server = Arc::new(Server {
            folder,
            port,
            sandbox: Mutex::new(Some(sandbox)),
            replayed_creates: Mutex::default(),
            restarts: Mutex::default(),
        });
        let (stop, stopping) = oneshot::channel();
        let polls = proxy.polls();
        let restarting = tokio::spawn(restart(Arc::clone(&server), polls, stopping, random));
        drop(guard);
        Self { plan: Plan { round, rounds, workers }, runtime, server, proxy, restarting, stop }
    }

    /// What is to be called.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// All clients are closed, and this is what they were told: says what is wrong.
    pub(crate) fn judge(self, records: &[Record]) -> (Figures, Vec<String>) {
        let Self { plan, runtime, server, proxy, restarting, stop } = self;
        let mut figures = Figures::default();
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
        let state = sandbox.control().state().unwrap();
        figures.replayed_creates = *server.replayed_creates.lock().unwrap()
            + replayed_creates(&sandbox.control().requests());
        figures.restarts = *server.restarts.lock().unwrap();
        runtime.block_on(sandbox.shutdown());
        let mut problems = judge(&plan, records, &state, &mut figures);
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

async fn sandbox(folder: &TempDir, port: u16) -> Sandbox {
    let builder = Sandbox::builder().db(folder.path().join("sandbox.db")).port(port);
    builder.sync_delay(Duration::from_millis(15)).start().await.unwrap()
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
        *server.replayed_creates.lock().unwrap() += replayed_creates(&sandbox.control().requests());
        sandbox.shutdown().await;
        pause(Duration::from_millis(random.u64(1..40))).await;
        let sandbox = self::sandbox(&server.folder, server.port).await;
        *server.sandbox.lock().unwrap() = Some(sandbox);
        *server.restarts.lock().unwrap() += 1;
    }
}
