//! Idle connections, by origin.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use http::HeaderValue;
use url::{Position, Url};

use crate::clock::now;
use crate::connection::Connection;
use crate::error::Error;
use crate::reaper::{Reap, Reaper};

pub(crate) struct Pool {
    origins: Mutex<Vec<Arc<OriginPool>>>,
    idle_count: AtomicUsize,
    is_closed: AtomicBool,
    idle_timeout: Duration,
    max_idle_per_origin: usize,
    max_idle: usize,
    reaper: Reaper,
}

/// The idle connections of one scheme, host and port.
pub(crate) struct OriginPool {
    /// The start of its URLs, up to the path.
    name: String,
    host: HeaderValue,
    /// The most recently used one is last, and is reused first.
    idle: Mutex<VecDeque<(Instant, Connection)>>,
    pool: Weak<Pool>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    pub(crate) fn new(idle_timeout: Duration, max_idle_per_origin: usize, max_idle: usize) -> Self {
        Self {
            origins: Mutex::default(),
            idle_count: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
            idle_timeout,
            max_idle_per_origin,
            max_idle,
            reaper: Reaper::default(),
        }
    }

    pub(crate) fn origin(self: &Arc<Self>, url: &Url) -> Result<Arc<OriginPool>, Error> {
        let name = &url[..Position::BeforePath];
        let mut origins = locked(&self.origins);
        if let Some(origin) = origins.iter().find(|origin| origin.name == name) {
            return Ok(Arc::clone(origin));
        }
        let host = HeaderValue::try_from(&url[Position::BeforeHost..Position::BeforePath])
            .map_err(|error| Error::not_sent("the request cannot be built").with_source(error))?;
        let (idle, pool) = (Mutex::default(), Arc::downgrade(self));
        let origin = Arc::new(OriginPool { name: name.to_owned(), host, idle, pool });
        // A program may use ever new origins; those without an idle connection are not needed.
        if origins.len() >= self.max_idle {
            origins.retain(|origin| !locked(&origin.idle).is_empty());
        }
        origins.push(Arc::clone(&origin));
        Ok(origin)
    }

    /// An idle connection that the server has not closed.
    pub(crate) fn take(&self, origin: &OriginPool) -> Option<Connection> {
        loop {
            let mut idle = locked(&origin.idle);
            let (since, mut connection) = idle.pop_back()?;
            self.idle_count.fetch_sub(1, Ordering::SeqCst);
            if now().saturating_duration_since(since) > self.idle_timeout {
                // The others are older.
                self.idle_count.fetch_sub(idle.len(), Ordering::SeqCst);
                let expired = std::mem::take(&mut *idle);
                drop((idle, expired));
                return None;
            }
            drop(idle);
            if connection.is_alive() {
                return Some(connection);
            }
        }
    }

    /// Closes idle connections, and those in use once their response is read.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.retain(|_, _| false);
        self.reaper.stop();
    }

    fn retain(&self, mut is_kept: impl FnMut(Instant, &mut Connection) -> bool) {
        let origins = locked(&self.origins).clone();
        for origin in origins {
            let mut closed = Vec::new();
            let mut idle = locked(&origin.idle);
            for (since, mut connection) in std::mem::take(&mut *idle) {
                if is_kept(since, &mut connection) {
                    idle.push_back((since, connection));
                } else {
                    closed.push(connection);
                }
            }
            self.idle_count.fetch_sub(closed.len(), Ordering::SeqCst);
            drop((idle, closed));
        }
    }

    /// Closes the connection that has been idle longest.
    fn close_oldest(&self) {
        let origins = locked(&self.origins).clone();
        let since =
            |origin: &Arc<OriginPool>| locked(&origin.idle).front().map(|(since, _)| *since);
        let oldest = origins
            .iter()
            .filter_map(|origin| Some((since(origin)?, origin)))
            .min_by_key(|(since, _)| *since);
        if let Some((_, origin)) = oldest
            && let Some(closed) = locked(&origin.idle).pop_front()
        {
            self.idle_count.fetch_sub(1, Ordering::SeqCst);
            drop(closed);
        }
    }
}

impl Reap for Pool {
    fn reap(&self) {
        let now = now();
        self.retain(|since, connection| {
            now.saturating_duration_since(since) <= self.idle_timeout && connection.is_alive()
        });
    }

    fn idle_count(&self) -> usize {
        self.idle_count.load(Ordering::SeqCst)
    }

    fn reaper(&self) -> &Reaper {
        &self.reaper
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.reaper.stop();
    }
}

impl OriginPool {
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Keeps a connection for the next request, unless its pool is closed or dropped.
    pub(crate) fn keep(&self, connection: Connection) {
        let Some(pool) = self.pool.upgrade() else { return };
        if pool.max_idle == 0 || pool.max_idle_per_origin == 0 {
            return;
        }
        // A full origin closes a connection of its own below.
        if pool.idle_count() >= pool.max_idle && locked(&self.idle).len() < pool.max_idle_per_origin
        {
            pool.close_oldest();
        }
        let mut idle = locked(&self.idle);
        if pool.is_closed.load(Ordering::SeqCst) {
            return;
        }
        let oldest = if idle.len() >= pool.max_idle_per_origin { idle.pop_front() } else { None };
        idle.push_back((now(), connection));
        if oldest.is_none() {
            pool.idle_count.fetch_add(1, Ordering::SeqCst);
        }
        drop(idle);
        let weak = Arc::downgrade(&pool);
        pool.reaper.start(weak);
    }
}
