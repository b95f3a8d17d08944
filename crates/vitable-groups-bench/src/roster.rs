//! The roster workload: reads, checks and compares two files.

use std::error::Error;
use std::fs::File;
use std::path::Path;

use serde_json::Value;
use vitable_groups::roster::{CheckOptions, Checker, Differ, ReadOptions, Roster, Rows, diff};

use crate::measure::Section;
use crate::responses;

/// The number of rows in each file.
pub const ROWS: usize = 100_000;

/// Runs one step in a folder: `write` creates the two files, `stream` checks and compares them row
/// by row, `whole` does so with both rosters in memory.
///
/// # Errors
/// A file cannot be read, or the step does not exist.
pub fn run(work: &str, folder: &Path) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let (previous, current) = (folder.join("previous.csv"), folder.join("current.csv"));
    if work == "write" {
        std::fs::create_dir_all(folder)?;
        std::fs::write(previous, responses::csv(ROWS, 0))?;
        std::fs::write(current, responses::csv(ROWS, 1))?;
        return Ok(Value::Null);
    }
    let today = jiff::civil::date(2026, 1, 15);
    let options = CheckOptions::new(today).max_rows(u64::MAX);
    let read = ReadOptions::default();
    let section = Section::start();
    let (found, changed) = match work {
        "stream" => {
            let (mut checker, mut differ) = (Checker::new(options), Differ::new());
            for row in Rows::new(File::open(previous)?, &read)? {
                differ.add_previous(&row?);
            }
            for row in Rows::new(File::open(current)?, &read)? {
                let row = row?;
                checker.check(&row);
                differ.add_current(&row);
            }
            let changes = differ.finish();
            (checker.finish().errors, changes.removals.len() + changes.adds.len())
        }
        "whole" => {
            let previous = Roster::read_path(previous, &read)?;
            let current = Roster::read_path(current, &read)?;
            let changes = diff(&previous, &current);
            (current.check(&options).errors, changes.removals.len() + changes.adds.len())
        }
        other => return Err(format!("no such step: {other}").into()),
    };
    Ok(section.end(ROWS, usize::try_from(found)? + changed))
}
