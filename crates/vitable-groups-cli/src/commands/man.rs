//! Runs `man`.

use std::path::Path;

use crate::cli;
use crate::exit::{Exit, Failure};

/// Writes a man page for the program and for each subcommand.
pub(crate) fn run(directory: &Path) -> Result<Exit, Failure> {
    std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(cli::command(), directory))
        .map_err(|error| {
            Failure::local(format!("cannot write man pages to {}: {error}", directory.display()))
        })?;
    Ok(Exit::Success)
}
