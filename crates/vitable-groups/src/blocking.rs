//! The client that needs no asynchronous runtime. Requests are built as everywhere else;
//! [`Client::run`] sends them and blocks until they end.
//!
//! ```no_run
//! use vitable_groups::blocking::Client;
//! use vitable_groups::model::GroupCreateParams;
//! use vitable_groups::roster::Roster;
//!
//! # fn run(roster: Roster) -> Result<(), vitable_groups::Error> {
//! let client = Client::from_env()?; // VITABLE_CONNECT_API_KEY
//! let params = GroupCreateParams::new("tier-1", "Tier 1");
//! let group = client.run(client.groups().create(params))?;
//! for plan in client.iter(client.plans().list().items()) {
//!     println!("{}", plan?.name);
//! }
//! let sync = client.groups().members().sync();
//! let result = client.run(sync.apply(&group.id, roster).first_sync())?;
//! println!("{}", result.outcome);
//! # Ok(()) }
//! ```

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::IntoFuture;
use std::ops::Deref;
use std::rc::Rc;

use futures_util::stream::{BoxStream, StreamExt as _};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::client::ClientBuilder;
use crate::error::{Error, ErrorKind};

thread_local! {
    /// Whether this thread is inside `run`: a callback may call again.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    /// Each thread has its own, so that a callback that blocks holds up no other thread's calls. A
    /// fork gets a new one: it shares the parent's descriptors.
    static RUNTIME: RefCell<Option<(u32, Rc<Runtime>)>> = const { RefCell::new(None) };
}

fn runtime() -> Result<Rc<Runtime>, Error> {
    RUNTIME.with_borrow_mut(|held| {
        let pid = std::process::id();
        match held {
            Some((owner, runtime)) if *owner == pid => return Ok(Rc::clone(runtime)),
            Some(_) => std::mem::forget(held.take()),
            None => {}
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            Error::new(ErrorKind::Configuration, "cannot start the I/O runtime").with_source(error)
        })?;
        let runtime = Rc::new(runtime);
        *held = Some((pid, Rc::clone(&runtime)));
        Ok(runtime)
    })
}

/// A [`Client`](crate::Client) whose requests block the calling thread. Cheap to clone, safe to
/// share between threads.
///
/// It dereferences to the asynchronous client, which builds the requests, and it may be used from
/// callbacks of its own calls. Inside an asynchronous runtime of the program, where blocking would
/// hold up other tasks, every call fails: use the asynchronous client there.
///
/// ```no_run
/// # fn run() -> Result<(), vitable_groups::Error> {
/// use vitable_groups::blocking::Client;
///
/// let client = Client::new(vitable_groups::Client::builder().max_retries(4).build()?);
/// let page = client.run(client.groups().list().limit(50))?;
/// println!("{} groups", page.items.len());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client(crate::client::Client);

impl Client {
    /// Wraps a client; both share connections.
    pub fn new(client: crate::client::Client) -> Self {
        Self(client)
    }

    /// Creates a client from the environment, as [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        crate::client::Client::from_env().map(Self::new)
    }

    /// Starts setting up a client; wrap what it builds with [`new`](Self::new).
    pub fn builder() -> ClientBuilder {
        crate::client::Client::builder()
    }

    /// Sends a request and blocks until it ends: everything that the asynchronous client lets a
    /// program `.await`.
    ///
    /// ```no_run
    /// # fn run(client: vitable_groups::blocking::Client) -> Result<(), vitable_groups::Error> {
    /// let group = client.run(client.groups().retrieve("grp_1"))?;
    /// let response = client.run(client.groups().retrieve("grp_1").send())?; // with metadata
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The request's; [`ErrorKind::InvalidArgument`] inside an asynchronous runtime.
    pub fn run<T, R>(&self, request: R) -> Result<T, Error>
    where
        T: Send,
        R: IntoFuture<Output = Result<T, Error>, IntoFuture: Send>,
    {
        wait(request.into_future()).and_then(|result| result)
    }

    /// Iterates over a stream of pages or items, each fetched when it is reached. A failure ends
    /// the iteration.
    ///
    /// ```no_run
    /// # fn run(client: vitable_groups::blocking::Client) -> Result<(), vitable_groups::Error> {
    /// for group in client.iter(client.groups().list().limit(100).items()) {
    ///     println!("{}", group?.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn iter<T: Send>(&self, stream: BoxStream<'static, Result<T, Error>>) -> Iter<T> {
        Iter(Some(stream))
    }
}

fn wait<F: Future<Output: Send> + Send>(future: F) -> Result<F::Output, Error> {
    if RUNNING.get() {
        // A thread can run one call at a time: that of a callback gets a thread of its own.
        let joined = std::thread::scope(|scope| scope.spawn(|| block_on(future)).join());
        return joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
    if Handle::try_current().is_ok() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "a blocking call inside an asynchronous runtime would hold up its other tasks; \
             use the asynchronous client, or a thread for blocking work",
        ));
    }
    block_on(future)
}

fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            RUNNING.set(false);
        }
    }
    let runtime = runtime()?;
    let _reset = Reset;
    RUNNING.set(true);
    #[cfg_attr(
        not(all(feature = "http", unix)),
        expect(unused_mut, reason = "polled once with a transport")
    )]
    let mut future = std::pin::pin!(future);
    #[cfg(all(feature = "http", unix))]
    {
        let _entered = runtime.enter();
        let polled = inline_http::poll_inline(future.as_mut());
        if let std::task::Poll::Ready(output) = polled {
            return Ok(output);
        }
    }
    Ok(runtime.block_on(future))
}

impl Deref for Client {
    type Target = crate::client::Client;

    fn deref(&self) -> &crate::client::Client {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.0).finish()
    }
}

/// Pages or items, fetched as they are reached; see [`Client::iter`].
#[must_use = "nothing is fetched before it is iterated over"]
pub struct Iter<T>(Option<BoxStream<'static, Result<T, Error>>>);

impl<T: Send> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = wait(self.0.as_mut()?.next());
        let next = next.unwrap_or_else(|error| Some(Err(error)));
        if !matches!(next, Some(Ok(_))) {
            self.0 = None;
        }
        next
    }
}

impl<T> fmt::Debug for Iter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
