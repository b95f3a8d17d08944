//! The `vitable-groups-sandbox` command.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use vitable_groups_sandbox::{Builder, Sandbox};

/// A local server that behaves like the Groups API of Vitable Connect.
///
/// Prints one line on standard output when it is ready, and stops on Ctrl-C or SIGTERM.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Name or address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Keep the data in this file instead of in memory
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Accept this key, for the default organization or for the one named; may be repeated.
    /// Without any, every key is accepted
    #[arg(long = "key", value_name = "KEY[=ORG]")]
    keys: Vec<String>,
    /// How long a sync takes: 500ms, 2s, or never
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = read_delay)]
    sync_delay: Delay,
    /// Start with the data of this JSON file, in the form of the seed control
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Make ids come in the same order on every run
    #[arg(long, value_name = "NUMBER")]
    random_seed: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Delay(Option<Duration>);

fn read_delay(text: &str) -> Result<Delay, String> {
    vitable_groups_sandbox::parse_delay(text)
        .map(Delay)
        .ok_or_else(|| "want a time like 500ms or 2s, or never".to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "vitable-groups-sandbox: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let mut builder = builder(&options);
    if let Some(path) = &options.seed {
        builder = builder.seed(&read_seed(path)?).map_err(|error| error.to_string())?;
    }
    // Before the ready line, so that a signal right after it is not missed.
    let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let sandbox = builder.start().await.map_err(|error| error.to_string())?;
    let mut output = std::io::stdout();
    writeln!(output, "vitable-groups-sandbox listening on {}", sandbox.base_url())
        .and_then(|()| output.flush())
        .map_err(|error| format!("cannot print the ready line: {error}"))?;
    stop.await;
    sandbox.shutdown().await;
    Ok(())
}

fn builder(options: &Options) -> Builder {
    let mut builder =
        Sandbox::builder().host(&options.host).port(options.port).keys(options.keys.clone());
    if let Some(path) = &options.db {
        builder = builder.db(path);
    }
    if let Some(seed) = options.random_seed {
        builder = builder.random_seed(seed);
    }
    match options.sync_delay.0 {
        Some(delay) => builder.sync_delay(delay),
        None => builder.sync_never(),
    }
}

fn read_seed(path: &Path) -> Result<serde_json::Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", path.display()))
}

#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // An error means that no signal will ever come: then only a kill stops it.
        let _ = tokio::signal::ctrl_c().await;
    })
}
