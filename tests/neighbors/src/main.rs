//! A program that uses both reqwest and vitable-groups. Neither changes how the other works.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vitable_groups::{Client, HttpConfig};

const GROUP: &str = r#"{"data": {"id": "grp_1", "name": "Tier 1"}}"#;

async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let length = GROUP.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{GROUP}");
            let _ = stream.write_all(head.as_bytes()).await;
        }
    });
    url
}

/// The program's own client, with the default settings.
async fn call_reqwest(url: &str) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(client.get(url).send().await.unwrap().text().await.unwrap(), GROUP);
    #[cfg(feature = "default-tls")]
    {
        // TLS is set up; no server listens.
        let error = client.get("https://localhost:9").send().await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
    }
}

async fn call_client(url: &str) {
    let http = HttpConfig::new().no_environment_proxy();
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
    let builder = builder.base_url(url).http(http);
    let client = builder.build().unwrap();
    assert_eq!(client.groups().retrieve("grp_1").await.unwrap().id, "grp_1");
}

/// Sets up TLS; no server listens.
async fn call_client_over_tls() {
    let http = HttpConfig::new().no_environment_proxy();
    let builder = Client::builder().variables([("", ""); 0]).api_key("key").max_retries(0);
    let client = builder.base_url("https://localhost:9").http(http).build().unwrap();
    let error = client.groups().retrieve("grp_1").await.unwrap_err().to_string();
    assert!(error.contains("cannot connect"), "{error}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = serve().await;
    call_reqwest(&url).await;
    call_client(&url).await;
    #[cfg(feature = "ring")]
    call_client_over_tls().await;
    call_reqwest(&url).await;
    #[cfg(feature = "default-tls")]
    {
        assert!(rustls::crypto::CryptoProvider::get_default().is_none(), "a provider is installed");
        #[cfg(not(feature = "ring"))]
        {
            // Without ring, there is only one provider, so that rustls uses it.
            let _ = rustls::ClientConfig::builder();
            call_client_over_tls().await;
        }
    }
    println!("ok");
}
