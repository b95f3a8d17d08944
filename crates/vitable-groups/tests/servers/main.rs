//! Calls through nginx and haproxy in common configurations: TLS, HTTP/2 offered, connections that end
//! after 20 ms or 7 requests, or with a reset. Without retries, no idempotent call fails, no group is
//! created twice, and no descriptor leaks.
//!
//! `scripts/test-servers` provides the programs and runs this.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "test code, which runs in real time"
)]

mod backend;
mod programs;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use backend::Created;
use programs::Program;
use vitable_groups::binding::poll_inline;
use vitable_groups::model::{GroupCreateParams, GroupUpdateParams, Member};
use vitable_groups::{Client, Error, HttpConfig, TlsRoots};

const IN_FLIGHT: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(60);

/// The outcomes of the calls.
#[derive(Default)]
struct Tally {
    next: AtomicUsize,
    failed: AtomicU32,
    /// Creates and rosters whose connection was lost: they must not be resent automatically.
    lost: AtomicU32,
    repeated: AtomicU32,
    created: Created,
}

impl Tally {
    /// Of twenty calls, one creates a group, one changes a group, and one submits a roster.
    async fn call(&self, client: &Client, label: &str, number: usize) {
        let groups = client.groups();
        let result = match number % 20 {
            3 => {
                let reference_id = format!("{label}-{number}");
                let create = groups.create(GroupCreateParams::new(&reference_id, "Tier 1"));
                match create.await {
                    Ok(group) => {
                        assert_eq!(group.external_reference_id, reference_id);
                        Ok(())
                    }
                    Err(error) => self.lose(error),
                }
            }
            9 => {
                let update = groups.update("grp_1", GroupUpdateParams::new().name("Tier 1"));
                update.send().await.map(|response| {
                    let repeated = u32::from(response.metadata.repeated);
                    self.repeated.fetch_add(repeated, Ordering::SeqCst);
                })
            }
            15 => {
                let roster: [Member; 0] = [];
                let submit = groups.members().sync().submit("grp_1", &roster);
                submit.await.map(drop).or_else(|error| self.lose(error))
            }
            _ => groups.retrieve("grp_1").await.map(drop),
        };
        if let Err(error) = result {
            self.fail(number, &error);
        }
    }

    fn lose(&self, error: Error) -> Result<(), Error> {
        if !error.outcome_unknown() {
            return Err(error);
        }
        self.lost.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn fail(&self, number: usize, error: &Error) {
        self.failed.fetch_add(1, Ordering::SeqCst);
        println!("call {number}: {error}");
    }
}

/// About as long as the servers keep idle connections.
fn pause(number: usize) -> Option<Duration> {
    (number % 13 == 5).then(|| Duration::from_micros(18_000 + 250 * (number as u64 / 13 % 16)))
}

/// As the Python package makes sync calls.
fn sync_calls(client: &Client, tally: &Tally, calls: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for number in 0..calls {
        let mut call = Box::pin(tally.call(client, "sync", number));
        let entered = runtime.enter();
        let polled = poll_inline(call.as_mut());
        drop(entered);
        if polled == Poll::Pending {
            runtime.block_on(call);
        }
        if let Some(pause) = pause(number) {
            std::thread::sleep(pause);
        }
    }
}

fn async_calls(client: &Client, tally: &Arc<Tally>, calls: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let workers = (0..IN_FLIGHT).map(|_| async {
        loop {
            let number = tally.next.fetch_add(1, Ordering::SeqCst);
            if number >= calls {
                return;
            }
            tally.call(client, "async", number).await;
            if let Some(pause) = pause(number) {
                tokio::time::sleep(pause).await;
            }
        }
    });
    runtime.block_on(futures_util::future::join_all(workers));
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Runs the calls through a program; returns the problems.
fn through(program: Program, path: &std::path::Path, calls: usize) -> Vec<String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let backend = builder.worker_threads(1).enable_all().build().unwrap();
    let tally = Arc::new(Tally::default());
    let port = backend.block_on(backend::start(Arc::clone(&tally.created)));
    let running = program.start(path, port);
    let mut problems = Vec::new();
    let before = descriptors();
    {
        let roots = TlsRoots::Pem(running.pem.clone().into_bytes());
        let http = HttpConfig::new().tls_roots(roots).no_environment_proxy();
        let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
        let client = builder.base_url(&running.url).http(http).timeout(TIMEOUT).build().unwrap();
        sync_calls(&client, &tally, calls);
        async_calls(&client, &tally, calls);
        client.close();
    }
    // The backend runs in this process, and its connections have descriptors too.
    let name = program.name();
    drop(running);
    drop(backend);
    let after = descriptors();
    if after > before {
        problems.push(format!("{name}: {after} descriptors are open, {before} were before"));
    }
    let failed = tally.failed.load(Ordering::SeqCst);
    if failed > 0 {
        problems.push(format!("{name}: {failed} idempotent calls failed"));
    }
    let created = tally.created.lock().unwrap();
    let doubled = created.values().filter(|count| **count > 1).count();
    if doubled > 0 {
        problems.push(format!("{name}: {doubled} groups were created twice"));
    }
    if created.len() < calls / 20 {
        problems.push(format!("{name}: only {} creates arrived", created.len()));
    }
    let (lost, repeated) =
        (tally.lost.load(Ordering::SeqCst), tally.repeated.load(Ordering::SeqCst));
    println!(
        "{name}: {calls} sync and {calls} async calls, {failed} failed; {} groups created, {doubled} \
         twice; {lost} creates and rosters of unknown outcome; {repeated} updates sent twice",
        created.len()
    );
    problems
}

fn main() {
    let path = |name: &str| -> PathBuf {
        std::env::var_os(name)
            .unwrap_or_else(|| panic!("{name} is not set; run scripts/test-servers"))
            .into()
    };
    let calls = std::env::var("SERVERS_CALLS").map_or(2000, |calls| calls.parse().unwrap());
    let mut problems = through(Program::Nginx, &path("NGINX"), calls);
    problems.extend(through(Program::Haproxy, &path("HAPROXY"), calls));
    for problem in &problems {
        println!("{problem}");
    }
    let failed = problems.len().min(2);
    println!("{} passed, {failed} failed", 2 - failed);
    std::process::exit(i32::from(failed > 0));
}
