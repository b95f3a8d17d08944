//! Configures and starts a sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{Sandbox, StartError, serve};
use crate::control::{self, Control};
use crate::seed::{Seed, read_keys};
use crate::server_state::{Initial, ServerState};
use crate::settings::SyncDelay;

/// Options of a sandbox. Defaults: in memory, a free port of 127.0.0.1, every key accepted, syncs
/// completed immediately.
///
/// ```
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().key("vit_apk_test").random_seed(7).spawn()?;
/// assert_ne!(sandbox.address().port(), 0);
/// # Ok::<(), vitable_groups_sandbox::StartError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    host: Option<String>,
    port: u16,
    keys: Vec<String>,
    initial: Initial,
}

impl Builder {
    /// The port; 0, the default, picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The host name or address to listen on, `127.0.0.1` by default.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Stores the data in a file, so that it survives the process.
    #[must_use]
    pub fn db(mut self, path: impl Into<PathBuf>) -> Self {
        self.initial.db = Some(path.into());
        self
    }

    /// Accepts this key, for the default organization or, as `KEY=org_...`, for the given one. Once
    /// a key is given, other keys are rejected.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Accepts several keys, each as in [`Builder::key`].
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// How long processing a sync takes.
    #[must_use]
    pub fn sync_delay(mut self, delay: Duration) -> Self {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.initial.settings.sync_delay_ms = SyncDelay::After(millis);
        self
    }

    /// Keeps syncs in progress until the delay is changed.
    #[must_use]
    pub fn sync_never(mut self) -> Self {
        self.initial.settings.sync_delay_ms = SyncDelay::Never;
        self
    }

    /// Issues the same ids in the same order on every run.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.initial.random_seed = Some(seed);
        self
    }

    /// Initial data, in the format of the `seed` control.
    pub fn seed(mut self, seed: &Value) -> Result<Self, StartError> {
        self.initial.seeds.push(Seed::read(seed).map_err(StartError::Seed)?);
        Ok(self)
    }

    /// Starts the sandbox on the caller's tokio runtime.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let started = self.open().await?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let state = Arc::clone(&started.state);
        tokio::spawn(async move {
            serve(started.listener, state, stopping).await;
            // The sandbox may have been dropped without waiting.
            let _ = done.send(());
        });
        Ok(Sandbox::new(started.address, started.state, stop, stopped, None))
    }

    /// Starts the sandbox on its own thread, for synchronous programs.
    pub fn spawn(self) -> Result<Sandbox, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(8)
            .build()
            .map_err(StartError::Thread)?;
        let started = runtime.block_on(self.open())?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let (address, state) = (started.address, Arc::clone(&started.state));
        let thread = thread::Builder::new()
            .name("vitable-groups-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(serve(started.listener, started.state, stopping));
                drop(runtime);
                // The sandbox may have been dropped without waiting.
                let _ = done.send(());
            })
            .map_err(StartError::Thread)?;
        Ok(Sandbox::new(address, state, stop, stopped, Some(thread)))
    }

    async fn open(mut self) -> Result<Started, StartError> {
        let keys = read_keys(&self.keys).map_err(StartError::Seed)?;
        self.initial.seeds.insert(0, keys);
        let path = self.initial.db.clone();
        let state = ServerState::open(self.initial)
            .map_err(|source| StartError::Database { path, source })?;
        control::load_initial(&state).map_err(StartError::Seed)?;
        let host = self.host.as_deref().unwrap_or("127.0.0.1");
        let failed =
            |source| StartError::Listen { address: format!("{host}:{}", self.port), source };
        let listener = TcpListener::bind((host, self.port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Started { listener, address, state: Arc::new(state) })
    }
}

struct Started {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<ServerState>,
}

impl Sandbox {
    fn new(
        address: SocketAddr,
        state: Arc<ServerState>,
        stop: oneshot::Sender<()>,
        stopped: oneshot::Receiver<()>,
        thread: Option<thread::JoinHandle<()>>,
    ) -> Self {
        Self {
            address,
            base_url: format!("http://{address}"),
            control: Control::new(state),
            stop: Some(stop),
            stopped: Some(stopped),
            thread,
        }
    }
}
