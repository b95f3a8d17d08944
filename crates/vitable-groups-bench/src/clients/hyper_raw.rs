//! hyper-util's pooled client: the minimum that an HTTP client does.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;

use super::BenchClient;
use super::Failure;
use super::plain::{self, Data, Group, Page, Receipt};

pub(crate) struct Hyper {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Hyper {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as the others")]
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, url: url.to_owned() })
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", "Bearer vit_apk_bench")
            .header("content-type", "application/json")
            .body(Full::from(body))?;
        let response = self.client.request(request).await?;
        if !response.status().is_success() {
            return Err(format!("status {}", response.status()).into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }

    async fn number(&self, page: usize) -> Result<Page, Failure> {
        self.send(Method::GET, &format!("/v1/groups?limit=100&page={page}"), Vec::new()).await
    }
}

impl BenchClient for Hyper {
    type Roster = plain::Roster;

    async fn retrieve(&self) -> Result<usize, Failure> {
        let path = format!("/v1/groups/{}", "grp_C506ZkHHTlKfgy16G-000001");
        let group: Data<Group> = self.send(Method::GET, &path, Vec::new()).await?;
        Ok(group.data.read())
    }

    async fn page(&self) -> Result<usize, Failure> {
        Ok(self.number(1).await?.read())
    }

    async fn all(&self, _prefetch: usize) -> Result<usize, Failure> {
        let (mut number, mut sum) = (1, 0);
        loop {
            let page = self.number(number).await?;
            sum += page.read();
            if page.pagination.page >= page.pagination.total_pages {
                return Ok(sum);
            }
            number += 1;
        }
    }

    fn roster(&self) -> Self::Roster {
        plain::roster()
    }

    async fn submit(&self, roster: &Self::Roster) -> Result<usize, Failure> {
        let path = "/v1/groups/grp_C506ZkHHTlKfgy16G-000001/members/sync";
        let body = serde_json::to_vec(roster)?;
        let receipt: Data<Receipt> = self.send(Method::POST, path, body).await?;
        Ok(receipt.data.request_id.len())
    }
}
