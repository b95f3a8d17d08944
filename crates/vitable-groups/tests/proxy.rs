//! Proxies of every kind, in front of a server with TLS.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use vitable_groups::{Client, Error, ErrorKind, HttpConfig, HttpVersion};

#[path = "common/authority.rs"]
mod authority;

use authority::{Authority, acceptor};

/// The requests to proxies.
type Seen = Arc<Mutex<Vec<String>>>;

/// Starts a proxy that tunnels to any target, over plain TCP or TLS; returns its port.
async fn start<F, T>(tls: Option<TlsAcceptor>, seen: Seen, tunnel: F) -> u16
where
    F: Fn(Box<dyn Duplex>, Seen) -> T + Clone + Send + 'static,
    T: Future<Output = Option<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, seen, tunnel) = (tls.clone(), Arc::clone(&seen), tunnel.clone());
            tokio::spawn(async move {
                let stream: Box<dyn Duplex> = match tls {
                    None => Box::new(stream),
                    Some(tls) => Box::new(tls.accept(stream).await.ok()?),
                };
                tunnel(stream, seen).await
            });
        }
    });
    port
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

async fn through_http(mut client: Box<dyn Duplex>, seen: Seen) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    seen.lock().unwrap().push(head.clone());
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    // "user:p@ss"
    if !head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwqhnz") {
        let rejection = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        client.write_all(rejection).await.ok()?;
        return None;
    }
    let mut server = TcpStream::connect(target).await.ok()?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
}

/// SOCKS 5 (RFC 1928) with a name and a password (RFC 1929).
async fn through_socks(mut client: Box<dyn Duplex>, seen: Seen) -> Option<()> {
    async fn bytes(client: &mut Box<dyn Duplex>) -> Option<Vec<u8>> {
        let mut bytes = vec![0; client.read_u8().await.ok()?.into()];
        client.read_exact(&mut bytes).await.ok()?;
        Some(bytes)
    }
    assert_eq!(client.read_u8().await.ok()?, 5);
    bytes(&mut client).await?;
    client.write_all(&[5, 2]).await.ok()?;
    assert_eq!(client.read_u8().await.ok()?, 1);
    let (user, password) = (bytes(&mut client).await?, bytes(&mut client).await?);
    let is_valid = (&user[..], &password[..]) == (b"user", b"p@ss");
    client.write_all(&[1, u8::from(!is_valid)]).await.ok()?;
    if !is_valid {
        return None;
    }
    let mut request = [0; 4];
    client.read_exact(&mut request).await.ok()?;
    let host = match request[3] {
        1 => std::net::Ipv4Addr::from(client.read_u32().await.ok()?).to_string(),
        3 => String::from_utf8(bytes(&mut client).await?).ok()?,
        _ => std::net::Ipv6Addr::from(client.read_u128().await.ok()?).to_string(),
    };
    let port = client.read_u16().await.ok()?;
    seen.lock().unwrap().push(host);
    // The server of the test listens on one address only.
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
}

async fn get(
    url: &str,
    proxy: &str,
    authority: &Authority,
    version: HttpVersion,
) -> Result<String, Error> {
    let http = HttpConfig::new().proxy(proxy).tls_roots(authority.roots()).http_version(version);
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
    let client = builder.base_url(url).http(http).build()?;
    client.groups().retrieve("grp_1").await.map(|group| group.id)
}

#[tokio::test]
async fn https_is_tunneled_with_the_credentials_of_the_proxy() {
    let authority = Authority::new();
    let url = authority.serve("localhost", |_| {}).await;
    let server = url.strip_prefix("https://").unwrap();
    let seen = Seen::default();
    let plain = start(None, Arc::clone(&seen), through_http).await;
    let (certificate, key) = authority.sign("localhost", |_| {});
    let tls = Some(acceptor(certificate, &key));
    let secure = start(tls, Arc::clone(&seen), through_http).await;
    for version in [HttpVersion::Http1, HttpVersion::Auto] {
        for proxy in [
            format!("http://user:p%40ss@localhost:{plain}"),
            format!("https://user:p%40ss@localhost:{secure}"),
        ] {
            assert_eq!(get(&url, &proxy, &authority, version).await.unwrap(), "grp_1", "{proxy}");
            let head = seen.lock().unwrap().pop().unwrap();
            assert!(head.starts_with(&format!("CONNECT {server} HTTP/1.1\r\n")), "{head}");
            // The key is for the server alone.
            assert!(!head.contains("Bearer"), "{head}");
        }
    }
    let wrong = format!("http://user:no-secret@localhost:{plain}");
    let error = get(&url, &wrong, &authority, HttpVersion::Auto).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, false));
    assert!(error.to_string().contains("proxy"), "{error}");
    assert!(!format!("{error:?}").contains("no-secret"), "{error:?}");
}

#[tokio::test]
async fn socks_5_has_credentials_and_resolves_names_here_or_there() {
    let authority = Authority::new();
    let url = authority.serve("localhost", |_| {}).await;
    let seen = Seen::default();
    let port = start(None, Arc::clone(&seen), through_socks).await;
    for (scheme, is_name) in [("socks5", false), ("socks5h", true)] {
        let proxy = format!("{scheme}://user:p%40ss@localhost:{port}");
        let id = get(&url, &proxy, &authority, HttpVersion::Http1).await.unwrap();
        let host = seen.lock().unwrap().pop().unwrap();
        assert_eq!((id.as_str(), host == "localhost"), ("grp_1", is_name), "{host}");
    }
    let wrong = format!("socks5://user:no@localhost:{port}");
    let error = get(&url, &wrong, &authority, HttpVersion::Http1).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, false));
}

#[tokio::test]
async fn plain_http_is_sent_to_a_proxy_with_absolute_urls_and_its_credentials() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::with_capacity(4096);
        stream.read_buf(&mut request).await.unwrap();
        let body = r#"{"data": {"id": "grp_1"}}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap().to_lowercase()
    });
    let http = HttpConfig::new().proxy(format!("http://user:p%40ss@127.0.0.1:{port}"));
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").http(http);
    let builder = builder.base_url("http://api.example").dangerously_allow_plain_http();
    builder.build().unwrap().groups().retrieve("grp_1").await.unwrap();
    let request = served.await.unwrap();
    assert!(
        request.starts_with("get http://api.example/v1/groups/grp_1 http/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("proxy-authorization: basic dxnlcjpwqhnz\r\n"), "{request}");
}

/// One client for all connect timeouts: each applies to its own call.
#[tokio::test]
async fn the_connect_timeout_is_that_of_the_call() {
    use std::time::Duration;
    use vitable_groups::RequestOptions;

    // A proxy that never responds.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = HttpConfig::new().proxy(format!("http://127.0.0.1:{port}"));
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
    let client = builder.base_url("https://api.example").http(http).build().unwrap();
    for limit in [1, 20, 50] {
        let options = RequestOptions::new().connect_timeout(Duration::from_millis(limit));
        let error = client.groups().retrieve("g").options(options).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Timeout, false), "{error}");
        assert!(error.to_string().contains("connecting timed out"), "{error}");
    }
    drop(listener);
}
