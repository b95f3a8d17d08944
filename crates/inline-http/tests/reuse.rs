//! Idle connections: reuse, closing by the server, limits and timeouts.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use std::future::poll_fn;
use std::io::{Read as _, Write as _};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};
use std::time::Duration;

use common::{
    Action, OK, Server, get, inline, on_loop, on_runtime, read, request, send, wait_until,
};
use futures_util::future::join_all;
use http::Method;
use inline_http::{Config, ErrorKind, InlineTransport};
use tokio::task::coop;

/// Ends each connection at its second request.
fn closing(with: fn() -> Action) -> Server {
    Server::start(move |_, count, _| if count == 0 { send(OK) } else { with() })
}

fn fetch(transport: &InlineTransport, server: &Server) -> Result<bool, inline_http::Error> {
    inline(async {
        let response = get(transport, &server.url).await?;
        let resent = response.resent;
        assert_eq!(read(response).await?, b"ok");
        Ok(resent)
    })
}

#[test]
fn an_idempotent_request_is_resent_when_its_idle_connection_was_closed() {
    for close in [|| Action::Close, || Action::End(Vec::new())] {
        let server = closing(close);
        let transport = InlineTransport::new(Config::new());
        assert!(!fetch(&transport, &server).unwrap());
        assert!(fetch(&transport, &server).unwrap());
        assert!(fetch(&transport, &server).unwrap());
        let connections: Vec<_> = server.seen().iter().map(|(number, _)| *number).collect();
        assert_eq!(connections, [0, 0, 1, 1, 2]);
    }
}

#[test]
fn a_request_that_is_not_idempotent_is_sent_once() {
    let server = closing(|| Action::Close);
    let transport = InlineTransport::new(Config::new());
    fetch(&transport, &server).unwrap();
    let error = inline(request(&transport, &server.url, &Method::POST, false)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_request_is_resent_only_once_and_only_without_a_byte_of_a_response() {
    // The second connection is closed at once, too.
    let server = Server::start(|connection, count, _| match (connection, count) {
        (0, 0) => send(OK),
        _ => Action::Close,
    });
    let transport = InlineTransport::new(Config::new());
    fetch(&transport, &server).unwrap();
    assert_eq!(fetch(&transport, &server).unwrap_err().kind(), ErrorKind::ConnectionLost);
    assert_eq!(server.seen().len(), 3);

    // On a new connection, a request is not resent.
    assert_eq!(fetch(&transport, &server).unwrap_err().kind(), ErrorKind::ConnectionLost);
    assert_eq!(server.seen().len(), 4);

    let server = closing(|| Action::End(b"HTTP/1.1 200 OK\r\ncont".to_vec()));
    let transport = InlineTransport::new(Config::new());
    fetch(&transport, &server).unwrap();
    assert_eq!(fetch(&transport, &server).unwrap_err().kind(), ErrorKind::ConnectionLost);
    assert_eq!(server.seen().len(), 2);
}

/// The first request may have been applied even if the second was not sent.
#[test]
fn an_error_after_a_second_send_is_a_lost_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).unwrap() > 0);
        stream.write_all(OK.as_bytes()).unwrap();
        // The client cannot connect a second time.
        drop(listener);
        assert!(stream.read(&mut buffer).unwrap() > 0);
    });
    let transport = InlineTransport::new(Config::new());
    on_runtime(async { read(get(&transport, &url).await.unwrap()).await.unwrap() });
    let error = on_runtime(get(&transport, &url)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().starts_with("cannot connect"), "{error}");
    server.join().unwrap();
}

/// Sends `count` requests at once, each on a connection of its own.
fn at_once(transport: &InlineTransport, server: &Server, count: usize) {
    let calls = (0..count).map(|_| async {
        read(get(transport, &server.url).await.unwrap()).await.unwrap();
    });
    on_runtime(join_all(calls));
}

/// A server that responds once `count` requests have arrived.
fn responding_together(count: usize) -> Server {
    let barrier = Arc::new(Barrier::new(count));
    Server::start(move |_, _, _| {
        barrier.wait();
        send(OK)
    })
}

#[test]
fn idle_connections_are_capped() {
    let transport = InlineTransport::new(Config::new().max_idle(3, 5));
    let first = responding_together(6);
    at_once(&transport, &first, 6);
    assert_eq!(transport.idle_connections(), 3);
    let second = responding_together(4);
    at_once(&transport, &second, 4);
    // Those idle longest are closed first, whatever their origin.
    assert_eq!(transport.idle_connections(), 5);
    for _ in 0..4 {
        first.next_closed();
    }
    second.next_closed();

    let none = InlineTransport::new(Config::new().max_idle(0, 0));
    let server = responding_together(1);
    at_once(&none, &server, 1);
    assert_eq!((none.idle_connections(), server.next_closed()), (0, 0));
}

#[test]
fn a_connection_that_the_server_closed_does_not_stay_open_until_the_next_call() {
    let server = Server::start(|_, _, _| Action::End(OK.into()));
    for run in [
        |call: std::pin::Pin<Box<dyn Future<Output = Vec<u8>>>>| inline(call),
        |call| on_runtime(call),
        |call| on_loop(call).0,
    ] {
        let transport = Arc::new(InlineTransport::new(Config::new()));
        let (client, url) = (Arc::clone(&transport), server.url.clone());
        run(Box::pin(async move { read(get(&client, &url).await.unwrap()).await.unwrap() }));
        // The server has shut down its side, and waits for the client to close.
        server.next_closed();
        wait_until_none_is_idle(&transport);
    }
}

#[test]
fn a_connection_is_closed_after_the_idle_timeout() {
    let server = Server::start(|_, _, _| send(OK));
    let transport = InlineTransport::new(Config::new().idle_timeout(Duration::from_millis(1)));
    fetch(&transport, &server).unwrap();
    server.next_closed();
    wait_until_none_is_idle(&transport);
}

/// The pool updates its count after it has closed a socket.
fn wait_until_none_is_idle(transport: &InlineTransport) {
    wait_until("a connection stays idle", || transport.idle_connections() == 0);
}

#[test]
fn closing_or_dropping_a_transport_closes_its_connections() {
    let server = Server::start(|_, _, _| send(OK));
    let transport = InlineTransport::new(Config::new());
    fetch(&transport, &server).unwrap();
    transport.close();
    assert_eq!((server.next_closed(), transport.idle_connections()), (0, 0));
    fetch(&transport, &server).unwrap();
    assert_eq!((server.next_closed(), transport.idle_connections()), (1, 0));

    let transport = InlineTransport::new(Config::new());
    fetch(&transport, &server).unwrap();
    assert_eq!(transport.idle_connections(), 1);
    drop(transport);
    assert_eq!(server.next_closed(), 2);
}

/// tokio has a task yield once its coop budget is used up, as by many calls in one task. The call must then
/// be woken, even if the server has closed the connection, which will never be ready again.
#[test]
fn a_call_is_woken_when_the_coop_budget_of_its_task_is_used_up() {
    const COOP_BUDGET: usize = 128;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let last = OK.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            stream.write_all(last.as_bytes()).unwrap();
            drop(stream);
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let transport = InlineTransport::new(Config::new());
    for left in 0..8 {
        let before = served.load(Ordering::SeqCst);
        let call = async { read(get(&transport, &url).await.unwrap()).await.unwrap() };
        let mut call = pin!(call);
        let mut polls = 0;
        let body = on_runtime(poll_fn(|cx| {
            polls += 1;
            // The third reads the response; before it come those that connect and send.
            if polls == 3 {
                wait_until("no response", || served.load(Ordering::SeqCst) > before);
                let mut noop = Context::from_waker(Waker::noop());
                for _ in left..COOP_BUDGET {
                    let _ = pin!(coop::consume_budget()).poll(&mut noop);
                }
            }
            call.as_mut().poll(cx)
        }));
        assert_eq!(body, b"ok");
        assert!(polls > 2, "{polls} polls");
    }
}
