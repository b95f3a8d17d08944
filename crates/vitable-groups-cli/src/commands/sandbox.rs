//! Runs `sandbox`.

use vitable_groups_sandbox::StartError;

use crate::cli;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::Output;

pub(crate) async fn run(command: cli::Sandbox, out: &mut Output) -> Result<Exit, Failure> {
    let options = command.options;
    let builder = options.builder().map_err(|error| Failure::usage(error.to_string()))?;
    // Before the ready line, so that a signal right after it is not missed.
    let stop = interrupt::next()
        .map_err(|error| Failure::local(format!("cannot listen for signals: {error}")))?;
    let sandbox = builder.start().await.map_err(|error| failed(&error))?;
    out.text(&format!("vitable-groups sandbox listening on {}\n", sandbox.base_url()));
    let (keys, example) = if options.keys.is_empty() {
        ("any API key works", "anything")
    } else {
        ("only the given API keys work", "...")
    };
    out.info(format!(
        "{keys}; in another terminal, run:\n  \
         export VITABLE_CONNECT_BASE_URL={} VITABLE_CONNECT_API_KEY={example}\n  \
         vitable-groups plans list\npress Ctrl-C to stop",
        sandbox.base_url()
    ));
    stop.await;
    sandbox.shutdown().await;
    out.info("stopped");
    Ok(Exit::Success)
}

pub(super) fn failed(error: &StartError) -> Failure {
    Failure::local(error.to_string())
}
