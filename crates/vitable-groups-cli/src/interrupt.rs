//! Ctrl-C and SIGTERM, turned into an answer.

use std::future::Future;
use std::io;

use crate::exit::Exit;

/// What a signal asks for.
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

/// Runs a future until it ends or a signal comes; then the future is dropped.
///
/// Signals are caught from the first poll on. They stay caught afterwards, so a command that
/// uses this does so for everything it does from here on.
pub(crate) async fn or_signal<T>(work: impl Future<Output = T>) -> Result<T, Signal> {
    // Without a handler a signal ends the process, as it does by default.
    let Ok(signal) = next() else { return Ok(work.await) };
    tokio::select! {
        biased;
        signal = signal => Err(signal),
        done = work => Ok(done),
    }
}

/// The next signal; caught from this call on, not from the first poll.
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

/// The next signal; only Ctrl-C exists here.
#[cfg(not(unix))]
pub(crate) fn next() -> io::Result<impl Future<Output = Signal>> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            // No signal will ever come.
            Err(_) => std::future::pending().await,
        }
    })
}
