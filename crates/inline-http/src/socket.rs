//! A socket that a thread can block on, or that a reactor or runtime watches.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::net::{Shutdown, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, sendmsg};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{self, Handle};

use crate::clock::now;
use crate::reactor::{self, Registration};

/// How long a thread blocks on a socket before a runtime waits instead. Ctrl-C can be delayed by as much.
pub(crate) const MAX_BLOCK: Duration = Duration::from_millis(50);
/// Fits 100 items of JSON. Its unused pages take no memory.
const BUFFER: usize = 64 * 1024;

/// What a read may do when nothing has arrived.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum ReadMode {
    /// Return at once without a system call: new data is not needed yet.
    Skip,
    /// One `recv` that does not block.
    Try,
    /// One `recv` that blocks this thread, then [`Skip`](Self::Skip).
    Block,
    /// Have the reactor, or else the runtime, wake the task.
    Register,
}

/// What a connection waits for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum BlockedOn {
    /// Its next read, or nothing.
    Read,
    /// Something else, such as room for a write.
    Other,
}

thread_local! {
    static MODE: Cell<ReadMode> = const { Cell::new(ReadMode::Register) };
    /// Until when this thread may block on sockets.
    static BLOCK_UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    /// The waker for sockets, where it differs from that of the poll's context.
    static TASK: Cell<Option<Waker>> = const { Cell::new(None) };
    static WRITE_BLOCKED: Cell<bool> = const { Cell::new(false) };
}

/// Polls a call once. While the call waits for a response on an open connection, this thread blocks on
/// the socket for up to 50 ms, without a runtime: that saves most of the overhead of a small call. If
/// the call is still pending then, poll it on a runtime, like any future.
///
/// For hosts that make one call at a time on a thread of their own, such as Python. A tokio runtime must
/// be entered ([`Handle::enter`](tokio::runtime::Handle::enter)).
///
/// ```
/// let mut call = std::pin::pin!(async { 1 });
/// assert!(inline_http::poll_inline(call.as_mut()).is_ready());
/// ```
pub fn poll_inline<F: Future + ?Sized>(call: Pin<&mut F>) -> Poll<F::Output> {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            BLOCK_UNTIL.set(None);
        }
    }
    let _reset = Reset;
    BLOCK_UNTIL.set(Some(now() + MAX_BLOCK));
    call.poll(&mut Context::from_waker(Waker::noop()))
}

/// Whether this thread may block on a socket now.
pub(crate) fn may_block() -> bool {
    BLOCK_UNTIL.get().is_some_and(|end| now() < end)
}

/// Has a runtime wait for the call that is polled now, instead of this thread.
pub(crate) fn forbid_blocking() {
    BLOCK_UNTIL.set(None);
}

/// Runs `work`, whose reads follow `mode`. With [`ReadMode::Register`], sockets wake `task`.
pub(crate) fn in_mode<T>(mode: ReadMode, task: &Waker, work: impl FnOnce() -> T) -> (T, BlockedOn) {
    MODE.set(mode);
    WRITE_BLOCKED.set(false);
    TASK.set((mode == ReadMode::Register).then(|| task.clone()));
    let result = work();
    TASK.set(None);
    let has_not_read = mode == ReadMode::Block && MODE.get() == ReadMode::Block;
    MODE.set(ReadMode::Register);
    let blocked_on =
        if has_not_read || WRITE_BLOCKED.get() { BlockedOn::Other } else { BlockedOn::Read };
    (result, blocked_on)
}

/// Polls with the waker that the socket must wake.
fn with_task<T>(cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let Some(task) = TASK.take() else { return poll(cx) };
    let result = poll(&mut Context::from_waker(&task));
    TASK.set(Some(task));
    result
}

/// A TCP socket in blocking mode with a read timeout; system calls that must not block pass a flag.
pub(crate) struct Socket {
    // Dropped before the stream, as only an open socket can be deregistered.
    watcher: Watcher,
    stream: TcpStream,
    buffer: Box<[u8]>,
    unread: std::ops::Range<usize>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(MAX_BLOCK))?;
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Ok(Self { watcher: Watcher::None, stream, buffer, unread: 0..0 })
    }

    fn watch(&mut self) -> io::Result<()> {
        match (reactor::current(), &self.watcher) {
            (Some(reactor), Watcher::Reactor(registration)) if registration.is_of(&reactor) => {}
            (Some(reactor), _) => {
                self.unwatch()?;
                self.watcher = Watcher::Reactor(Registration::new(reactor, &self.stream)?);
            }
            (None, watcher) => {
                let here = Handle::try_current().map_err(io::Error::other)?.id();
                if matches!(watcher, Watcher::Runtime(_, id) if *id == here) {
                    return Ok(());
                }
                self.watcher = Watcher::None;
                self.stream.set_nonblocking(true)?;
                let stream = tokio::net::TcpStream::from_std(self.stream.try_clone()?)?;
                self.watcher = Watcher::Runtime(stream, here);
            }
        }
        Ok(())
    }

    /// Returns to the mode in which a thread can block on it.
    fn unwatch(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.watcher, Watcher::None) {
            Watcher::Runtime(..) => self.stream.set_nonblocking(false),
            Watcher::None | Watcher::Reactor(_) => Ok(()),
        }
    }

    fn receive(&mut self, flags: RecvFlags) -> io::Result<usize> {
        Ok(recv(&self.stream, &mut *self.buffer, flags)?.1)
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let received = match MODE.get() {
            ReadMode::Skip => return Poll::Pending,
            ReadMode::Try => self.receive(RecvFlags::DONTWAIT),
            ReadMode::Block => {
                MODE.set(ReadMode::Skip);
                self.unwatch().and_then(|()| self.receive(RecvFlags::empty()))
            }
            ReadMode::Register => return with_task(cx, |cx| self.poll_watched(cx)),
        };
        match received {
            Ok(count) => Poll::Ready(Ok(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                // A signal, which the caller must be able to handle.
                BLOCK_UNTIL.set(None);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_watched(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.watch()?;
        if let Watcher::Runtime(stream, _) = &mut self.watcher {
            let mut buffer = ReadBuf::new(&mut self.buffer);
            ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
            return Poll::Ready(Ok(buffer.filled().len()));
        }
        loop {
            let Watcher::Reactor(registration) = &self.watcher else { return Poll::Pending };
            ready!(registration.poll_readable(cx));
            // Before the system call: what arrives after it is a new event.
            registration.was_read(true);
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
        if let Watcher::Reactor(registration) = &self.watcher {
            registration.was_read(all);
        }
    }
}

/// What wakes the task when a socket is readable or writable.
enum Watcher {
    None,
    /// A runtime, which holds the same socket, in non-blocking mode. A transport may be used from
    /// several runtimes; one that has ended or is not polled would never wake the task.
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
        if this.unread.is_empty() {
            let count = ready!(this.poll_fill(cx))?;
            this.unread = 0..count;
        } else if MODE.get() == ReadMode::Block {
            MODE.set(ReadMode::Skip);
        }
        let unread = this.buffer.get(this.unread.clone()).unwrap_or_default();
        let count = unread.len().min(buf.remaining());
        buf.put_slice(unread.get(..count).unwrap_or_default());
        this.unread.start += count;
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
        WRITE_BLOCKED.set(true);
        if MODE.get() != ReadMode::Register {
            return Poll::Pending;
        }
        this.watch()?;
        if let Watcher::Runtime(stream, _) = &mut this.watcher {
            return with_task(cx, |cx| Pin::new(stream).poll_write_vectored(cx, bufs));
        }
        let Watcher::Reactor(registration) = &this.watcher else { return Poll::Pending };
        ready!(with_task(cx, |cx| registration.poll_writable(cx)));
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

/// Apple's systems have no `MSG_NOSIGNAL`; there the standard library sets `SO_NOSIGPIPE`.
#[cfg(not(target_vendor = "apple"))]
const SEND: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
#[cfg(target_vendor = "apple")]
const SEND: SendFlags = SendFlags::DONTWAIT;
