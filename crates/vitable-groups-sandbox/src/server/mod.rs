//! The server: its handle, connections and routes.

mod builder;
mod connection;
mod drip;
mod inject;
mod router;

pub use builder::Builder;
pub(crate) use connection::serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;

use tokio::sync::oneshot;

use crate::control::Control;

/// A running sandbox. Dropping it stops it.
///
/// ```
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().spawn()?;
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// # Ok::<(), vitable_groups_sandbox::StartError>(())
/// ```
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    base_url: String,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Why a sandbox did not start.
///
/// ```
/// use vitable_groups_sandbox::{Sandbox, StartError};
///
/// let failed = Sandbox::builder().key("k=acme").spawn().unwrap_err();
/// assert!(matches!(failed, StartError::Seed(_)), "an organization id has the form org_...");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is in use or not available on this machine.
    #[error("cannot listen on {address}: {source}; use another --port, or 0 to pick a free one")]
    Listen {
        /// The requested host and port.
        address: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// The database file cannot be used.
    #[error("cannot use the database {}: {source}", path.as_deref().map_or("in memory".into(), |path| path.display().to_string()))]
    Database {
        /// The file; `None` for memory.
        path: Option<PathBuf>,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The seed data is invalid.
    #[error("cannot load the seed: {0}")]
    Seed(String),
    /// The thread or its runtime could not be created.
    #[error("cannot start a thread for the sandbox: {0}")]
    Thread(std::io::Error),
}

impl Sandbox {
    /// Creates a builder.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address that the sandbox listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The controls of this sandbox, usable from any thread.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops the sandbox and waits until its port and its file are released.
    pub async fn shutdown(mut self) {
        self.stop();
        if let Some(stopped) = self.stopped.take() {
            // An error means the same: the server has ended.
            let _ = stopped.await;
        }
    }

    fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only if the server has already stopped.
            let _ = stop.send(());
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic on that thread has already been reported.
            let _ = thread.join();
        }
    }
}
