//! One connection: hyper speaks HTTP on it, whoever waits for the answer drives it.

use std::future::{Ready, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, Uri};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tower_http::decompression::{Decompression, DecompressionBody};
use tower_service::Service;
use url::{Host, Url};

use super::socket::{Mode, Socket, Went, in_mode, may_wait};
use super::{Cause, GARBLED, Outgoing};
use crate::retry::Failure;
use crate::transport::TransportError;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(super) struct Connection(Box<Inner>);

struct Inner {
    sender: SendRequest<Full<Bytes>>,
    work: http1::Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>,
    is_over: bool,
    again: Arc<Again>,
}

/// hyper asks to be polled once more. Most often it tells the waiting side of this connection that
/// the working side went on, or the other way round, and both are polled here; woken by that, the
/// task would be polled in vain for each call. The socket wakes the task itself.
#[derive(Default)]
struct Again(AtomicBool);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What became of a request.
pub(super) enum Asked {
    Answered(Response<Incoming>),
    NotSent(Box<Outgoing>, Cause),
    Broken(Cause),
}

impl Connection {
    pub(super) async fn open(url: &Url, tls: Option<&TlsConnector>) -> Result<Self, Cause> {
        let host = url.host().ok_or("the address names no host")?;
        let port = url.port_or_known_default().ok_or("the address names no port")?;
        let uri: Uri = format!("http://{host}:{port}/").parse()?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEP_ALIVE));
        connector.set_keepalive_interval(Some(KEEP_ALIVE));
        connector.set_keepalive_retries(Some(3));
        let stream = connector.call(uri).await?.into_inner().into_std()?;
        let socket = Socket::new(stream)?;
        let stream: Box<dyn Stream> = match tls {
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
        let (sender, work) = http1::Builder::new().handshake(TokioIo::new(stream)).await?;
        Ok(Self(Box::new(Inner { sender, work, is_over: false, again: Arc::default() })))
    }

    /// Whether the other side still holds it.
    pub(super) fn is_alive(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.go_on(Mode::Look, &mut cx);
        !self.0.is_over && !self.0.sender.is_closed()
    }

    fn go_on(&mut self, mode: Mode, cx: &mut Context<'_>) -> Went {
        if self.0.is_over {
            return Went::On;
        }
        let again = Arc::clone(&self.0.again);
        again.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&again));
        let work = Pin::new(&mut self.0.work);
        let (polled, went) =
            in_mode(mode, cx.waker(), || work.poll(&mut Context::from_waker(&waker)));
        self.0.is_over = polled.is_ready();
        // While it worked, it can only have asked for itself.
        if again.0.load(Ordering::Relaxed) && mode == Mode::Watch {
            cx.waker().wake_by_ref();
        }
        went
    }

    /// Works until `get` has what it waits for.
    ///
    /// Before it waits at the socket, hyper has used up all that has arrived: it looks for the end
    /// of an idle connection too, and that look must not wait.
    fn poll_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut get: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // It changes by the work alone, which is done here.
        let mut idle = Context::from_waker(Waker::noop());
        if let Poll::Ready(result) = get(&mut idle) {
            return Poll::Ready(result);
        }
        let mut mode = Mode::Hold;
        loop {
            let went = self.go_on(mode, cx);
            if let Poll::Ready(result) = get(&mut idle) {
                return Poll::Ready(result);
            }
            if mode == Mode::Watch {
                return Poll::Pending;
            }
            mode = if went == Went::On && may_wait() { Mode::Wait } else { Mode::Watch };
        }
    }

    pub(super) async fn ask(&mut self, request: Outgoing) -> Asked {
        let mut answer = pin!(self.0.sender.try_send_request(request));
        let answer = poll_fn(|cx| self.poll_until(cx, |cx| answer.as_mut().poll(cx))).await;
        match answer {
            Ok(answer) => Asked::Answered(answer),
            Err(mut error) => match error.take_message() {
                Some(request) => Asked::NotSent(Box::new(request), Box::new(error.into_error())),
                None => Asked::Broken(Box::new(error.into_error())),
            },
        }
    }

    /// The body of the answer; `keep` gets the connection when all of it was read.
    pub(super) fn body<K: FnOnce(Self) + Unpin>(self, incoming: Incoming, keep: K) -> Answer<K> {
        Answer { connection: Some((self, keep)), incoming }
    }
}

/// A body as it comes. Dropping it before its end closes the connection.
pub(super) struct Answer<K> {
    connection: Option<(Connection, K)>,
    incoming: Incoming,
}

impl<K: FnOnce(Connection) + Unpin> Body for Answer<K> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let Self { connection, incoming } = self.get_mut();
        let Some((work, _)) = connection else { return Poll::Ready(None) };
        let frame = work.poll_until(cx, |cx| Pin::new(&mut *incoming).poll_frame(cx));
        match std::task::ready!(frame) {
            Some(Ok(frame)) => return Poll::Ready(Some(Ok(frame))),
            Some(Err(error)) => {
                *connection = None;
                let cause: Cause = Box::new(error);
                return Poll::Ready(Some(Err(super::failed(
                    Failure::ConnectionLost,
                    GARBLED,
                    cause,
                ))));
            }
            None => {}
        }
        if let Some((mut work, keep)) = connection.take() {
            work.go_on(Mode::Hold, cx);
            if !work.0.is_over && !work.0.sender.is_closed() {
                keep(work);
            }
        }
        Poll::Ready(None)
    }
}

/// The answer with its body decompressed.
pub(super) async fn decompressed<B: Body>(
    answer: Response<B>,
) -> Result<Response<DecompressionBody<B>>, Cause> {
    let request = http::Request::new(());
    Decompression::new(Given(Some(answer))).call(request).await
}

/// Answers with what it was given.
struct Given<B>(Option<Response<B>>);

impl<B> Service<http::Request<()>> for Given<B> {
    type Response = Response<B>;
    type Error = Cause;
    type Future = Ready<Result<Response<B>, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<()>) -> Self::Future {
        ready(self.0.take().ok_or_else(|| "asked twice".into()))
    }
}
