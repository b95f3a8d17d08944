//! The daily job example, and methods that make several calls, run against the sandbox.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "test code")]

#[allow(unreachable_pub, reason = "the example is a separate program")]
#[path = "../../../examples/rust/daily.rs"]
mod daily;

use std::path::Path;

use serde_json::json;
use vitable_groups::Client;
use vitable_groups::roster::OutcomeStatus;
use vitable_groups_sandbox::Sandbox;

#[tokio::test]
async fn the_example_runs_the_daily_job() {
    let plans = json!([
        {"id": "pln_Wgx_PobRSymT_ki30sYaBQ", "name": "Basic Care"},
        {"id": "pln_C506ZkHHTlKfgy16G-TJBQ", "name": "Plus Care"},
    ]);
    let sandbox = Sandbox::builder().start().await.unwrap();
    let seeded = sandbox.control().seed(&json!({"plans": plans}));
    // The sandbox starts with one of the two plans.
    seeded.or_else(|_| sandbox.control().seed(&json!({"plans": [plans[1]]}))).unwrap();
    let none: [(&str, &str); 0] = [];
    let builder = Client::builder().variables(none).api_key("key").base_url(sandbox.base_url());
    let client = builder.build().unwrap();

    let rosters = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/rosters"));
    let october = rosters.join("2026-10-members-fixed.csv");
    let outcome = daily::run(&client, "tier-1", &october, None).await.unwrap();
    assert_eq!((outcome.added, outcome.failed), (Some(250), Some(0)));
    let november = rosters.join("2026-11-members.csv");
    let outcome = daily::run(&client, "tier-1", &november, Some(&october)).await.unwrap();
    assert_eq!((outcome.added, outcome.removed), (Some(11), Some(8)));
    assert_eq!(outcome.status, OutcomeStatus::RowsFailed);

    let invalid = rosters.join("2026-10-members.csv");
    let error = daily::run(&client, "tier-1", &invalid, None).await.unwrap_err();
    assert!(error.to_string().contains("nothing was sent: the roster has 6 errors"), "{error}");
    sandbox.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_get_or_create_calls_create_one_group() {
    use vitable_groups::model::GroupCreateParams;

    let sandbox = Sandbox::builder().start().await.unwrap();
    let none: [(&str, &str); 0] = [];
    let builder = Client::builder().variables(none).api_key("key").base_url(sandbox.base_url());
    let client = builder.build().unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let groups = client.groups();
            tokio::spawn(async move {
                groups.get_or_create(GroupCreateParams::new("tier-1", "Tier 1")).await
            })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap().unwrap().id);
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(client.groups().list().collect(10).await.unwrap().len(), 1);
    sandbox.shutdown().await;
}
