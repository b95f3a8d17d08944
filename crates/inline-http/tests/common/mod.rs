//! A scripted server on threads of its own, and ways to run a call.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code, of which each file uses some"
)]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::StreamExt as _;
use http::{HeaderMap, Method};
use inline_http::{Error, InlineTransport, Reactor, Request, Response, poll_inline};
use url::Url;

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// How long a test waits for an expected event.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// What the server does with a request.
pub(crate) enum Action {
    Send(Vec<u8>),
    /// Sends this, shuts down its side, then waits for the client.
    End(Vec<u8>),
    /// Closes the connection without a response.
    Close,
    /// Sends the first, then repeats the second without end.
    Endless(&'static str, &'static [u8]),
}

pub(crate) fn send(text: impl Into<Vec<u8>>) -> Action {
    Action::Send(text.into())
}

pub(crate) struct Server {
    pub(crate) url: Url,
    /// The connection number and the request line of each request.
    seen: Arc<Mutex<Vec<(usize, String)>>>,
    /// The number of each connection that the client closed.
    closed: Receiver<usize>,
}

impl Server {
    /// `act` receives the number of the connection, that of the request on it, and the request.
    pub(crate) fn start(
        act: impl Fn(usize, usize, &str) -> Action + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (act, seen, (notify, closed)) = (Arc::new(act), Arc::default(), channel());
        let log: Arc<Mutex<Vec<(usize, String)>>> = Arc::clone(&seen);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (act, log, notify) = (Arc::clone(&act), Arc::clone(&log), notify.clone());
                std::thread::spawn(move || serve(stream.unwrap(), number, &*act, &log, &notify));
            }
        });
        Self { url, seen, closed }
    }

    pub(crate) fn seen(&self) -> Vec<(usize, String)> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until the client closes a connection; returns its number.
    pub(crate) fn next_closed(&self) -> usize {
        self.closed.recv_timeout(LONG).unwrap()
    }
}

fn serve(
    mut stream: TcpStream,
    number: usize,
    act: &dyn Fn(usize, usize, &str) -> Action,
    log: &Mutex<Vec<(usize, String)>>,
    notify: &Sender<usize>,
) {
    let mut buffer = vec![0; 65536];
    let mut count = 0;
    // Each request arrives in one read here.
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let line = request.lines().next().unwrap_or_default().to_owned();
        log.lock().unwrap().push((number, line));
        match act(number, count, &request) {
            Action::Send(bytes) => drop(stream.write_all(&bytes)),
            Action::Close => return,
            Action::End(bytes) => {
                let _ = stream.write_all(&bytes);
                let _ = stream.shutdown(Shutdown::Write);
            }
            Action::Endless(head, chunk) => {
                let _ = stream.write_all(head.as_bytes());
                let chunks = chunk.repeat(1 + 65536 / chunk.len());
                while stream.write_all(&chunks).is_ok() {}
            }
        }
        count += 1;
    }
    // The test may be over.
    let _ = notify.send(number);
}

pub(crate) async fn get(transport: &InlineTransport, url: &Url) -> Result<Response, Error> {
    request(transport, url, &Method::GET, true).await
}

pub(crate) async fn request(
    transport: &InlineTransport,
    url: &Url,
    method: &Method,
    idempotent: bool,
) -> Result<Response, Error> {
    let headers = HeaderMap::new();
    let mut request = Request::new(method, url, &headers);
    request.idempotent = idempotent;
    transport.send(request).await
}

pub(crate) async fn read(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.body.next().await {
        body.extend_from_slice(&chunk?);
    }
    Ok(body)
}

/// Waits until a condition holds that another thread brings about.
#[expect(clippy::disallowed_methods, reason = "other threads run in real time")]
pub(crate) fn wait_until(problem: &str, holds: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !holds() {
        assert!(started.elapsed() < LONG, "{problem}");
        std::thread::yield_now();
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs a call on a runtime only.
pub(crate) fn on_runtime<T>(call: impl Future<Output = T>) -> T {
    runtime().block_on(limited(call))
}

/// Unlike `tokio::time::timeout`, it does not poll the call once more after the time, which would hide that
/// nothing woke it.
#[expect(clippy::disallowed_methods, reason = "a call that is not woken never ends")]
async fn limited<T>(call: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        () = tokio::time::sleep(LONG) => panic!("the call is not woken"),
        result = call => result,
    }
}

/// Runs a call as the Python package runs its sync calls.
pub(crate) fn inline<T>(call: impl Future<Output = T>) -> T {
    let mut call = Box::pin(call);
    let runtime = runtime();
    let entered = runtime.enter();
    if let Poll::Ready(result) = poll_inline(call.as_mut()) {
        return result;
    }
    drop(entered);
    runtime.block_on(limited(call))
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Runs a call as an event loop does, and counts its polls. Connecting needs a runtime.
pub(crate) fn on_loop<T>(call: impl Future<Output = T>) -> (T, usize) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _entered = runtime.enter();
    let reactor = Arc::new(Reactor::new().unwrap());
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut call: Pin<Box<dyn Future<Output = T>>> = Box::pin(call);
    let mut polls = 0;
    loop {
        if flag.0.swap(false, Ordering::SeqCst) {
            polls += 1;
            let polled = reactor.poll(call.as_mut(), &mut Context::from_waker(&waker));
            if let Poll::Ready(result) = polled {
                return (result, polls);
            }
        }
        reactor.dispatch().unwrap();
        std::thread::yield_now();
    }
}
