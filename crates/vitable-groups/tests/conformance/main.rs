//! Runs the scenarios shared by all languages, `tests/scenarios`, against an embedded sandbox.
//!
//! `cargo test -p vitable-groups --test conformance -- retries` runs one group. Results are written
//! to `target/conformance/rust.json`, from which `scripts/conformance_table.py` generates the table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test")]

mod call;
mod normal;
mod operations;
mod options;
mod report;
mod roster;
mod runner;
mod vectors;
mod waits;

use std::process::ExitCode;

use vitable_groups_chaos::scenarios::{self, File, Values};
use vitable_groups_sandbox::Sandbox;

use crate::report::{Group, Report};
use crate::runner::Runner;

fn main() -> ExitCode {
    let selected: Vec<String> =
        std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let report = match run(&selected) {
        Ok(report) => report,
        Err(error) => {
            println!("conformance: {error}");
            return ExitCode::FAILURE;
        }
    };
    if selected.is_empty()
        && let Err(error) = report.write()
    {
        println!("conformance: {error}");
        return ExitCode::FAILURE;
    }
    report.end()
}

fn run(selected: &[String]) -> Result<Report, String> {
    let folder = scenarios::folder();
    let values = Values::new(scenarios::read(&folder.join("values.json"))?);
    let sandbox = Sandbox::builder().spawn().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let mut runner = Runner::new(sandbox.control(), &runtime);
    let mut report = Report::default();
    for path in scenarios::files(&folder)? {
        let file: File = scenarios::read(&path)?;
        if path.file_stem().and_then(|name| name.to_str()) != Some(file.group.as_str()) {
            return Err(format!("{}: the group is not the file's name", path.display()));
        }
        if !selected.is_empty() && !selected.contains(&file.group) {
            continue;
        }
        let mut group = Group::new(&file.group);
        for scenario in &file.scenarios {
            let result = scenarios::run(&sandbox, &values, scenario, &mut runner);
            group.add(&scenario.name, result);
        }
        report.add(group);
    }
    for path in scenarios::files(&folder.join("vectors"))? {
        let group = vectors::run(&path, &values)?;
        if selected.is_empty() || selected.contains(&group.name) {
            report.add(group);
        }
    }
    Ok(report)
}
