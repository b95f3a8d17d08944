//! The daily job: sync a group to a roster file, and report what happened to every row.
//!
//! ```text
//! VITABLE_CONNECT_API_KEY=... cargo run -p vitable-groups --example daily -- tier-1 new.csv [last.csv]
//! ```
//!
//! A group that this run creates is known to be empty. For any other group, the last roster says
//! who is in it; without one, nothing is sent.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::path::Path;

use vitable_groups::Client;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::roster::{Guard, Outcome, ReadOptions, Roster, diff};

/// Reads, compares, guards, submits, waits, explains.
pub async fn run(
    client: &Client,
    reference: &str,
    file: &Path,
    last: Option<&Path>,
) -> Result<Outcome, Box<dyn Error>> {
    let options = ReadOptions::default();
    let roster = Roster::read_path(file, &options)?;
    let params = GroupCreateParams::new(reference, reference);
    let group = client.groups().get_or_create(params).await?;

    let sync = client.groups().members().sync();
    let mut job = sync.apply(&group.id, roster.clone());
    if let Some(last) = last {
        let last = Roster::read_path(last, &options)?;
        let changes = diff(&last, &roster);
        println!("{} to add, {} to remove", changes.adds.len(), changes.removals.len());
        // The default limit is 10% or 3 people, whichever is more.
        job = job.previous(last).guard(Guard::new().max_removals("5%".parse()?));
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
#[allow(dead_code, reason = "a test uses `run` alone")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (reference, file, last) = match arguments.as_slice() {
        [reference, file] => (reference, file, None),
        [reference, file, last] => (reference, file, Some(Path::new(last))),
        _ => return Err("usage: daily GROUP-REFERENCE ROSTER [LAST-ROSTER]".into()),
    };
    let outcome = run(&Client::from_env()?, reference, Path::new(file), last).await?;
    // Rows that failed, results that are missing, changes that were not planned.
    if outcome.is_ok() { Ok(()) } else { Err(format!("outcome: {}", outcome.status).into()) }
}
