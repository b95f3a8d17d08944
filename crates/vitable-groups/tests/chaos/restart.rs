//! A server that restarts while a wait polls it.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use vitable_groups::PollPolicy;
use vitable_groups::model::{Address, GroupCreateParams, Member};
use vitable_groups_sandbox::Sandbox;

use crate::caller::{client, convert};

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_survives_a_restart_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sandbox.db");
    let first = Sandbox::builder().db(&db).sync_never().start().await.unwrap();
    let port = first.address().port();
    let client = client(convert(&json!({
        "api_key": "key",
        "base_url": first.base_url(),
        "retry_base_delay_ms": 1,
        "retry_max_delay_ms": 8,
    })));
    let group = client.groups().create(GroupCreateParams::new("tier-1", "Tier 1")).await.unwrap();
    let sync = client.groups().members().sync();
    let rows = [member("E-1"), member("E-2")];
    let receipt = sync.submit(&group.id, &rows).await.unwrap();

    let (sender, mut progress) = mpsc::unbounded_channel();
    let wait = client
        .groups()
        .members()
        .sync()
        .wait(&receipt)
        .poll(PollPolicy::every(Duration::from_millis(5)))
        .on_progress(move |progress| {
            // The receiver may already be dropped.
            let _ = sender.send((progress.state.is_some(), progress.last_error));
        });
    let waiting = tokio::spawn(wait.into_future());
    // Wait until polling has started, then stop the server.
    while !progress.recv().await.unwrap().0 {}
    first.shutdown().await;
    while progress.recv().await.unwrap().1.is_none() {}
    let second = Sandbox::builder().db(&db).port(port).sync_never().start().await.unwrap();
    while !progress.recv().await.unwrap().0 {}
    second.control().settings(&json!({"sync_delay_ms": 0})).unwrap();

    let state = waiting.await.unwrap().unwrap();
    assert_eq!(state.request_id, receipt.request_id);
    assert_eq!(state.results.value().unwrap().added_group_member_ids.len(), 2);
    second.shutdown().await;
}

/// A valid row of invented values.
fn member(reference_id: &str) -> Member {
    let plan = "pln_Wgx_PobRSymT_ki30sYaBQ";
    let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
    Member::new(reference_id, "Ann", "Lee", "1990-05-15", plan, address)
}
