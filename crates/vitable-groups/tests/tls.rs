//! Which certificates the built-in transport trusts, and where it sends the key.
#![allow(clippy::unwrap_used, reason = "test code")]

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vitable_groups::{Client, Error, ErrorKind, HttpConfig, HttpVersion, RequestOptions, TlsRoots};

#[path = "common/authority.rs"]
mod authority;
#[path = "common/both.rs"]
#[macro_use]
mod both;

use authority::{Authority, responding, serve};

async fn get(version: HttpVersion, url: &str, roots: TlsRoots) -> Result<String, Error> {
    let none: [(&str, &str); 0] = [];
    let http = HttpConfig::new().tls_roots(roots).no_environment_proxy().http_version(version);
    let builder = Client::builder().variables(none).api_key("key").max_retries(0);
    let client = builder.base_url(url).http(http).build()?;
    client.groups().retrieve("grp_1").await.map(|group| group.id)
}

fn assert_rejected(result: Result<String, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!error.outcome_unknown());
}

over_both! {
    a_custom_authority_is_trusted
    unknown_roots_are_rejected
    self_signed_certificates_are_rejected
    expired_certificates_are_rejected
    certificates_of_another_host_are_rejected
    certificates_that_are_not_valid_yet_are_rejected
    no_redirect_takes_the_key_to_plain_http_or_to_another_origin
    a_path_of_another_origin_gets_no_key
    a_failed_handshake_is_a_connection_error
}

async fn a_custom_authority_is_trusted(version: HttpVersion) {
    let authority = Authority::new();
    let url = authority.serve("localhost", |_| {}).await;
    let roots = TlsRoots::Pem(authority.pem.clone().into_bytes());
    assert_eq!(get(version, &url, roots).await.unwrap(), "grp_1");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &authority.pem).unwrap();
    let roots = TlsRoots::SystemAndPem(file.path().to_owned());
    assert_eq!(get(version, &url, roots).await.unwrap(), "grp_1");
}

async fn unknown_roots_are_rejected(version: HttpVersion) {
    let url = Authority::new().serve("localhost", |_| {}).await;
    for roots in
        [TlsRoots::System, TlsRoots::Bundled, TlsRoots::Pem(Authority::new().pem.into_bytes())]
    {
        assert_rejected(get(version, &url, roots).await);
    }
}

async fn self_signed_certificates_are_rejected(version: HttpVersion) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let url = serve(certificate.der().clone(), key).await;
    assert_rejected(get(version, &url, TlsRoots::System).await);
}

async fn expired_certificates_are_rejected(version: HttpVersion) {
    let authority = Authority::new();
    let url = authority
        .serve("localhost", |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
        .await;
    assert_rejected(get(version, &url, TlsRoots::Pem(authority.pem.into_bytes())).await);
}

async fn certificates_of_another_host_are_rejected(version: HttpVersion) {
    let authority = Authority::new();
    let url = authority.serve("elsewhere.example", |_| {}).await;
    assert_rejected(get(version, &url, TlsRoots::Pem(authority.pem.into_bytes())).await);
}

async fn certificates_that_are_not_valid_yet_are_rejected(version: HttpVersion) {
    let authority = Authority::new();
    let change = |params: &mut CertificateParams| params.not_before = date_time_ymd(2999, 1, 1);
    let url = authority.serve("localhost", change).await;
    assert_rejected(get(version, &url, authority.roots()).await);
}

/// Accepts connections and reports what it received; a correct client sends nothing.
async fn eavesdropper() -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, requests) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::with_capacity(4096);
            let _ = stream.read_buf(&mut bytes).await;
            // The test may be over.
            let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
        }
    });
    (port, requests)
}

/// Another port stands in for another machine: its origin differs too.
async fn no_redirect_takes_the_key_to_plain_http_or_to_another_origin(version: HttpVersion) {
    let authority = Authority::new();
    let (port, mut requests) = eavesdropper().await;
    for (status, location) in [
        ("301 Moved Permanently", format!("http://localhost:{port}/v1/groups/grp_1")),
        ("302 Found", format!("http://127.0.0.1:{port}/v1/groups/grp_1")),
        ("303 See Other", format!("//localhost:{port}/v1/groups/grp_1")),
        ("307 Temporary Redirect", format!("https://localhost:{port}/v1/groups/grp_1")),
        ("308 Permanent Redirect", format!("http://user@localhost:{port}/")),
    ] {
        let response =
            format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let (certificate, key) = authority.sign("localhost", |_| {});
        let url = responding(certificate, key, response).await;
        let error = get(version, &url, authority.roots()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status, "{location}: {error}");
        assert!(error.to_string().contains("another origin"), "{error}");
    }
    assert!(requests.try_recv().is_err(), "something was sent to the target of a redirect");

    // Positive control: the server of the base URL receives the key.
    let result = get(version, &format!("http://127.0.0.1:{port}"), TlsRoots::System).await;
    assert!(result.is_err());
    assert!(requests.recv().await.unwrap().contains("Bearer key"));
}

#[test]
fn plain_http_to_another_machine_is_rejected_before_anything_is_sent() {
    let none: [(&str, &str); 0] = [];
    for url in ["http://api.example.com", "http://192.0.2.1", "http://localhost.example.com"] {
        let builder = Client::builder().variables(none).api_key("key");
        let error = builder.base_url(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        assert!(error.to_string().contains("plain HTTP"), "{error}");
    }
    for url in ["http://localhost", "http://127.0.0.1:1", "http://[::1]:1"] {
        let builder = Client::builder().variables(none).api_key("key");
        assert!(builder.base_url(url).build().is_ok(), "{url}");
    }
}

async fn a_path_of_another_origin_gets_no_key(version: HttpVersion) {
    let (port, mut requests) = eavesdropper().await;
    let none: [(&str, &str); 0] = [];
    let http = HttpConfig::new().no_environment_proxy().http_version(version);
    let builder = Client::builder().variables(none).api_key("secret-key").max_retries(0);
    let client = builder.base_url("http://127.0.0.1:9").http(http).build().unwrap();
    let elsewhere = format!("http://127.0.0.1:{port}/v1/groups/grp_1");
    let error = client.get(&elsewhere).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    assert!(requests.try_recv().is_err(), "it was sent anyway");
    // With the option, the request is sent, but without the key.
    let options = RequestOptions::new().allow_other_origin(true);
    assert!(client.get(&elsewhere).options(options).send().await.is_err());
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("GET /v1/groups/grp_1"), "{request}");
    assert!(!request.contains("secret-key"), "{request}");
}

async fn a_failed_handshake_is_a_connection_error(version: HttpVersion) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error =
        get(version, &format!("https://localhost:{port}"), TlsRoots::System).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, false));
}
