//! The OpenAPI document is served and matches what the sandbox does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::common::{Client, member};
use crate::{group, sandbox, submit, text};

const YAML: &str = include_str!("../../openapi.yaml");

fn document() -> Value {
    serde_norway::from_str(YAML).unwrap()
}

#[test]
fn the_served_document_matches_the_yaml() {
    let (_sandbox, client) = sandbox();
    let served = client.get("/openapi.json");
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert!(served.json() == document(), "openapi.json and openapi.yaml differ");
}

#[test]
fn every_operation_of_the_document_is_served_and_no_other() {
    let (_sandbox, client) = sandbox();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let url = path.replace("{group_id}", "grp_x").replace("{request_id}", "grpmsr_x");
        let documented: BTreeSet<String> = item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters")
            .map(|method| method.to_uppercase())
            .collect();
        let mut served = BTreeSet::new();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if client.send(method, &url, Some("{}")).status != 405 {
                served.insert(method.to_owned());
            }
        }
        assert_eq!(documented, served, "{path}");
    }
}

#[test]
fn the_operations_match_the_client_manifest() {
    let (_sandbox, client) = sandbox();
    let by_name = |list: &Value| -> BTreeMap<String, (Value, Value)> {
        let list = list["operations"].as_array().unwrap();
        let entry =
            |one: &Value| (text(&one["name"]), (one["method"].clone(), one["path"].clone()));
        list.iter().map(entry).collect()
    };
    let served = by_name(&client.get("/__sandbox").json());
    assert_eq!(served, by_name(&vitable_groups::binding::manifest()));
}

#[test]
fn responses_have_the_keys_of_their_schemas() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let request = submit(&client, &id, &json!([member("E1")]));
    let sync = format!("/v1/groups/{id}/members/sync");
    let bad = Client::clone(&client).key("");
    for (method, path, body, schema) in [
        ("GET", "/v1/plans", None, "PlanListResponse"),
        ("GET", "/v1/groups", None, "GroupListResponse"),
        ("GET", &format!("/v1/groups/{id}"), None, "GroupResponse"),
        ("PATCH", &format!("/v1/groups/{id}"), Some("{}"), "GroupResponse"),
        ("POST", &sync, Some(r#"{"members": []}"#), "GroupMemberSyncSubmitResponse"),
        ("GET", &format!("{sync}/{request}"), None, "GroupMemberSyncRetrieveResponse"),
        ("GET", "/v1/groups/x", None, "ErrorResponse"),
    ] {
        let response = client.send(method, path, body).json();
        let document = document();
        same_keys(&document, &document["components"]["schemas"][schema], &response, path);
    }
    assert_eq!(bad.get("/v1/plans").status, 401);
}

/// Every key is in the schema, and every required key is present.
fn same_keys(document: &Value, schema: &Value, value: &Value, path: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    if let Some(one_of) = schema["oneOf"].as_array() {
        return same_keys(document, &one_of[0], value, path);
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for value in values {
            same_keys(document, items, value, path);
        }
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    let object = value.as_object().unwrap_or_else(|| panic!("{path}: {value} is not an object"));
    for required in schema["required"].as_array().unwrap() {
        assert!(object.contains_key(required.as_str().unwrap()), "{path}: {required} is missing");
    }
    for (key, value) in object {
        let property = properties.get(key).unwrap_or_else(|| panic!("{path}: {key} is unknown"));
        same_keys(document, property, value, &format!("{path}/{key}"));
    }
}
