//! Where the built-in transport sends a request: proxies and redirects.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use http::{HeaderMap, Method, StatusCode};
use vitable_groups::model::GroupCreateParams;
use vitable_groups::{
    BoxFuture, Client, ErrorKind, HttpConfig, HttpVersion, Transport, TransportError,
    TransportRequest, TransportResponse,
};

#[path = "common/both.rs"]
#[macro_use]
mod both;
#[path = "common/server.rs"]
mod server;

use server::{GROUP, Server, builder, respond};

over_both! {
    a_redirect_within_the_origin_is_followed_and_another_one_is_not
    a_redirected_write_stays_the_same_write_or_is_an_error
    redirects_are_limited
    plain_http_to_this_machine_is_never_proxied
}

async fn a_redirect_within_the_origin_is_followed_and_another_one_is_not(version: HttpVersion) {
    let server = Server::start(version, |request| {
        if request.starts_with("GET /v1/groups/moved ") {
            respond("307 Temporary Redirect", "location: /v1/groups/grp_1\r\n", b"")
        } else if request.starts_with("GET /v1/groups/away ") {
            respond("302 Found", "location: http://127.0.0.1:9/steal\r\n", b"")
        } else {
            respond("200 OK", "", GROUP.as_bytes())
        }
    })
    .await;
    let client = server.client(|b| b);
    let response = client.groups().retrieve("moved").send().await.unwrap();
    assert_eq!(response.metadata.url.path(), "/v1/groups/grp_1");
    let error = client.groups().retrieve("away").await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Status, Some(302)));
    assert!(error.to_string().contains("another origin"), "{error}");
}

/// The group at the other URL is an older one, with another name.
async fn a_redirected_write_stays_the_same_write_or_is_an_error(version: HttpVersion) {
    let create = |server: &Server| {
        let params = GroupCreateParams::new("t1", "Tier 2");
        server.client(|b| b).groups().create(params).send()
    };
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let server = Server::start(version, move |request| match request.split(' ').nth(1) {
            Some("/v1/groups") => respond(status, "location: /v1/groups/grp_1\r\n", b""),
            _ => respond("200 OK", "", GROUP.as_bytes()),
        })
        .await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Status, true), "{status}");
        assert!(error.to_string().contains("would not prove"), "{error}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Server::start(version, move |request| match request.split(' ').nth(1) {
            Some("/v1/groups") => respond(status, "location: /v2/groups\r\n", b""),
            _ => respond("201 Created", "", GROUP.as_bytes()),
        })
        .await;
        let response = create(&server).await.unwrap();
        assert_eq!(response.metadata.url.path(), "/v2/groups");
        let (path, body) = (
            |request: &String| request.split(' ').take(2).collect::<Vec<_>>().join(" "),
            |request: &String| request.split("\r\n\r\n").nth(1).map(str::to_owned),
        );
        let seen = server.seen();
        assert_eq!(
            seen.iter().map(path).collect::<Vec<_>>(),
            ["POST /v1/groups", "POST /v2/groups"]
        );
        assert_eq!(body(&seen[0]), body(&seen[1]));
        assert!(seen[1].to_lowercase().contains("authorization: bearer key"), "{status}");
    }
    let away = "location: http://127.0.0.1:9/steal\r\n";
    let server =
        Server::start(version, move |_| respond("307 Temporary Redirect", away, b"")).await;
    let error = create(&server).await.unwrap_err();
    assert_eq!((error.status(), error.outcome_unknown()), (Some(307), false));
}

async fn redirects_are_limited(version: HttpVersion) {
    let location = "location: /v1/groups/g\r\n";
    let server =
        Server::start(version, move |_| respond("307 Temporary Redirect", location, b"")).await;
    let error = server.client(|b| b).groups().retrieve("g").await.unwrap_err();
    assert_eq!((error.status(), server.seen().len()), (Some(307), 11));
}

/// A proxy would see the key and the members.
async fn plain_http_to_this_machine_is_never_proxied(version: HttpVersion) {
    let server = Server::start(version, |request| match request.split(' ').nth(1) {
        Some("/v1/groups/moved") => {
            respond("307 Temporary Redirect", "location: /v1/groups/grp_1\r\n", b"")
        }
        _ => respond("200 OK", "", GROUP.as_bytes()),
    })
    .await;
    let proxy = Server::start(version, |_| respond("502 Bad Gateway", "", b"")).await;
    let port = server.url.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "127.1", "0x7f000001", "LOCALHOST", "sub.localhost"] {
        let none: [(&str, &str); 0] = [];
        let client = Client::builder()
            .variables(none)
            .api_key("key")
            .base_url(format!("http://{host}:{port}"))
            .http(HttpConfig::new().proxy(&proxy.url).http_version(version))
            .max_retries(0)
            .build()
            .unwrap();
        for id in ["grp_1", "moved"] {
            // Not every system resolves names below localhost; even then, no proxy is used.
            let result = client.groups().retrieve(id).await;
            assert!(result.is_ok() || host.starts_with("sub."), "{host}: {result:?}");
        }
    }
    assert_eq!(proxy.seen(), [""; 0]);
}

const REMOTE: &str = "TEST_REMOTE_BASE_URL";

/// Runs itself in a child process: requests to other machines use the proxy, unless NO_PROXY has them.
#[tokio::test]
async fn the_environments_proxy_is_for_other_machines() {
    if let Ok(url) = std::env::var(REMOTE) {
        for version in [HttpVersion::Http1, HttpVersion::Auto] {
            let builder = builder(&url, version).dangerously_allow_plain_http().max_retries(0);
            builder.build().unwrap().groups().retrieve("grp_1").await.unwrap();
        }
        return;
    }
    let proxy =
        Server::start(HttpVersion::Http1, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    for (no_proxy, succeeds) in [("elsewhere.invalid", true), ("somewhere.invalid", false)] {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "the_environments_proxy_is_for_other_machines"]);
        child.env(REMOTE, "http://somewhere.invalid:1").env("HTTP_PROXY", &proxy.url);
        child.env_remove("no_proxy").env("NO_PROXY", no_proxy);
        let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
        assert_eq!(
            output.status.success(),
            succeeds,
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    assert_eq!(proxy.seen().len(), 2);
}

const PROXIED: &str = "TEST_PROXIED_BASE_URL";

/// Runs itself in a child process whose environment has proxies.
#[tokio::test]
async fn the_environments_proxy_is_not_for_this_machine() {
    if let Ok(url) = std::env::var(PROXIED) {
        for version in [HttpVersion::Http1, HttpVersion::Auto] {
            let client = builder(&url, version).max_retries(0).build().unwrap();
            client.groups().retrieve("grp_1").await.unwrap();
        }
        return;
    }
    let server =
        Server::start(HttpVersion::Http1, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    let proxy = Server::start(HttpVersion::Http1, |_| respond("502 Bad Gateway", "", b"")).await;
    for host in ["127.0.0.1", "localhost"] {
        let url = server.url.replace("127.0.0.1", host);
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "the_environments_proxy_is_not_for_this_machine"]);
        child.env(PROXIED, url).env_remove("NO_PROXY").env_remove("no_proxy");
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            child.env(name, &proxy.url);
        }
        let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!((server.seen().len(), proxy.seen().len()), (4, 0));
}

#[tokio::test]
async fn a_configured_proxy_is_used() {
    let proxy =
        Server::start(HttpVersion::Http1, |_| respond("200 OK", "", GROUP.as_bytes())).await;
    let none: [(&str, &str); 0] = [];
    let config = HttpConfig::new().proxy(&proxy.url).no_proxy("direct.example");
    let client = Client::builder()
        .variables(none)
        .api_key("key")
        .base_url("http://somewhere.example:1")
        .dangerously_allow_plain_http()
        .http(config)
        .build()
        .unwrap();
    client.groups().retrieve("grp_1").await.unwrap();
    assert!(proxy.seen()[0].starts_with("GET http://somewhere.example:1/v1/groups/grp_1 "));
    let wrong = HttpConfig::new().proxy("http://[bad");
    let wrong = Client::builder().variables(none).api_key("key").http(wrong).build();
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Configuration);
}

/// A transport that follows redirects by itself, to a request of this method.
#[derive(Debug)]
struct Following(Method, StatusCode);

impl Transport for Following {
    fn send(
        &self,
        _: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let mut response = TransportResponse::new(self.1, HeaderMap::new(), GROUP);
        response.method = Some(self.0.clone());
        Box::pin(async { Ok(response) })
    }
}

#[tokio::test]
async fn a_response_to_a_read_does_not_prove_a_write() {
    let client = |method, status| {
        let builder = Client::builder().api_key("key").variables([("", ""); 0]);
        builder.transport(Following(method, status)).build().unwrap()
    };
    let params = || GroupCreateParams::new("t1", "Tier 1");
    for status in [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::SERVICE_UNAVAILABLE] {
        let error = client(Method::GET, status).groups().create(params()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{status}");
        assert!(
            error.outcome_unknown() && error.to_string().contains("would not prove"),
            "{error}"
        );
        assert_eq!(error.attempts().len(), 1, "{status}");
    }
    client(Method::POST, StatusCode::OK).groups().create(params()).await.unwrap();
    client(Method::HEAD, StatusCode::OK).groups().retrieve("g").await.unwrap();
}
