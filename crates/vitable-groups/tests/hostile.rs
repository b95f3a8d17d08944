//! Servers that never stop sending, close too early, or respond in unusual ways.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use vitable_groups::model::{GroupCreateParams, GroupUpdateParams, Member};
use vitable_groups::{ErrorKind, HttpVersion};

#[path = "common/both.rs"]
#[macro_use]
mod both;
#[path = "common/server.rs"]
mod server;

use server::{Action, GROUP, Server, respond};

over_both! {
    endless_interim_responses_are_a_connection_error
    the_timeout_ends_an_endless_body
    an_idempotent_call_survives_an_idle_connection_that_was_closed
    a_create_is_not_resent
    a_write_that_was_sent_twice_is_reported_as_repeated
    a_write_that_was_sent_twice_may_have_been_applied
    gzip_has_other_names_and_several_members
    the_error_of_a_large_head_names_the_reason
    no_rustls_provider_is_installed
}

const INTERIM: &str = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";

async fn endless_interim_responses_are_a_connection_error(version: HttpVersion) {
    let server = Server::start(version, |_| Action::Endless("", INTERIM)).await;
    let client = server.client(|b| b.max_retries(0).timeout(None));
    let error = client.groups().retrieve("g").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.to_string().contains("interim (1xx) responses"), "{error}");
}

/// With chunks so small that there is always another one to read; the timer must still run.
async fn the_timeout_ends_an_endless_body(version: HttpVersion) {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = Server::start(version, move |_| Action::Endless(head, "1\r\n \r\n")).await;
    let limit = Duration::from_millis(300);
    let client = server.client(|b| b.max_retries(0).timeout(limit).max_response_bytes(usize::MAX));
    let error = client.groups().retrieve("g").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

/// A server that closes the connection at its second request, without a response.
async fn closing(
    version: HttpVersion,
    act: impl Fn(usize) -> Action + Send + Sync + 'static,
) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(version, move |_| match count.fetch_add(1, Ordering::SeqCst) {
        1 => Action::Truncate(""),
        number => act(number),
    })
    .await
}

async fn an_idempotent_call_survives_an_idle_connection_that_was_closed(version: HttpVersion) {
    let server = closing(version, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    let client = server.client(|b| b.max_retries(0));
    client.groups().retrieve("g").await.unwrap();
    let response = client.groups().retrieve("g").send().await.unwrap();
    assert_eq!((response.metadata.attempts.len(), response.metadata.retries()), (1, 0));
    assert_eq!(server.seen().len(), 3);
}

/// Nor is a write to an unknown endpoint, or a roster, whose outcome would then be unknown.
async fn a_create_is_not_resent(version: HttpVersion) {
    for what in ["create", "post", "submit"] {
        let server = closing(version, |_| respond("200 OK", "", GROUP.as_bytes())).await;
        let client = server.client(|b| b.max_retries(0));
        client.groups().retrieve("g").await.unwrap();
        let error = match what {
            "create" => {
                client.groups().create(GroupCreateParams::new("t1", "Tier 1")).await.unwrap_err()
            }
            "post" => client.post("/v1/x", &json!({})).await.unwrap_err(),
            _ => {
                let roster: [Member; 0] = [];
                client.groups().members().sync().submit("g", &roster).await.unwrap_err()
            }
        };
        assert_eq!(
            (error.kind(), error.outcome_unknown()),
            (ErrorKind::Connection, true),
            "{what}"
        );
        assert_eq!(server.seen().len(), 2, "{what}");
    }
}

async fn a_write_that_was_sent_twice_is_reported_as_repeated(version: HttpVersion) {
    let server = closing(version, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    let client = server.client(|b| b.max_retries(0));
    let metadata = client.groups().retrieve("g").send().await.unwrap().metadata;
    assert!(!metadata.repeated);
    let params = GroupUpdateParams::new().name("Tier 2");
    let metadata = client.groups().update("g", params).send().await.unwrap().metadata;
    assert!(metadata.repeated);
    assert_eq!(metadata.attempts.len(), 1);
    let keys: Vec<_> = server.seen().iter().skip(1).map(|request| key(request)).collect();
    assert!(keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
}

fn key(request: &str) -> Option<String> {
    let request = request.to_lowercase();
    request.lines().find_map(|line| line.strip_prefix("idempotency-key: ").map(str::to_owned))
}

/// A 503 alone says that nothing was applied, but there was an earlier request.
async fn a_write_that_was_sent_twice_may_have_been_applied(version: HttpVersion) {
    let server = closing(version, |number| match number {
        0 => respond("200 OK", "", GROUP.as_bytes()),
        _ => respond("503 Service Unavailable", "", b"{}"),
    })
    .await;
    let client = server.client(|b| b.max_retries(0));
    client.groups().retrieve("g").await.unwrap();
    let params = GroupUpdateParams::new().name("Tier 2");
    let error = client.groups().update("g", params).await.unwrap_err();
    assert_eq!((error.status(), error.outcome_unknown()), (Some(503), true));
    assert_eq!(server.seen().len(), 3);
}

async fn gzip_has_other_names_and_several_members(version: HttpVersion) {
    for name in ["GZIP", "x-gzip", "Gzip"] {
        let server = Server::start(version, move |_| {
            let half = GROUP.len() / 2;
            let members = [&GROUP.as_bytes()[..half], &GROUP.as_bytes()[half..]].map(|part| {
                let level = flate2::Compression::fast();
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
                gzip.write_all(part).unwrap();
                gzip.finish().unwrap()
            });
            respond("200 OK", &format!("content-encoding: {name}\r\n"), &members.concat())
        })
        .await;
        let client = server.client(|b| b.max_retries(0));
        for _ in 0..2 {
            assert_eq!(client.groups().retrieve("g").await.unwrap().name, "Tier 1", "{name}");
        }
    }
}

async fn the_error_of_a_large_head_names_the_reason(version: HttpVersion) {
    let server =
        Server::start(version, |_| respond("200 OK", &"x: y\r\n".repeat(101), GROUP.as_bytes()))
            .await;
    let client = server.client(|b| b.max_retries(0));
    let error = client.groups().retrieve("g").await.unwrap_err();
    assert!(error.to_string().contains("too many header fields"), "{error}");
}

/// The process-wide rustls provider is the program's choice.
async fn no_rustls_provider_is_installed(version: HttpVersion) {
    use vitable_groups::{Client, HttpConfig};

    let http = HttpConfig::new().no_environment_proxy().http_version(version);
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
    let client = builder.base_url("https://localhost:9").http(http).build().unwrap();
    assert_eq!(client.groups().retrieve("g").await.unwrap_err().kind(), ErrorKind::Connection);
    assert!(tokio_rustls::rustls::crypto::CryptoProvider::get_default().is_none());
}
