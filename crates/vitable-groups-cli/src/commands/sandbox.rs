//! `sandbox`

use std::path::Path;

use vitable_groups_sandbox::{Builder, Sandbox, StartError, parse_delay};

use crate::cli;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::Output;

pub(crate) async fn run(options: cli::Sandbox, out: &mut Output) -> Result<Exit, Failure> {
    let builder = builder(&options)?;
    // Caught before the ready line, so that a signal right after it is not missed.
    let stop = interrupt::next()
        .map_err(|error| Failure::local(format!("cannot listen for signals: {error}")))?;
    let sandbox = builder.start().await.map_err(|error| failed(&error))?;
    out.text(&format!("vitable-groups sandbox listening on {}\n", sandbox.base_url()));
    let (keys, example) = if options.keys.is_empty() {
        ("any key works", "anything")
    } else {
        ("your keys work", "...")
    };
    out.say(format!(
        "{keys} here; in another terminal:\n  \
         export VITABLE_CONNECT_BASE_URL={} VITABLE_CONNECT_API_KEY={example}\n  \
         vitable-groups plans list\nCtrl-C stops it",
        sandbox.base_url()
    ));
    stop.await;
    sandbox.shutdown().await;
    out.say("stopped");
    Ok(Exit::Success)
}

fn builder(options: &cli::Sandbox) -> Result<Builder, Failure> {
    let mut builder =
        Sandbox::builder().host(&options.host).port(options.port).keys(options.keys.clone());
    if let Some(path) = &options.db {
        builder = builder.db(path);
    }
    if let Some(path) = &options.seed {
        builder = builder.seed(&read_seed(path)?).map_err(|error| failed(&error))?;
    }
    if let Some(seed) = options.random_seed {
        builder = builder.random_seed(seed);
    }
    match parse_delay(&options.sync_delay) {
        Some(Some(delay)) => Ok(builder.sync_delay(delay)),
        Some(None) => Ok(builder.sync_never()),
        None => Err(Failure::usage("--sync-delay takes a time like 500ms or 2s, or never")),
    }
}

fn read_seed(path: &Path) -> Result<serde_json::Value, Failure> {
    let text = std::fs::read(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    serde_json::from_slice(&text)
        .map_err(|error| Failure::usage(format!("{} is not JSON: {error}", path.display())))
}

pub(super) fn failed(error: &StartError) -> Failure {
    Failure::local(error.to_string())
}
