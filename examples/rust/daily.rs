//! The daily job: sync a group to a roster file, and report what happened to every row.
//!
//! ```text
//! VITABLE_CONNECT_API_KEY=... cargo run -p vitable-groups --example daily -- tier-1 new.csv [previous.csv]
//! ```
//!
//! A group that this run creates is known to be empty. For any other group, pass the previous
//! roster: the program sends nothing without a baseline.

#![allow(clippy::print_stdout, reason = "the example prints its results")]

use std::error::Error;
use std::path::Path;

use vitable_groups::Client;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::roster::{Guard, Outcome, ReadOptions, Roster, diff};

/// Reads and compares the roster, then checks, submits, waits and reports.
pub async fn run(
    client: &Client,
    reference: &str,
    file: &Path,
    previous: Option<&Path>,
) -> Result<Outcome, Box<dyn Error>> {
    let options = ReadOptions::default();
    let roster = Roster::read_path(file, &options)?;
    let params = GroupCreateParams::new(reference, reference);
    let group = client.groups().get_or_create(params).await?;

    let sync = client.groups().members().sync();
    let mut job = sync.apply(&group.id, roster.clone());
    if let Some(previous) = previous {
        let previous = Roster::read_path(previous, &options)?;
        let changes = diff(&previous, &roster);
        println!("{} to add, {} to remove", changes.adds.len(), changes.removals.len());
        // Stricter than the default limit, which is 10% or 3 people, whichever is more.
        job = job.previous(previous).guard(Guard::new().max_removals("5%".parse()?));
    }
    let applied =
        job.on_progress(|p| println!("{}: poll {}", p.handle.request_id, p.polls)).await?;

    let outcome = applied.outcome;
    print!("{outcome}");
    for failure in &outcome.failures {
        println!("row {:?} ({}): {}", failure.row, failure.reference_id, failure.reason);
    }
    Ok(outcome)
}

#[tokio::main]
#[allow(dead_code, reason = "a test calls only `run`")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (reference, file, previous) = match arguments.as_slice() {
        [reference, file] => (reference, file, None),
        [reference, file, previous] => (reference, file, Some(Path::new(previous))),
        _ => return Err("usage: daily GROUP-REFERENCE ROSTER [PREVIOUS-ROSTER]".into()),
    };
    let outcome = run(&Client::from_env()?, reference, Path::new(file), previous).await?;
    // Not ok: rows failed, results are missing, or changes were not planned.
    if outcome.is_ok() { Ok(()) } else { Err(format!("outcome: {}", outcome.status).into()) }
}
