//! The Rust clients: `bench-rust CLIENT WORKLOAD URL UNITS`, and
//! `bench-rust roster` for the roster check. Prints one line of JSON.
#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "a standalone program")]

#[path = "../clients/mod.rs"]
mod clients;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use vitable_groups_bench::measure::Section;
use vitable_groups_bench::roster;

use clients::{BenchClient, Failure, hyper_raw::Hyper, ours::Ours, reqwest_raw::Reqwest};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["roster", work, folder] => println!("{}", roster::run(work, folder.as_ref())?),
        [client, workload, url, units] => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let units = units.parse()?;
            let line = match *client {
                "ours" => runtime.block_on(run_workload(Ours::new(url)?, workload, units))?,
                "ours-pooled" => {
                    runtime.block_on(run_workload(Ours::pooled(url)?, workload, units))?
                }
                "reqwest" => runtime.block_on(run_workload(Reqwest::new(url)?, workload, units))?,
                "hyper" => runtime.block_on(run_workload(Hyper::new(url)?, workload, units))?,
                other => return Err(format!("no such client: {other}").into()),
            };
            println!("{line}");
        }
        _ => return Err("bench-rust CLIENT WORKLOAD URL UNITS".into()),
    }
    Ok(())
}

async fn run_workload<C: BenchClient>(
    client: C,
    workload: &str,
    units: usize,
) -> Result<serde_json::Value, Failure> {
    let client = Arc::new(client);
    let warm_up = if workload == "W5" { 0 } else { (units / 10).min(200) };
    client.retrieve().await?;
    let (name, prefetch) = workload.split_once('-').unwrap_or((workload, "0"));
    let prefetch: usize = prefetch.parse()?;
    match name {
        "W1" => {
            timed(warm_up, units, async |count| {
                let mut check = 0;
                for _ in 0..count {
                    check += client.retrieve().await?;
                }
                Ok(check)
            })
            .await
        }
        "W2" => {
            timed(warm_up, units, async |count| {
                let mut check = 0;
                for _ in 0..count {
                    check += client.page().await?;
                }
                Ok(check)
            })
            .await
        }
        "W3" => {
            timed(warm_up, units, async |count| {
                let client = Arc::clone(&client);
                let call = move || {
                    let client = Arc::clone(&client);
                    async move { client.retrieve().await }
                };
                in_flight(64, count, call).await
            })
            .await
        }
        "W4" => timed(0, units, async |_| client.all(prefetch).await).await,
        "W5" => {
            let roster = client.roster();
            timed(warm_up, units, async |count| {
                let mut check = 0;
                for _ in 0..count {
                    check += client.submit(&roster).await?;
                }
                Ok(check)
            })
            .await
        }
        other => Err(format!("no such workload: {other}").into()),
    }
}

async fn timed(
    warm_up: usize,
    units: usize,
    work: impl AsyncFn(usize) -> Result<usize, Failure>,
) -> Result<serde_json::Value, Failure> {
    if warm_up > 0 {
        work(warm_up).await?;
    }
    let section = Section::start();
    let check = work(units).await?;
    Ok(section.end(units, check))
}

/// Runs `wide` tasks that make `count` calls in total.
async fn in_flight<F>(
    wide: usize,
    count: usize,
    call: impl Fn() -> F + Clone + Send + 'static,
) -> Result<usize, Failure>
where
    F: Future<Output = Result<usize, Failure>> + Send + 'static,
{
    let left = Arc::new(AtomicUsize::new(count));
    let tasks: Vec<_> = (0..wide)
        .map(|_| {
            let (call, left) = (call.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let mut check = 0;
                let take = |left: usize| left.checked_sub(1);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                    check += call().await?;
                }
                Ok::<_, Failure>(check)
            })
        })
        .collect();
    let mut check = 0;
    for task in tasks {
        check += task.await??;
    }
    Ok(check)
}
