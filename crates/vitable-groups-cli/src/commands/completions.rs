//! Runs `completions`.

use clap_complete::Shell;

use crate::cli;
use crate::exit::{Exit, Failure};
use crate::output::Output;

pub(crate) fn run(shell: Shell, out: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "vitable-groups", &mut script);
    let script = String::from_utf8(script)
        .map_err(|_| Failure::local(format!("the {shell} completion script is not valid UTF-8")))?;
    out.text(&script);
    Ok(Exit::Success)
}
