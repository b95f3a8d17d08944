//! Tests of the sandbox over real HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic here fails a test"
)]

mod access;
mod controls;
mod faults;
mod groups;
mod openapi;
mod pages;
mod reconciliation;
mod settings;

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

/// Creates a group and returns its id.
fn group(client: &Client, reference: &str) -> String {
    let body = json!({ "name": reference, "external_reference_id": reference });
    let response = client.post("/v1/groups", &body);
    assert_eq!(response.status, 201, "{}", response.body);
    text(&response.data()["id"])
}

/// Submits a roster and returns the id of the request.
fn submit(client: &Client, group: &str, members: &Value) -> String {
    let response =
        client.post(&format!("/v1/groups/{group}/members/sync"), &json!({ "members": members }));
    assert_eq!(response.status, 202, "{}", response.body);
    text(&response.data()["request_id"])
}

fn state(client: &Client, group: &str, request: &str) -> Value {
    let response = client.get(&format!("/v1/groups/{group}/members/sync/{request}"));
    assert_eq!(response.status, 200, "{}", response.body);
    response.data()
}

/// Submits a roster and returns the results.
fn sync(client: &Client, group: &str, members: &Value) -> Value {
    let request = submit(client, group, members);
    let state = state(client, group, &request);
    assert!(state["completed_at"].is_string(), "{state}");
    state["results"].clone()
}

/// The numbers of members added and removed, and the failures.
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

/// A member with the contact details that identify a person.
fn known_member(reference: &str, email: &str) -> Value {
    let mut row = member(reference);
    row["email"] = json!(email);
    row
}

fn failure(reference: &str, operation: &str, reason: &str) -> (String, String, String) {
    (reference.to_owned(), operation.to_owned(), reason.to_owned())
}
