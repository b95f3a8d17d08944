//! Servers that never stop sending.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use common::{Action, OK, Server, get, inline, on_loop, on_runtime, read, send};
use futures_util::StreamExt as _;
use inline_http::{Config, Error, ErrorKind, InlineTransport};

const INTERIM: &[u8] = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";

fn assert_malformed(result: Result<inline_http::Response, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert_eq!(
        error.to_string(),
        "response truncated or malformed: too many header fields or interim (1xx) responses"
    );
}

#[test]
fn endless_interim_responses_fail_the_call() {
    let server = Server::start(|_, _, _| Action::Endless("", INTERIM));
    let transport = InlineTransport::new(Config::new());
    assert_malformed(on_runtime(get(&transport, &server.url)));
    assert_malformed(inline(get(&transport, &server.url)));
    assert_malformed(on_loop(get(&transport, &server.url)).0);
    for _ in 0..3 {
        server.next_closed();
    }
    assert_eq!((transport.idle_connections(), server.seen().len()), (0, 3));
}

#[test]
fn some_interim_responses_are_skipped() {
    let server = Server::start(|_, _, _| {
        send([&b"HTTP/1.1 100 Continue\r\n\r\n".repeat(50)[..], INTERIM, OK.as_bytes()].concat())
    });
    let transport = InlineTransport::new(Config::new());
    for _ in 0..2 {
        let response = inline(get(&transport, &server.url)).unwrap();
        assert_eq!(
            (response.status.as_u16(), inline(read(response)).unwrap()),
            (200, b"ok".into())
        );
    }
    assert_eq!(server.seen(), [(0, "GET / HTTP/1.1".to_owned()), (0, "GET / HTTP/1.1".to_owned())]);
}

#[test]
fn a_101_response_closes_its_connection() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n";
    let server = Server::start(move |_, _, _| Action::Endless(switch, b"another protocol"));
    let transport = InlineTransport::new(Config::new());
    let response = on_runtime(get(&transport, &server.url)).unwrap();
    assert_eq!((response.status.as_u16(), on_runtime(read(response)).unwrap()), (101, vec![]));
    assert_eq!((server.next_closed(), transport.idle_connections()), (0, 0));
}

/// A poll reads a few MiB at most, so that the event loop runs in between.
#[test]
fn an_endless_body_does_not_block_an_event_loop() {
    const READ: usize = 64 << 20;
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(move |_, _, _| Action::Endless(head, &[b' '; 1024]));
    let transport = InlineTransport::new(Config::new());
    let ((), polls) = on_loop(async {
        let mut body = get(&transport, &server.url).await.unwrap().body;
        let mut length = 0;
        while length < READ {
            length += body.next().await.unwrap().unwrap().len();
        }
    });
    assert!(polls > READ / (64 * 65536), "{polls}");
    server.next_closed();
}

/// With the smallest possible chunks.
#[test]
fn endless_chunks_do_not_block_a_runtime_or_an_event_loop() {
    const CHUNKS: usize = 100_000;
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = Server::start(move |_, _, _| Action::Endless(head, b"1\r\n \r\n"));
    let transport = InlineTransport::new(Config::new());
    let chunks = async {
        let mut body = get(&transport, &server.url).await.unwrap().body;
        for _ in 0..CHUNKS {
            assert_eq!(body.next().await.unwrap().unwrap(), " ");
        }
    };
    let ((), polls) = on_loop(chunks);
    assert!(polls > CHUNKS / 64, "{polls}");

    let ticks = std::cell::Cell::new(0);
    on_runtime(async {
        let mut body = get(&transport, &server.url).await.unwrap().body;
        let chunks = async {
            for _ in 0..CHUNKS {
                body.next().await.unwrap().unwrap();
            }
        };
        let other = async {
            loop {
                ticks.set(ticks.get() + 1);
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { () = chunks => {}, () = other => {} }
    });
    assert!(ticks.get() > CHUNKS / 256, "{}", ticks.get());
}

#[test]
fn errors_of_large_heads_name_the_reason() {
    let fields = "x: y\r\n".repeat(101);
    let many = format!("HTTP/1.1 200 OK\r\n{fields}content-length: 0\r\n\r\n");
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2_000_000));
    for head in [many, long] {
        let server = Server::start(move |_, _, _| send(head.clone()));
        let transport = InlineTransport::new(Config::new());
        let error = on_runtime(get(&transport, &server.url)).unwrap_err();
        assert!(error.to_string().contains("too many header fields"), "{error}");
    }
}
