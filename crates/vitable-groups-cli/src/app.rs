//! The entry point: parses the arguments, runs the command, returns the exit code.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::cli::{self, Cli};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::{commands, log};

/// Runs the command given by the process's arguments.
pub(crate) fn main() -> ExitCode {
    vitable_groups::binding::hide_panic_messages();
    match cli::parse(std::env::args_os()) {
        Ok(cli) => run(cli).into(),
        Err(error) => {
            // A closed standard output is not an error.
            let _ = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Success.into(),
                _ => Exit::Usage.into(),
            }
        }
    }
}

fn run(cli: Cli) -> Exit {
    log::start(cli.global.verbose);
    let mut out = Output::new(&cli.global);
    let result = dispatch(cli, &mut out).and_then(|exit| out.finish().map(|()| exit));
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            out.failure(&failure);
            failure.exit
        }
    }
}

fn dispatch(cli: Cli, out: &mut Output) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::local(format!("cannot start: {error}")))?;
    runtime.block_on(commands::run(cli.command, &cli.global, out))
}
