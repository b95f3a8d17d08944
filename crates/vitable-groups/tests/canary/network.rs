//! The built-in transport over sockets and TLS, with the logs of its libraries.

use std::time::Duration;

use serde_json::json;
use vitable_groups::RetryPolicy;
use vitable_groups::operation;
use vitable_groups::{Client, ClientBuilder, HttpConfig, HttpVersion, TlsRoots};
use vitable_groups_sandbox::Sandbox;

use crate::calls::call;
use crate::{CANARIES, KEY, assert_silent, capture_logs, found, logged, print};

#[path = "../common/authority.rs"]
mod authority;

use authority::Authority;

fn client(set_up: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
    let none: [(&str, &str); 0] = [];
    let builder = Client::builder()
        .variables(none)
        .api_key(KEY)
        .default_header("x-own", "canary-header")
        .retry_policy(RetryPolicy::new().max_retries(1).base_delay(Duration::from_millis(1)));
    set_up(builder).build().unwrap()
}

async fn call_all(client: &Client) -> String {
    let mut printed = String::new();
    for operation in operation::ALL {
        match call(client, operation.name).await {
            Ok(response) => printed += &response,
            Err(error) => printed += &print(&error),
        }
    }
    printed
}

#[tokio::test]
async fn libraries_do_not_log_the_data_they_transport() {
    capture_logs();
    let sandbox = Sandbox::builder().start().await.unwrap();
    let versions = [HttpVersion::Http1, HttpVersion::Auto];
    let mut printed = String::new();
    for version in versions {
        let http = HttpConfig::new().no_environment_proxy().http_version(version);
        let plain = client(|b| b.base_url(sandbox.base_url()).http(http));
        printed += &call_all(&plain).await;
        // Every kind of connection failure that the sandbox supports, for each operation.
        for fault in [
            json!({"drop": "before"}),
            json!({"drop": "after"}),
            json!({"garbage": true}),
            json!({"cut_at": 5}),
            json!({"status": 500}),
        ] {
            for operation in operation::ALL {
                let mut fault = fault.clone();
                fault["operation"] = operation.name.into();
                sandbox.control().fault(&fault).unwrap();
            }
            printed += &call_all(&plain).await;
        }
    }
    let sent = format!("{:?}", sandbox.control().requests());
    assert_eq!(found(&sent), CANARIES, "all of them were sent");

    let authority = Authority::new();
    for (roots, expected) in [(authority.roots(), "grp_1"), (TlsRoots::Bundled, "certificate")] {
        for version in versions {
            let url = authority.serve("localhost", |_| {}).await;
            let http = HttpConfig::new().tls_roots(roots.clone()).no_environment_proxy();
            let secure = client(|b| b.base_url(url).http(http.http_version(version)));
            let text = call_all(&secure).await;
            assert!(text.contains(expected), "{text}");
            printed += &text;
        }
    }

    for target in ["vitable_groups", "rustls", "hyper", "hyper_util"] {
        assert!(logged().contains(target), "{target} logged nothing");
    }
    assert_silent(&printed);
}
