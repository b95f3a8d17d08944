//! One connection: hyper speaks HTTP/1.1 on it, polled by the call that uses it.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::connect;
use crate::error::{BoxError, Error, LOST, MALFORMED, TOO_LARGE};
use crate::socket::{BlockedOn, ReadMode, Socket, in_mode, may_block};

pub(crate) type Outgoing = http::Request<Full<Bytes>>;

/// The size limit of a response's head, including the interim (1xx) responses before it, which a server
/// could send without end.
const MAX_HEAD: usize = 512 * 1024;

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

thread_local! {
    /// The bytes that hyper has read in this poll: HTTP, without the overhead of TLS.
    static RECEIVED: Cell<usize> = const { Cell::new(0) };
}

/// Counts the bytes that are read.
struct Counted(Box<dyn Duplex>);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut *self.0).poll_read(cx, buf))?;
        RECEIVED.set(RECEIVED.get() + buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}

pub(crate) struct Connection(Box<Inner>);

struct Inner {
    sender: SendRequest<Full<Bytes>>,
    /// None once it has ended: as in a task of its own, hyper then fails a request that it still holds.
    driver: Option<http1::Connection<TokioIo<Counted>, Full<Bytes>>>,
    wants_poll: Arc<WantsPoll>,
    /// The bytes read since the request was sent.
    received: usize,
}

/// hyper's two halves of a connection wake each other's tasks. Here one task polls both, so such a wake-up
/// would cost a useless poll per call. The socket wakes the task itself.
#[derive(Default)]
struct WantsPoll(AtomicBool);

impl Wake for WantsPoll {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How sending a request ended.
pub(crate) enum SendOutcome {
    /// The head of the response has arrived.
    Responded(Response<Incoming>),
    /// Nothing was written; the request is returned.
    NotSent(Box<Outgoing>, BoxError),
    /// The connection ended, or must not be used any more.
    Lost {
        error: Error,
        /// No byte of a response arrived.
        is_silent: bool,
    },
}

impl Connection {
    pub(crate) async fn open(
        url: &Url,
        tls: Option<&TlsConnector>,
        limit: Option<Duration>,
    ) -> Result<Self, BoxError> {
        let host = url.host().ok_or("the URL has no host")?;
        let port = url.port_or_known_default().ok_or("the URL has no port")?;
        let name = url.host_str().unwrap_or_default();
        let stream = connect::connect(name, port, limit).await?.into_std()?;
        let socket = Socket::new(stream)?;
        let stream: Box<dyn Duplex> = match tls {
            None => Box::new(socket),
            Some(tls) => {
                let name = match host {
                    Host::Domain(name) => ServerName::try_from(name.to_owned())?,
                    Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(ip)),
                    Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(ip)),
                };
                Box::new(tls.connect(name, socket).await?)
            }
        };
        let io = TokioIo::new(Counted(stream));
        let (sender, driver) = http1::Builder::new().handshake(io).await?;
        let wants_poll = Arc::default();
        Ok(Self(Box::new(Inner { sender, driver: Some(driver), wants_poll, received: 0 })))
    }

    /// Whether the server has not closed it, checked with one read that does not block.
    pub(crate) fn is_alive(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.poll_driver(ReadMode::Try, &mut cx);
        self.is_open()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.driver.is_some() && !self.0.sender.is_closed()
    }

    pub(crate) fn poll_driver(&mut self, mode: ReadMode, cx: &mut Context<'_>) -> BlockedOn {
        let Some(driver) = &mut self.0.driver else { return BlockedOn::Read };
        let wants_poll = Arc::clone(&self.0.wants_poll);
        wants_poll.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&wants_poll));
        RECEIVED.set(0);
        let (polled, blocked_on) =
            in_mode(mode, cx.waker(), || Pin::new(driver).poll(&mut Context::from_waker(&waker)));
        self.0.received += RECEIVED.get();
        if polled.is_ready() {
            self.0.driver = None;
        }
        // During the poll, only the connection can have woken itself.
        if wants_poll.0.load(Ordering::Relaxed) && mode == ReadMode::Register {
            cx.waker().wake_by_ref();
        }
        blocked_on
    }

    /// Polls the connection until `get` is ready.
    ///
    /// The first poll skips reading: hyper first processes what has already arrived, and its check for
    /// the end of an idle connection must not block.
    pub(crate) fn poll_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut get: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // Only the polls below can change its result, but tokio has a task yield once its coop budget is used
        // up; the waker notes that.
        let wants_poll = Arc::clone(&self.0.wants_poll);
        let waker = Waker::from(Arc::clone(&wants_poll));
        let mut get = || get(&mut Context::from_waker(&waker));
        if let Poll::Ready(result) = get() {
            return Poll::Ready(result);
        }
        let mut mode = ReadMode::Skip;
        loop {
            let blocked_on = self.poll_driver(mode, cx);
            wants_poll.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(result) = get() {
                return Poll::Ready(result);
            }
            if mode == ReadMode::Register {
                if wants_poll.0.load(Ordering::Relaxed) {
                    cx.waker().wake_by_ref();
                }
                return Poll::Pending;
            }
            let can_block = blocked_on == BlockedOn::Read && may_block();
            mode = if can_block { ReadMode::Block } else { ReadMode::Register };
        }
    }

    pub(crate) async fn send(&mut self, request: Outgoing) -> SendOutcome {
        self.0.received = 0;
        let mut response = pin!(self.0.sender.try_send_request(request));
        let sent = poll_fn(|cx| {
            let polled = self.poll_until(cx, |cx| response.as_mut().poll(cx)).map(Some);
            if polled.is_pending() && self.0.received > MAX_HEAD {
                return Poll::Ready(None);
            }
            polled
        })
        .await;
        let is_silent = self.0.received == 0;
        match sent {
            Some(Ok(response)) => SendOutcome::Responded(response),
            Some(Err(mut error)) => match error.take_message() {
                Some(request) => {
                    SendOutcome::NotSent(Box::new(request), Box::new(error.into_error()))
                }
                None => SendOutcome::Lost { error: lost(error.into_error()), is_silent },
            },
            None => SendOutcome::Lost { error: too_large(), is_silent },
        }
    }
}

fn lost(error: hyper::Error) -> Error {
    if error.is_parse_too_large() {
        return too_large();
    }
    Error::connection_lost(LOST).with_source(error)
}

fn too_large() -> Error {
    Error::connection_lost(format!("{MALFORMED}: {TOO_LARGE}"))
}
