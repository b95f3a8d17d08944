//! `man`

use std::path::Path;

use crate::cli;
use crate::exit::{Exit, Failure};

/// Writes a page for the command and for each of its subcommands.
pub(crate) fn run(folder: &Path) -> Result<Exit, Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(cli::command(), folder))
        .map_err(|error| {
            Failure::local(format!("cannot write man pages to {}: {error}", folder.display()))
        })?;
    Ok(Exit::Success)
}
