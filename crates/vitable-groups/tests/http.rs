//! The built-in transport against a server that sends exactly scripted bytes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vitable_groups::{ErrorKind, HttpVersion};

#[path = "common/both.rs"]
#[macro_use]
mod both;
#[path = "common/server.rs"]
mod server;

use server::{Action, GROUP, Server, builder, respond};

over_both! {
    compressed_responses_are_read
    every_call_sends_its_headers
    a_refused_connection_is_a_connection_error
    a_lost_connection_leaves_the_outcome_unknown
    the_timeout_bounds_head_and_body
    a_truncated_body_is_a_connection_error_with_the_partial_body
    a_malformed_response_is_a_connection_error
    a_response_beyond_the_size_limit_is_not_read
    the_size_limit_applies_to_decompressed_bodies
    closing_a_client_closes_its_idle_connections
    dropping_a_call_closes_its_connection
    a_body_can_be_left_to_the_caller
}

async fn compressed_responses_are_read(version: HttpVersion) {
    let server = Server::start(version, |request| {
        let request = request.to_lowercase().replace(", ", ",");
        assert!(request.contains("accept-encoding: gzip,br"), "{request}");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(GROUP.as_bytes()).unwrap();
        respond("200 OK", "content-encoding: gzip\r\n", &gzip.finish().unwrap())
    })
    .await;
    let group = server.client(|b| b).groups().retrieve("grp_1").await.unwrap();
    assert_eq!(group.name, "Tier 1");

    // GROUP in one uncompressed block of brotli.
    let server = Server::start(version, |_| {
        let body = [&[11, 21, 128], GROUP.as_bytes(), &[3]].concat();
        respond("200 OK", "content-encoding: br\r\n", &body)
    })
    .await;
    let group = server.client(|b| b).groups().retrieve("grp_1").await.unwrap();
    assert_eq!(group.name, "Tier 1");
}

async fn every_call_sends_its_headers(version: HttpVersion) {
    let server = Server::start(version, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    let client = server.client(|b| b);
    for _ in 0..3 {
        client.groups().retrieve("grp_1").await.unwrap();
    }
    for request in server.seen() {
        let request = request.to_lowercase();
        assert!(request.starts_with("get /v1/groups/grp_1 http/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: bearer key\r\n"), "{request}");
        assert!(request.contains("accept: application/json\r\n"), "{request}");
        assert!(!request.contains("content-type"), "{request}");
    }
}

async fn a_refused_connection_is_a_connection_error(version: HttpVersion) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = builder(&url, version).max_retries(0).build().unwrap();
    let error = client.groups().retrieve("grp_1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.to_string().contains("cannot connect"), "{error}");
    assert!(!error.outcome_unknown());
}

async fn a_lost_connection_leaves_the_outcome_unknown(version: HttpVersion) {
    let server = Server::start(version, |_| Action::Truncate("")).await;
    let client = server.client(|b| b.max_retries(0));
    let body = serde_json::json!({});
    let error = client.post("/v1/x", &body).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, true));
}

async fn the_timeout_bounds_head_and_body(version: HttpVersion) {
    for stalled in ["", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"data\""] {
        let server = Server::start(version, move |_| Action::Stall(stalled)).await;
        let client = server.client(|b| b.max_retries(0).timeout(Duration::from_millis(700)));
        let error = client.groups().retrieve("grp_1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{stalled}");
        let body = error.body().map(|body| body.to_vec());
        assert_eq!(body.is_some(), !stalled.is_empty());
    }
}

async fn a_truncated_body_is_a_connection_error_with_the_partial_body(version: HttpVersion) {
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"data\"";
    let server = Server::start(version, move |_| Action::Truncate(truncated)).await;
    let client = server.client(|b| b.max_retries(0));
    let error = client.groups().retrieve("grp_1").await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Connection, Some(200)));
    assert_eq!(error.body().unwrap().as_ref(), b"{\"data\"");
}

async fn a_malformed_response_is_a_connection_error(version: HttpVersion) {
    let server =
        Server::start(version, |_| Action::Send(b"\x16\x03\x01 this is not HTTP\r\n\r\n".to_vec()))
            .await;
    let error = server.client(|b| b.max_retries(0)).groups().retrieve("g").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
}

async fn a_response_beyond_the_size_limit_is_not_read(version: HttpVersion) {
    let server = Server::start(version, |_| respond("200 OK", "", &vec![b' '; 5000])).await;
    let error =
        server.client(|b| b.max_response_bytes(4096)).groups().retrieve("g").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseValidation);
    assert!(error.to_string().contains("4096"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

async fn the_size_limit_applies_to_decompressed_bodies(version: HttpVersion) {
    let server = Server::start(version, |_| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&vec![b' '; 10_000_000]).unwrap();
        respond("200 OK", "content-encoding: gzip\r\n", &gzip.finish().unwrap())
    })
    .await;
    let client = server.client(|b| b.max_response_bytes(1_000_000));
    let error = client.groups().retrieve("g").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseValidation);
}

async fn closing_a_client_closes_its_idle_connections(version: HttpVersion) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        let body = r#"{"data": {"id": "grp_1"}}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        assert_eq!(stream.read(&mut buffer).await.unwrap_or(0), 0);
    });
    let client = builder(&url, version).build().unwrap();
    client.groups().retrieve("grp_1").await.unwrap();
    client.close();
    served.await.unwrap();
}

async fn dropping_a_call_closes_its_connection(version: HttpVersion) {
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        sender.send("request").unwrap();
        assert_eq!(stream.read(&mut buffer).await.unwrap_or(0), 0);
        sender.send("closed").unwrap();
    });
    let client = builder(&url, version).build().unwrap();
    let call = tokio::spawn(async move { client.groups().retrieve("grp_1").await });
    assert_eq!(events.recv().await, Some("request"));
    call.abort();
    assert_eq!(events.recv().await, Some("closed"));
}

async fn a_body_can_be_left_to_the_caller(version: HttpVersion) {
    use futures_util::StreamExt as _;
    use vitable_groups::{Call, RequestOptions, TransportBody, operation};

    let server =
        Server::start(version, |_| respond("200 OK", "x-request-id: r7\r\n", GROUP.as_bytes()))
            .await;
    let call = Call::new(&operation::GROUPS_RETRIEVE, &["g"], RequestOptions::new()).unwrap();
    let response = server.client(|b| b).stream(call).await.unwrap();
    assert_eq!(response.metadata.request_id(), Some("r7"));
    assert_eq!(response.metadata.attempts.len(), 1);
    let TransportBody::Stream(mut chunks) = response.data else { panic!("unread") };
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(body, GROUP.as_bytes());
}

#[tokio::test]
async fn http_2_is_used_if_it_is_configured() {
    use http_body_util::Full;
    use hyper::body::Incoming;
    use hyper::service::service_fn;
    use hyper::{Request, Response, Version};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service_fn(|request: Request<Incoming>| async move {
            assert_eq!(request.version(), Version::HTTP_2);
            assert_eq!(request.headers()["authorization"], "Bearer key");
            Ok::<_, hyper::Error>(Response::new(Full::new(bytes::Bytes::from(GROUP))))
        });
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
    });
    let client = builder(&url, HttpVersion::Http2).build().unwrap();
    let calls = (0..20).map(|_| client.groups().retrieve("grp_1").send());
    for response in futures_util::future::join_all(calls).await {
        assert_eq!(response.unwrap().metadata.version, Version::HTTP_2);
    }
}

/// As in tests that share one client, or in programs that create a runtime for each call.
#[test]
fn a_client_outlives_the_runtimes_that_it_is_used_in() {
    let elsewhere = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let act = |_: &str| respond("200 OK", "", GROUP.as_bytes());
    let server = elsewhere.block_on(Server::start(HttpVersion::Http1, act));
    let client = server.client(|b| b.max_retries(0));
    let mut runtimes = Vec::new();
    for _ in 0..3 {
        let here = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        here.block_on(client.groups().retrieve("grp_1").into_future()).unwrap();
        runtimes.push(here);
    }
    // None of them runs any more, and two are dropped.
    runtimes.truncate(1);
    let last = elsewhere.spawn(async move { client.groups().retrieve("grp_1").await });
    elsewhere.block_on(last).unwrap().unwrap();
}
