//! Whom the built-in transport trusts, against servers with certificates made for the test.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vitable_groups::{Client, Error, ErrorKind, HttpConfig, TlsRoots};

/// A certificate authority of our own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A server whose certificate is good for a name.
    async fn serve(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        serve(certificate.der().clone(), key).await
    }
}

async fn serve(
    certificate: tokio_rustls::rustls::pki_types::CertificateDer<'static>,
    key: KeyPair,
) -> String {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that refuses us ends here.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let body = r#"{"data": {"id": "grp_1"}}"#;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    format!("https://localhost:{port}")
}

async fn get(url: &str, roots: TlsRoots) -> Result<String, Error> {
    let none: [(&str, &str); 0] = [];
    let http = HttpConfig::new().tls_roots(roots).no_environment_proxy();
    let builder = Client::builder().variables(none).api_key("key").max_retries(0);
    let client = builder.base_url(url).http(http).build()?;
    client.groups().retrieve("grp_1").await.map(|group| group.id)
}

fn refused(result: Result<String, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn a_custom_authority_is_trusted() {
    let authority = Authority::new();
    let url = authority.serve("localhost", |_| {}).await;
    let roots = TlsRoots::Pem(authority.pem.clone().into_bytes());
    assert_eq!(get(&url, roots).await.unwrap(), "grp_1");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &authority.pem).unwrap();
    let roots = TlsRoots::SystemAndPem(file.path().to_owned());
    assert_eq!(get(&url, roots).await.unwrap(), "grp_1");
}

#[tokio::test]
async fn unknown_roots_are_refused() {
    let url = Authority::new().serve("localhost", |_| {}).await;
    for roots in
        [TlsRoots::System, TlsRoots::Bundled, TlsRoots::Pem(Authority::new().pem.into_bytes())]
    {
        refused(get(&url, roots).await);
    }
}

#[tokio::test]
async fn self_signed_certificates_are_refused() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let url = serve(certificate.der().clone(), key).await;
    refused(get(&url, TlsRoots::System).await);
}

#[tokio::test]
async fn expired_certificates_are_refused() {
    let authority = Authority::new();
    let url = authority
        .serve("localhost", |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
        .await;
    refused(get(&url, TlsRoots::Pem(authority.pem.into_bytes())).await);
}

#[tokio::test]
async fn certificates_of_another_host_are_refused() {
    let authority = Authority::new();
    let url = authority.serve("elsewhere.example", |_| {}).await;
    refused(get(&url, TlsRoots::Pem(authority.pem.into_bytes())).await);
}

#[tokio::test]
async fn a_failed_handshake_is_a_connection_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = get(&format!("https://localhost:{port}"), TlsRoots::System).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, false));
}
