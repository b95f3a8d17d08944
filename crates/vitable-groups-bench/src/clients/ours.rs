//! This project's client.

use futures_util::TryStreamExt as _;
use vitable_groups::model::{Address, Group, Member};
use vitable_groups::{Client, HttpConfig, HttpVersion};
use vitable_groups_bench::responses;

use super::BenchClient;
use super::Failure;

pub(crate) struct Ours(Client);

impl Ours {
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        Ok(Self(Client::builder().api_key("vit_apk_bench").base_url(url).build()?))
    }

    /// Uses the pooled client, as behind a proxy.
    pub(crate) fn pooled(url: &str) -> Result<Self, Failure> {
        let config = HttpConfig::new().http_version(HttpVersion::Auto);
        Ok(Self(Client::builder().api_key("vit_apk_bench").base_url(url).http(config).build()?))
    }
}

fn read(group: &Group) -> usize {
    group.name.len() + group.external_reference_id.len()
}

impl BenchClient for Ours {
    type Roster = Vec<Member>;

    async fn retrieve(&self) -> Result<usize, Failure> {
        Ok(read(&self.0.groups().retrieve("grp_C506ZkHHTlKfgy16G-000001").await?))
    }

    async fn page(&self) -> Result<usize, Failure> {
        Ok(self.0.groups().list().limit(100).await?.items.iter().map(read).sum())
    }

    async fn all(&self, prefetch: usize) -> Result<usize, Failure> {
        let mut groups = self.0.groups().list().limit(100).prefetch(prefetch).items();
        let mut sum = 0;
        while let Some(group) = groups.try_next().await? {
            sum += read(&group);
        }
        Ok(sum)
    }

    fn roster(&self) -> Self::Roster {
        let member = |n| {
            let address = Address::new("123 Main Street", "San Francisco", "CA", "94102");
            let mut member = Member::new(
                super::reference(n),
                "Jane",
                "Doe",
                "1990-05-15",
                "pln_C506ZkHHTlKfgy16G-tTJQ",
                address,
            );
            member.phone = "4155550100".to_owned().into();
            member.email = "jane.doe@example.com".to_owned().into();
            member
        };
        (0..responses::MEMBERS).map(member).collect()
    }

    async fn submit(&self, roster: &Self::Roster) -> Result<usize, Failure> {
        let sync = self.0.groups().members().sync();
        let receipt = sync.submit("grp_C506ZkHHTlKfgy16G-000001", roster).await?;
        Ok(receipt.request_id.len())
    }
}
