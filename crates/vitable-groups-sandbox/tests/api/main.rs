//! The sandbox over real HTTP, section by section of the API's rules.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails here fails a test"
)]

mod access;
mod controls;
mod faults;
mod groups;
mod openapi;
mod pages;
mod reconciliation;
mod switches;
mod syncs;

#[path = "../common/mod.rs"]
mod common;

use common::{Client, member};
use serde_json::{Value, json};
use vitable_groups_sandbox::Sandbox;

/// A fresh sandbox and a client for it.
fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().spawn().unwrap();
    let client = Client::new(sandbox.address());
    (sandbox, client)
}

/// Makes a group and gives its id.
fn group(client: &Client, reference: &str) -> String {
    let body = json!({ "name": reference, "external_reference_id": reference });
    let answer = client.post("/v1/groups", &body);
    assert_eq!(answer.status, 201, "{}", answer.body);
    text(&answer.data()["id"])
}

/// Submits a roster and gives the id of the request.
fn submit(client: &Client, group: &str, members: &Value) -> String {
    let answer =
        client.post(&format!("/v1/groups/{group}/members/sync"), &json!({ "members": members }));
    assert_eq!(answer.status, 202, "{}", answer.body);
    text(&answer.data()["request_id"])
}

fn state(client: &Client, group: &str, request: &str) -> Value {
    let answer = client.get(&format!("/v1/groups/{group}/members/sync/{request}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.data()
}

/// Submits a roster and gives the results.
fn sync(client: &Client, group: &str, members: &Value) -> Value {
    let request = submit(client, group, members);
    let state = state(client, group, &request);
    assert!(state["completed_at"].is_string(), "{state}");
    state["results"].clone()
}

/// How many were added and removed, and the failures.
fn counts(results: &Value) -> (usize, usize, Vec<(String, String, String)>) {
    let length = |key: &str| results[key].as_array().unwrap().len();
    let failures = results["failures"].as_array().unwrap();
    let failures = failures
        .iter()
        .map(|failure| {
            (text(&failure["reference_id"]), text(&failure["operation"]), text(&failure["reason"]))
        })
        .collect();
    (length("added_group_member_ids"), length("removed_group_member_ids"), failures)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A member with contact details by which a person is known again.
fn known_member(reference: &str, email: &str) -> Value {
    let mut row = member(reference);
    row["email"] = json!(email);
    row
}

fn failure(reference: &str, operation: &str, reason: &str) -> (String, String, String) {
    (reference.to_owned(), operation.to_owned(), reason.to_owned())
}
