//! Serves precomputed responses from memory on one thread: `bench-server [LATENCY_MS]`. Prints the
//! address that it listens on. `GET /count` returns the number of requests since the last count.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a standalone program")]

use std::cell::Cell;
use std::io::Write as _;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vitable_groups_bench::responses;

struct Responses {
    retrieve: Bytes,
    pages: Vec<Bytes>,
    past_the_end: Bytes,
    receipt: Bytes,
    state: Bytes,
    missing: Bytes,
    requests: Cell<u64>,
    latency: Duration,
}

fn http(status: &str, body: &str) -> Bytes {
    let head = "content-type: application/json\r\nx-request-id: req_C506ZkHHTlKfgy16G";
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}").into()
}

impl Responses {
    fn new(latency: Duration) -> Self {
        let last = responses::GROUPS / responses::PAGE;
        Self {
            retrieve: http("200 OK", &responses::envelope()),
            pages: (1..=last).map(|n| http("200 OK", &responses::page(n))).collect(),
            past_the_end: http("200 OK", &responses::page(last + 1)),
            receipt: http("202 Accepted", responses::RECEIPT),
            state: http("200 OK", responses::STATE),
            missing: http("404 Not Found", "{}"),
            requests: Cell::new(0),
            latency,
        }
    }

    fn choose(&self, method: &[u8], target: &[u8]) -> Bytes {
        self.requests.set(self.requests.get() + 1);
        let question = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
        let (path, query) = target.split_at(question);
        match (method, path) {
            (b"GET", b"/v1/groups") => self.page(query),
            (b"GET", b"/count") => http("200 OK", &(self.requests.replace(0) - 1).to_string()),
            (b"GET", path) if has(path, b"/members/sync/") => self.state.clone(),
            (b"GET", path) if path.starts_with(b"/v1/groups/") => self.retrieve.clone(),
            (b"POST", path) if has(path, b"/members/sync") => self.receipt.clone(),
            _ => self.missing.clone(),
        }
    }

    fn page(&self, query: &[u8]) -> Bytes {
        let query = std::str::from_utf8(query).unwrap_or_default();
        let number = query
            .trim_start_matches('?')
            .split('&')
            .find_map(|pair| pair.strip_prefix("page=")?.parse::<usize>().ok())
            .unwrap_or(1);
        let page = number.checked_sub(1).and_then(|index| self.pages.get(index));
        page.unwrap_or(&self.past_the_end).clone()
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn main() -> std::io::Result<()> {
    let latency = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    let responses = Rc::new(Responses::new(Duration::from_millis(latency)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let responses = Rc::clone(&responses);
            tokio::task::spawn_local(async move {
                // A client that disconnects ends only its own connection.
                let _ = serve(stream, &responses).await;
            });
        }
    })
}

async fn serve(mut stream: TcpStream, responses: &Responses) -> std::io::Result<()> {
    let mut buffer = BytesMut::with_capacity(64 * 1024);
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = buffer.split_to(end);
        let mut left = length(&head, &mut stream).await?;
        loop {
            let here = left.min(buffer.len());
            bytes::Buf::advance(&mut buffer, here);
            left -= here;
            if left == 0 {
                break;
            }
            buffer.reserve(64 * 1024);
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let mut words = head.as_ref().split(|byte: &u8| *byte == b' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let response = responses.choose(method, target);
        if !responses.latency.is_zero() {
            tokio::time::sleep(responses.latency).await;
        }
        stream.write_all(&response).await?;
        buffer.reserve(64 * 1024);
    }
}

/// The length of the request body. Sends `100 Continue` if the client expects it.
async fn length(head: &[u8], stream: &mut TcpStream) -> std::io::Result<usize> {
    if head.starts_with(b"GET") {
        return Ok(0);
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    if text.contains("expect: 100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Ok(length.unwrap_or(0))
}
