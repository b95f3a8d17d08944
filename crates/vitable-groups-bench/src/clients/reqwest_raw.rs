//! A handwritten client with reqwest and serde_json: no retries, no metadata.

use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;

use super::BenchClient;
use super::Failure;
use super::plain::{self, Data, Group, Page, Receipt};

pub(crate) struct Reqwest {
    client: Client,
    url: String,
}

impl Reqwest {
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        // Without a provider reqwest panics; installing a second one fails.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { client: Client::builder().build()?, url: url.to_owned() })
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let response = request.bearer_auth("vit_apk_bench").send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    }

    async fn number(&self, page: usize) -> Result<Page, Failure> {
        let url = format!("{}/v1/groups?limit=100&page={page}", self.url);
        self.send(self.client.get(url)).await
    }
}

impl BenchClient for Reqwest {
    type Roster = plain::Roster;

    async fn retrieve(&self) -> Result<usize, Failure> {
        let url = format!("{}/v1/groups/{}", self.url, "grp_C506ZkHHTlKfgy16G-000001");
        let group: Data<Group> = self.send(self.client.get(url)).await?;
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
        let group = "grp_C506ZkHHTlKfgy16G-000001";
        let url = format!("{}/v1/groups/{group}/members/sync", self.url);
        let body = serde_json::to_vec(roster)?;
        let request = self.client.post(url).header("content-type", "application/json").body(body);
        let receipt: Data<Receipt> = self.send(request).await?;
        Ok(receipt.data.request_id.len())
    }
}
