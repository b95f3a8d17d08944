//! Run by scripts/dist_test.py in a package that depends on the packed crates.

use vitable_groups::model::GroupCreateParams;
use vitable_groups::roster::{ReadOptions, Roster};
use vitable_groups::{Client, ErrorKind};
use vitable_groups_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [file, seed]: [String; 2] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage")?;
    let seed = serde_json::from_str(&std::fs::read_to_string(seed)?)?;
    let sandbox = Sandbox::builder().seed(&seed)?.start().await?;
    let client = Client::builder().api_key("k").base_url(sandbox.base_url()).build()?;
    let params = GroupCreateParams::new("crate-1", "Crate 1");
    let group = client.groups().get_or_create(params).await?;
    let roster = Roster::read_path(file, &ReadOptions::default())?;
    let done = client.groups().members().sync().apply(&group.id, roster).await?;
    assert_eq!((done.outcome.added, done.outcome.failures.len()), (Some(250), 0));
    let missing = client.groups().retrieve("grp_nowhere").await.err().ok_or("found it")?;
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    println!("ok");
    Ok(())
}
