//! The `vitable-groups-sandbox` command.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use vitable_groups_sandbox::Options;

/// A local server that emulates the Groups API of Vitable Connect.
///
/// Prints one line to standard output when it is ready. Stops on Ctrl-C or SIGTERM.
#[derive(Debug, Parser)]
#[command(version)]
struct Command {
    #[command(flatten)]
    sandbox: Options,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Command::parse().sandbox).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "vitable-groups-sandbox: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let builder = options.builder().map_err(|error| error.to_string())?;
    // Before the ready line, so that a signal sent right after it is not missed.
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
        // On an error no signal ever arrives; only killing the process stops it.
        let _ = tokio::signal::ctrl_c().await;
    })
}
