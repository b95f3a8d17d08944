//! Sockets that a host's event loop watches, through one descriptor for all of them.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::TcpStream;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Registry, Token};
use tokio::task::coop;

const WAKE: Token = Token(usize::MAX);
const STEPS_PER_POLL: u32 = 64;

/// The sockets of a host's event loop, behind one descriptor.
///
/// The host watches the descriptor, calls [`dispatch`](Self::dispatch) when it is readable, and polls
/// its calls with [`poll`](Self::poll). Responses then need no other thread than the loop's.
///
/// ```
/// use std::sync::Arc;
/// use std::task::{Context, Waker};
///
/// let reactor = Arc::new(inline_http::Reactor::new()?);
/// let call = std::pin::pin!(async { 1 });
/// assert!(reactor.poll(call, &mut Context::from_waker(Waker::noop())).is_ready());
/// reactor.dispatch()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Reactor {
    pid: u32,
    registry: Registry,
    waker: mio::Waker,
    poll: Mutex<(mio::Poll, Events)>,
    sockets: Mutex<Sockets>,
    /// Calls that used up their steps, woken by the next [`dispatch`](Self::dispatch).
    deferred: Mutex<Vec<Waker>>,
}

#[derive(Debug, Default)]
struct Sockets {
    slots: Vec<Option<Arc<State>>>,
    free: Vec<usize>,
}

#[derive(Debug, Default)]
struct State(Mutex<Ready>);

#[derive(Debug, Default)]
struct Ready {
    reads: bool,
    writes: bool,
    /// The server sends no more; no event will follow.
    closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

thread_local! {
    /// The reactor of the call that is polled on this thread.
    static CURRENT: RefCell<Option<Arc<Reactor>>> = const { RefCell::new(None) };
    /// How many steps that call has left.
    static STEPS_LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Uses one of the steps that a call has per poll: a read of a socket, or a chunk of a body. A server
/// that sends without a pause must not block the thread of a runtime or an event loop.
pub(crate) fn poll_step(cx: &mut Context<'_>) -> Poll<()> {
    match STEPS_LEFT.get() {
        None => std::task::ready!(coop::poll_proceed(cx)).made_progress(),
        Some(0) => {
            // Woken by the next dispatch, so that the event loop runs first.
            if let Some(reactor) = current() {
                locked(&reactor.deferred).push(cx.waker().clone());
                reactor.wake();
            }
            return Poll::Pending;
        }
        Some(left) => STEPS_LEFT.set(Some(left - 1)),
    }
    Poll::Ready(())
}

pub(crate) fn current() -> Option<Arc<Reactor>> {
    CURRENT.with_borrow(Clone::clone)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reactor {
    /// A reactor without sockets.
    ///
    /// # Errors
    /// Those of the system, such as too many open files.
    pub fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = mio::Waker::new(&registry, WAKE)?;
        let poll = Mutex::new((poll, Events::with_capacity(256)));
        Ok(Self {
            pid: std::process::id(),
            registry,
            waker,
            poll,
            sockets: Mutex::default(),
            deferred: Mutex::default(),
        })
    }

    /// Makes the descriptor readable. Any thread may call it.
    pub fn wake(&self) {
        // It fails only if the event loop is gone.
        let _ = self.waker.wake();
    }

    /// Polls a call of the host's loop.
    pub fn poll<F: Future + ?Sized>(
        self: &Arc<Self>,
        future: std::pin::Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        struct Reset(Option<Arc<Reactor>>, Option<u32>);
        impl Drop for Reset {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
                STEPS_LEFT.set(self.1);
            }
        }
        let outer = CURRENT.replace(Some(Arc::clone(self)));
        let _reset = Reset(outer, STEPS_LEFT.replace(Some(STEPS_PER_POLL)));
        future.poll(cx)
    }

    /// Wakes the calls whose sockets are readable or writable. It does not block.
    ///
    /// # Errors
    /// Those of the system.
    pub fn dispatch(&self) -> io::Result<()> {
        std::mem::take(&mut *locked(&self.deferred)).into_iter().for_each(Waker::wake);
        let mut poll = locked(&self.poll);
        let (poll, events) = &mut *poll;
        match poll.poll(events, Some(Duration::ZERO)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in events.iter() {
            let state = locked(&self.sockets).slots.get(event.token().0).cloned().flatten();
            let Some(state) = state else { continue };
            let mut ready = locked(&state.0);
            let ended = event.is_error() || event.is_read_closed();
            ready.closed |= ended;
            ready.reads |= event.is_readable() || ended;
            ready.writes |= event.is_writable() || event.is_error() || event.is_write_closed();
            let reader = if ready.reads { ready.reader.take() } else { None };
            let writer = if ready.writes { ready.writer.take() } else { None };
            drop(ready);
            [reader, writer].into_iter().flatten().for_each(Waker::wake);
        }
        Ok(())
    }
}

impl AsRawFd for Reactor {
    fn as_raw_fd(&self) -> RawFd {
        locked(&self.poll).0.as_raw_fd()
    }
}

/// A socket in a reactor.
pub(crate) struct Registration {
    reactor: Arc<Reactor>,
    state: Arc<State>,
    fd: RawFd,
    slot: usize,
}

impl Registration {
    pub(crate) fn new(reactor: Arc<Reactor>, stream: &TcpStream) -> io::Result<Self> {
        let state = Arc::new(State::default());
        let slot = {
            let mut sockets = locked(&reactor.sockets);
            let free = sockets.free.pop();
            let slot = free.unwrap_or(sockets.slots.len());
            if slot == sockets.slots.len() {
                sockets.slots.push(None);
            }
            if let Some(entry) = sockets.slots.get_mut(slot) {
                *entry = Some(Arc::clone(&state));
            }
            slot
        };
        let fd = stream.as_raw_fd();
        let registration = Self { reactor, state, fd, slot };
        let interest = Interest::READABLE | Interest::WRITABLE;
        registration.reactor.registry.register(&mut SourceFd(&fd), Token(slot), interest)?;
        Ok(registration)
    }

    pub(crate) fn is_of(&self, reactor: &Arc<Reactor>) -> bool {
        Arc::ptr_eq(&self.reactor, reactor)
    }

    pub(crate) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut ready = locked(&self.state.0);
        if ready.reads {
            drop(ready);
            return poll_step(cx);
        }
        ready.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Notes a read, and whether it emptied the socket.
    pub(crate) fn was_read(&self, all: bool) {
        let mut ready = locked(&self.state.0);
        ready.reads = !all || ready.closed;
    }

    pub(crate) fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut ready = locked(&self.state.0);
        if std::mem::take(&mut ready.writes) {
            return Poll::Ready(());
        }
        ready.writer = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // After a fork, the descriptor is shared with the parent, which owns the registered sockets.
        if self.reactor.pid != std::process::id() {
            return;
        }
        let _ = self.reactor.registry.deregister(&mut SourceFd(&self.fd));
        let mut sockets = locked(&self.reactor.sockets);
        if let Some(entry) = sockets.slots.get_mut(self.slot) {
            *entry = None;
            sockets.free.push(self.slot);
        }
    }
}
