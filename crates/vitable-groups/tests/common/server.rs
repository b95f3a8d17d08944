//! A server that sends exactly the bytes of a test.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code"
)]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vitable_groups::{Client, ClientBuilder, HttpConfig, HttpVersion};

pub(crate) const GROUP: &str = r#"{"data": {"id": "grp_1", "name": "Tier 1"}}"#;

/// What the server does with a request.
pub(crate) enum Action {
    Send(Vec<u8>),
    /// Sends these bytes, then keeps the connection open.
    Stall(&'static str),
    /// Sends these bytes, then closes the connection.
    Truncate(&'static str),
    /// Sends the first, then repeats the second without end.
    Endless(&'static str, &'static str),
}

pub(crate) struct Server {
    version: HttpVersion,
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(
        version: HttpVersion,
        act: impl Fn(&str) -> Action + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let (act, log) = (Arc::new(act), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (act, log) = (Arc::clone(&act), Arc::clone(&log));
                tokio::spawn(async move { serve(stream, &*act, &log).await });
            }
        });
        Self { version, url, requests }
    }

    pub(crate) fn client(&self, set_up: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        set_up(builder(&self.url, self.version)).build().unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn builder(url: &str, version: HttpVersion) -> ClientBuilder {
    let none: [(&str, &str); 0] = [];
    let http = HttpConfig::new().http_version(version);
    Client::builder().variables(none).api_key("key").base_url(url).http(http)
}

async fn serve(
    mut stream: TcpStream,
    act: &(dyn Fn(&str) -> Action + Sync),
    log: &Mutex<Vec<String>>,
) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
        text.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
        let Some(end) = text.find("\r\n\r\n") else { continue };
        let length = text
            .lines()
            .find_map(|line| {
                line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned)
            })
            .map_or(0, |length| length.parse().unwrap());
        if text.len() < end + 4 + length {
            continue;
        }
        let request: String = text.drain(..end + 4 + length).collect();
        log.lock().unwrap().push(request.clone());
        match act(&request) {
            Action::Send(bytes) => stream.write_all(&bytes).await.unwrap(),
            Action::Stall(bytes) => {
                stream.write_all(bytes.as_bytes()).await.unwrap();
                // Waits until the client closes the connection.
                let _ = stream.read(&mut buffer).await;
                return;
            }
            Action::Endless(head, chunk) => {
                // On a thread, so that there is more to read whenever the client reads.
                use std::io::Write as _;
                let chunks = chunk.repeat(1 + 65536 / chunk.len());
                let mut stream = stream.into_std().unwrap();
                stream.set_nonblocking(false).unwrap();
                std::thread::spawn(move || {
                    let _ = stream.write_all(head.as_bytes());
                    while stream.write_all(chunks.as_bytes()).is_ok() {}
                });
                return;
            }
            Action::Truncate(bytes) => {
                stream.write_all(bytes.as_bytes()).await.unwrap();
                return;
            }
        }
    }
}

pub(crate) fn respond(status: &str, headers: &str, body: &[u8]) -> Action {
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Action::Send(bytes)
}
