//! A thread that closes idle connections, while there are any.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// How long a socket stays open, at most, after the server closed it.
const INTERVAL: Duration = Duration::from_secs(1);
/// The thread ends after this many intervals without an idle connection.
const LINGER: u32 = 5;
const STACK: usize = 128 * 1024;

/// A pool whose idle connections are closed by a [`Reaper`].
pub(crate) trait Reap: Send + Sync + 'static {
    /// Closes the connections that have been idle for too long, or that the server closed.
    fn reap(&self);

    fn idle_count(&self) -> usize;

    fn reaper(&self) -> &Reaper;
}

/// Starts and stops the thread.
#[derive(Default)]
pub(crate) struct Reaper {
    is_running: AtomicBool,
    stop: Arc<Stop>,
}

/// The thread holds this and a weak reference to the pool, so it does not keep the pool alive.
#[derive(Default)]
struct Stop {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Reaper {
    /// Starts the thread if it is not running.
    pub(crate) fn start<P: Reap>(&self, pool: Weak<P>) {
        if self.is_running.load(Ordering::SeqCst) || self.is_running.swap(true, Ordering::SeqCst) {
            return;
        }
        let stop = Arc::clone(&self.stop);
        let builder = thread::Builder::new().name("inline-http-idle".to_owned()).stack_size(STACK);
        if builder.spawn(move || run(&pool, &stop)).is_err() {
            // Without the thread, connections are checked when they are used; it may start later.
            self.is_running.store(false, Ordering::SeqCst);
        }
    }

    pub(crate) fn stop(&self) {
        *self.stop.is_set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.changed.notify_all();
    }

    /// Whether the thread may end: no connection became idle meanwhile.
    fn may_end(&self, pool: &impl Reap) -> bool {
        self.is_running.store(false, Ordering::SeqCst);
        pool.idle_count() == 0 || self.is_running.swap(true, Ordering::SeqCst)
    }
}

impl Stop {
    /// Waits for an interval; returns whether the pool is closed.
    fn wait(&self) -> bool {
        let is_set = self.is_set.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(is_set, INTERVAL, |is_set| !*is_set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn run(pool: &Weak<impl Reap>, stop: &Stop) {
    let mut unused = 0;
    while !stop.wait() {
        let Some(pool) = pool.upgrade() else { return };
        pool.reap();
        unused = if pool.idle_count() == 0 { unused + 1 } else { 0 };
        if unused > LINGER && pool.reaper().may_end(&*pool) {
            return;
        }
    }
}
