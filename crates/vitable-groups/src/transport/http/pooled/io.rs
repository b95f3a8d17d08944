//! The pooled client's connections.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use ::http::Extensions;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A byte stream: TCP, or TLS over it, or over a proxy's tunnel.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Counts the requests on an HTTP/1.1 connection by its reads and writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU32,
    /// Whether the last operation was a write.
    is_waiting: AtomicBool,
}

impl Traffic {
    pub(super) fn of(connected: &Connected) -> Self {
        let mut extensions = Extensions::new();
        connected.get_extras(&mut extensions);
        extensions.remove().unwrap_or_default()
    }

    /// Whether a request was sent on a reused connection, and no byte of a response arrived.
    pub(super) fn is_silent_reuse(&self) -> bool {
        self.0.requests.load(Ordering::SeqCst) > 1 && self.0.is_waiting.load(Ordering::SeqCst)
    }

    fn wrote(&self) {
        if !self.0.is_waiting.swap(true, Ordering::SeqCst) {
            self.0.requests.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn read(&self) {
        self.0.is_waiting.store(false, Ordering::SeqCst);
    }
}

struct Observed {
    stream: Box<dyn Duplex>,
    traffic: Traffic,
}

impl AsyncRead for Observed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut *self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.traffic.read();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Observed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.traffic.wrote();
        Pin::new(&mut *self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.traffic.wrote();
        Pin::new(&mut *self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}

/// A connection for hyper-util's client.
pub(super) struct Pooled {
    io: TokioIo<Observed>,
    is_proxied: bool,
    is_h2: bool,
}

impl Pooled {
    /// With `is_proxied`, requests have absolute URLs, as proxies expect.
    pub(super) fn new(stream: Box<dyn Duplex>, is_proxied: bool, is_h2: bool) -> Self {
        let observed = Observed { stream, traffic: Traffic::default() };
        Self { io: TokioIo::new(observed), is_proxied, is_h2 }
    }
}

impl Connection for Pooled {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.is_proxied);
        if self.is_h2 {
            // Concurrent requests share it, so reads and writes belong to no single one.
            return connected.negotiated_h2();
        }
        connected.extra(self.io.inner().traffic.clone())
    }
}

impl Read for Pooled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Pooled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
