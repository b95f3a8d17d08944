//! The server: its handle, its connections, its routes.

mod builder;
mod connection;
mod router;

pub use builder::Builder;
pub(crate) use connection::serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;

use tokio::sync::oneshot;

use crate::control::Control;

/// A running sandbox. It stops when it is dropped.
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
/// assert!(matches!(failed, StartError::Seed(_)), "an organization's id is like org_...");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}; choose another --port, or 0 for any")]
    Listen {
        /// Host and port that were asked for.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database file cannot be used.
    #[error("cannot use the database {}: {source}", path.as_deref().map_or("in memory".into(), |path| path.display().to_string()))]
    Database {
        /// The file, or none for memory.
        path: Option<PathBuf>,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The data to start with is not right.
    #[error("cannot load the seed: {0}")]
    Seed(String),
    /// No thread or runtime could be had.
    #[error("cannot start a thread for the sandbox: {0}")]
    Thread(std::io::Error),
}

impl Sandbox {
    /// Where every way to start begins.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Turns the switches of this sandbox, from any thread.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops it and waits until it has let go of its port and its file.
    pub async fn shutdown(mut self) {
        self.stop();
        if let Some(stopped) = self.stopped.take() {
            // An error says the same: the sender is gone.
            let _ = stopped.await;
        }
    }

    fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens when it has already stopped.
            let _ = stop.send(());
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has already been reported.
            let _ = thread.join();
        }
    }
}
