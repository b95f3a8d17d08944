//! Ctrl-C and SIGTERM as futures.

use std::future::Future;
use std::io;

use crate::exit::Exit;

/// A signal that ends the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
}

impl Signal {
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Interrupt => Exit::Interrupted,
            Self::Terminate => Exit::Terminated,
        }
    }
}

/// Runs a future to completion, or drops it when a signal arrives.
///
/// Signals are handled from the first poll on and stay handled afterwards, so a command that uses
/// this once has to use it for all its later work.
pub(crate) async fn or_signal<T>(work: impl Future<Output = T>) -> Result<T, Signal> {
    // Without a handler, a signal ends the process as it does by default.
    let Ok(signal) = next() else { return Ok(work.await) };
    tokio::select! {
        biased;
        signal = signal => Err(signal),
        output = work => Ok(output),
    }
}

/// The next signal; handled from this call on, not from the first poll.
#[cfg(unix)]
pub(crate) fn next() -> io::Result<impl Future<Output = Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Signal::Interrupt,
            _ = terminate.recv() => Signal::Terminate,
        }
    })
}

/// The next signal; other systems have only Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn next() -> io::Result<impl Future<Output = Signal>> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            // No signal can arrive.
            Err(_) => std::future::pending().await,
        }
    })
}
