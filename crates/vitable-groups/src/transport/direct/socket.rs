//! A socket that a thread can wait at by itself, or hand to a runtime to be watched.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::net::{Shutdown, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, sendmsg};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{self, Handle};

use super::reactor::{self, Registration};
use crate::time::{Clock as _, SystemClock};

/// How long a thread waits at a socket before it lets a runtime watch it. Ctrl-C may have to wait so
/// long.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);
/// A page of 100 groups in one piece. The memory counts only once it is filled.
const BUFFER: usize = 64 * 1024;

/// What reading may do when nothing has arrived.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// Not even ask: nothing can have come that matters now.
    Hold,
    /// Ask once.
    Look,
    /// Wait on this thread, once.
    Wait,
    /// Have the reactor, or else the runtime, wake the task.
    Watch,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Watch) };
    /// Until when this thread may wait at sockets.
    static END: Cell<Option<Duration>> = const { Cell::new(None) };
    /// Whom a socket wakes, where that is not who polls it.
    static TASK: Cell<Option<Waker>> = const { Cell::new(None) };
    /// A write that could not go on.
    static STUCK: Cell<bool> = const { Cell::new(false) };
}

/// Polls a call once. Where it waits for an answer on a connection that it has, it waits on this
/// thread for a short while, without a runtime in between: that saves most of what a small call
/// costs. If it is not ready then, drive it on a runtime, as any future.
///
/// For hosts that make one call at a time on a thread of their own, such as Python. Call it with a
/// runtime entered.
///
/// ```
/// let mut work = std::pin::pin!(async { 1 });
/// assert!(vitable_groups::binding::poll_here(work.as_mut()).is_ready());
/// ```
pub fn poll_here<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            END.set(None);
        }
    }
    let _reset = Reset;
    END.set(Some(SystemClock.now() + PATIENCE));
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Whether this thread may wait at a socket now.
pub(super) fn may_wait() -> bool {
    END.get().is_some_and(|end| SystemClock.now() < end)
}

/// Leaves the waiting of the call that is polled now to a runtime.
pub(super) fn do_not_wait() {
    END.set(None);
}

/// What work at a connection came to, beside its result.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Went {
    /// It read, or there was nothing to wait for.
    On,
    /// It wants something else than to read.
    Elsewhere,
}

pub(super) fn in_mode<T>(mode: Mode, task: &Waker, work: impl FnOnce() -> T) -> (T, Went) {
    MODE.set(mode);
    STUCK.set(false);
    TASK.set((mode == Mode::Watch).then(|| task.clone()));
    let result = work();
    TASK.set(None);
    let untouched = mode == Mode::Wait && MODE.get() == Mode::Wait;
    MODE.set(Mode::Watch);
    (result, if untouched || STUCK.get() { Went::Elsewhere } else { Went::On })
}

/// Lets `watch` have the task that sleeps until the socket is ready.
fn with_task<T>(cx: &mut Context<'_>, watch: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let Some(task) = TASK.take() else { return watch(cx) };
    let result = watch(&mut Context::from_waker(&task));
    TASK.set(Some(task));
    result
}

/// One end of a TCP connection. It is in blocking mode with a time limit; where it must not block,
/// each call says so.
pub(super) struct Socket {
    // Before the stream, as it ends the watching of an open socket.
    watched: Watched,
    stream: TcpStream,
    buffer: Box<[u8]>,
    arrived: std::ops::Range<usize>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Ok(Self { watched: Watched::No, stream, buffer, arrived: 0..0 })
    }

    fn watch(&mut self) -> io::Result<()> {
        match (reactor::current(), &self.watched) {
            (Some(reactor), Watched::Reactor(place)) if place.is_of(&reactor) => {}
            (Some(reactor), _) => {
                self.unwatch()?;
                self.watched = Watched::Reactor(Registration::new(reactor, &self.stream)?);
            }
            (None, watched) => {
                let here = Handle::try_current().map_err(io::Error::other)?.id();
                if matches!(watched, Watched::Runtime(_, place) if *place == here) {
                    return Ok(());
                }
                self.watched = Watched::No;
                self.stream.set_nonblocking(true)?;
                let stream = tokio::net::TcpStream::from_std(self.stream.try_clone()?)?;
                self.watched = Watched::Runtime(stream, here);
            }
        }
        Ok(())
    }

    /// Back to where a thread can wait at it.
    fn unwatch(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.watched, Watched::No) {
            Watched::Runtime(..) => self.stream.set_nonblocking(false),
            Watched::No | Watched::Reactor(_) => Ok(()),
        }
    }

    fn receive(&mut self, flags: RecvFlags) -> io::Result<usize> {
        Ok(recv(&self.stream, &mut *self.buffer, flags)?.1)
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let received = match MODE.get() {
            Mode::Hold => return Poll::Pending,
            Mode::Look => self.receive(RecvFlags::DONTWAIT),
            Mode::Wait => {
                MODE.set(Mode::Hold);
                self.unwatch().and_then(|()| self.receive(RecvFlags::empty()))
            }
            Mode::Watch => return with_task(cx, |cx| self.poll_watched(cx)),
        };
        match received {
            Ok(count) => Poll::Ready(Ok(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                // A signal: the caller wants to know of it.
                END.set(None);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_watched(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.watch()?;
        if let Watched::Runtime(stream, _) = &mut self.watched {
            let mut buffer = ReadBuf::new(&mut self.buffer);
            ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
            return Poll::Ready(Ok(buffer.filled().len()));
        }
        loop {
            let Watched::Reactor(place) = &self.watched else { return Poll::Pending };
            ready!(place.poll_readable(cx));
            // Before the look: what arrives after it is told anew.
            place.was_read(true);
            match self.receive(RecvFlags::DONTWAIT) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.was_read(false),
                Err(error) => return Poll::Ready(Err(error)),
                Ok(count) => {
                    if count == self.buffer.len() {
                        self.was_read(false);
                    }
                    return Poll::Ready(Ok(count));
                }
            }
        }
    }

    fn was_read(&self, all: bool) {
        if let Watched::Reactor(place) = &self.watched {
            place.was_read(all);
        }
    }
}

/// Who tells when a socket has something to read, or takes more.
enum Watched {
    No,
    /// A runtime, which has the same socket in its hands, in non-blocking mode. A client may be
    /// used from several, and one that is gone or not driven would never tell.
    Runtime(tokio::net::TcpStream, runtime::Id),
    Reactor(Registration),
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.arrived.is_empty() {
            let count = ready!(this.poll_fill(cx))?;
            this.arrived = 0..count;
        } else if MODE.get() == Mode::Wait {
            MODE.set(Mode::Hold);
        }
        let held = this.buffer.get(this.arrived.clone()).unwrap_or_default();
        let count = held.len().min(buf.remaining());
        buf.put_slice(held.get(..count).unwrap_or_default());
        this.arrived.start += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut this = self;
        let mut none = SendAncillaryBuffer::default();
        match sendmsg(&this.stream, bufs, &mut none, SEND).map_err(io::Error::from) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            sent => return Poll::Ready(sent),
        }
        STUCK.set(true);
        if MODE.get() != Mode::Watch {
            return Poll::Pending;
        }
        this.watch()?;
        if let Watched::Runtime(stream, _) = &mut this.watched {
            return with_task(cx, |cx| Pin::new(stream).poll_write_vectored(cx, bufs));
        }
        let Watched::Reactor(place) = &this.watched else { return Poll::Pending };
        ready!(with_task(cx, |cx| place.poll_writable(cx)));
        this.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown(Shutdown::Write))
    }
}

/// Apple's systems have no such flag; there the standard library sets the socket so.
#[cfg(not(target_vendor = "apple"))]
const SEND: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
#[cfg(target_vendor = "apple")]
const SEND: SendFlags = SendFlags::DONTWAIT;
