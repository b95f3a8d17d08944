//! How a sandbox is set up and started.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{Sandbox, StartError, serve};
use crate::control::{self, Control, Seed};
use crate::settings::SyncDelay;
use crate::world::{Initial, World};

/// Options of a sandbox. By default: in memory, a free port of 127.0.0.1, any key accepted,
/// syncs completed at once.
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
    /// The port; 0, the default, takes a free one.
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

    /// Keeps the data in a file, so that it survives the process.
    #[must_use]
    pub fn db(mut self, path: impl Into<PathBuf>) -> Self {
        self.initial.db = Some(path.into());
        self
    }

    /// Accepts only this key and others so named, for the default organization or, as
    /// `KEY=org_...`, for that one.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Several keys, each as in [`Builder::key`].
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// How long the processing of a sync takes.
    #[must_use]
    pub fn sync_delay(mut self, delay: Duration) -> Self {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.initial.settings.sync_delay_ms = SyncDelay::After(millis);
        self
    }

    /// Syncs stay in progress until the delay is changed.
    #[must_use]
    pub fn sync_never(mut self) -> Self {
        self.initial.settings.sync_delay_ms = SyncDelay::Never;
        self
    }

    /// Makes ids come in the same order on every run.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.initial.random_seed = Some(seed);
        self
    }

    /// Data to start with, as the `seed` control takes it.
    pub fn seed(mut self, seed: &Value) -> Result<Self, StartError> {
        self.initial.seeds.push(Seed::read(seed).map_err(StartError::Seed)?);
        Ok(self)
    }

    /// Starts it on the tokio runtime of the caller.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let started = self.open().await?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let world = Arc::clone(&started.world);
        tokio::spawn(async move {
            serve(started.listener, world, stopping).await;
            // Nobody may be waiting.
            let _ = done.send(());
        });
        Ok(Sandbox::new(started.address, started.world, stop, stopped, None))
    }

    /// Starts it on a thread of its own, for programs that are not asynchronous.
    pub fn spawn(self) -> Result<Sandbox, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(8)
            .build()
            .map_err(StartError::Thread)?;
        let started = runtime.block_on(self.open())?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let (address, world) = (started.address, Arc::clone(&started.world));
        let thread = thread::Builder::new()
            .name("vitable-groups-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(serve(started.listener, started.world, stopping));
                drop(runtime);
                // Nobody may be waiting.
                let _ = done.send(());
            })
            .map_err(StartError::Thread)?;
        Ok(Sandbox::new(address, world, stop, stopped, Some(thread)))
    }

    async fn open(mut self) -> Result<Started, StartError> {
        let keys = control::read_keys(&self.keys).map_err(StartError::Seed)?;
        self.initial.seeds.insert(0, keys);
        let path = self.initial.db.clone();
        let world =
            World::open(self.initial).map_err(|source| StartError::Database { path, source })?;
        control::plant(&world).map_err(StartError::Seed)?;
        let host = self.host.as_deref().unwrap_or("127.0.0.1");
        let failed =
            |source| StartError::Listen { address: format!("{host}:{}", self.port), source };
        let listener = TcpListener::bind((host, self.port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Started { listener, address, world: Arc::new(world) })
    }
}

struct Started {
    listener: TcpListener,
    address: SocketAddr,
    world: Arc<World>,
}

impl Sandbox {
    fn new(
        address: SocketAddr,
        world: Arc<World>,
        stop: oneshot::Sender<()>,
        stopped: oneshot::Receiver<()>,
        thread: Option<thread::JoinHandle<()>>,
    ) -> Self {
        Self {
            address,
            base_url: format!("http://{address}"),
            control: Control::new(world),
            stop: Some(stop),
            stopped: Some(stopped),
            thread,
        }
    }
}
