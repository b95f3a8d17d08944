//! Credentials and organizations.

use serde_json::json;
use vitable_groups_sandbox::Sandbox;

use crate::common::Client;
use crate::{group, sandbox};

#[test]
fn any_key_is_accepted_while_no_keys_exist() {
    let (_sandbox, client) = sandbox();
    for key in ["test", "My API Key", "vit_apk_x", "vit_at_x"] {
        assert_eq!(client.key(key).get("/v1/plans").status, 200, "{key}");
    }
    let mut without = client.clone();
    without.headers.clear();
    for client in [
        without.clone(),
        without.with("authorization", "Bearer"),
        without.with("authorization", "Bearer  "),
        without.with("authorization", "Basic dGVzdDp0ZXN0"),
    ] {
        let (status, code, message) = client.get("/v1/plans").error();
        assert_eq!((status, code.as_str()), (401, "unauthorized"));
        assert_eq!(message, "Invalid or missing API key");
    }
    assert_eq!(without.with("authorization", "bearer test").get("/v1/plans").status, 200);
}

#[test]
fn once_keys_exist_others_are_rejected() {
    let sandbox = Sandbox::builder().key("one").key("two=org_second").spawn().unwrap();
    let client = Client::new(sandbox.address());
    assert_eq!(client.get("/v1/groups").error().0, 401);
    let id = group(&client.key("one"), "r");
    assert_eq!(client.key("one").get(&format!("/v1/groups/{id}")).status, 200);
    let other_organization = client.key("two").get(&format!("/v1/groups/{id}"));
    assert_eq!(
        other_organization.error(),
        (404, "not_found".to_owned(), "Group not found".to_owned())
    );
    assert_eq!(client.key("two").get("/v1/groups").json()["pagination"]["total"], 0);
    // Reference IDs are unique per organization only.
    let other = group(&client.key("two"), "r");
    assert_eq!(
        client.key("two").get(&format!("/v1/groups/{other}")).data()["organization_id"],
        "org_second"
    );
    assert!(client.key("two").get("/v1/plans").data().as_array().unwrap().len() >= 2);

    sandbox.control().settings(&json!({"accept_any_key": true})).unwrap();
    assert_eq!(client.key("three").get(&format!("/v1/groups/{id}")).status, 200);
}

#[test]
fn the_header_selects_the_organization() {
    let (sandbox, client) = sandbox();
    let keys = json!({"keys": [
        {"key": "both", "organization_id": "org_a"},
        {"key": "both", "organization_id": "org_b"},
        {"key": "one", "organization_id": "org_a"},
    ]});
    sandbox.control().seed(&keys).unwrap();
    let error = |key: &str, header: Option<&str>| {
        let client = client.key(key);
        let client = match header {
            Some(header) => client.with("X-Vitable-Organization", header),
            None => client,
        };
        let (status, code, _) = client.get("/v1/groups").error();
        (status, code)
    };
    assert_eq!(error("both", None), (400, "organization_required".to_owned()));
    for malformed in ["", "nonsense", "grp_abc", "org_", "org_ä"] {
        assert_eq!(
            error("both", Some(malformed)),
            (400, "invalid_organization_header".to_owned()),
            "{malformed}"
        );
    }
    let denied = (403, "organization_access_denied".to_owned());
    assert_eq!(error("both", Some("org_c")), denied);
    assert_eq!(error("one", Some("org_b")), denied);
    assert_eq!(error("none", Some("nonsense")).0, 401);
    let b = client.key("both").with("x-vitable-organization", "org_b");
    let id = group(&b, "r");
    assert_eq!(b.get(&format!("/v1/groups/{id}")).data()["organization_id"], "org_b");
    assert_eq!(client.key("one").get(&format!("/v1/groups/{id}")).status, 404);
}

#[test]
fn bound_tokens_are_rejected() {
    let (sandbox, client) = sandbox();
    for kind in ["employer", "employee"] {
        sandbox.control().seed(&json!({"keys": [{"key": kind, "kind": kind}]})).unwrap();
        for path in ["/v1/groups", "/v1/groups/grp_x", "/v1/plans", "/v1/groups/g/members/sync/r"] {
            let (status, code, _) = client.key(kind).get(path).error();
            assert_eq!((status, code.as_str()), (403, "organization_access_denied"));
        }
    }
}

#[test]
fn checks_run_in_order() {
    let (sandbox, client) = sandbox();
    sandbox
        .control()
        .seed(&json!({"keys": [
            {"key": "k", "organization_id": "org_a"}, {"key": "k", "organization_id": "org_b"},
        ]}))
        .unwrap();
    let k = client.key("k");
    let inside = k.with("X-Vitable-Organization", "org_a");
    let id = group(&inside, "r");
    for (method, path) in
        [("POST", format!("/v1/groups/{id}/members/sync")), ("PATCH", format!("/v1/groups/{id}"))]
    {
        let missing = path.replace(&id, "grp_missing");
        let send = |client: &Client, path: &str| client.send(method, path, Some("{\"")).error().0;
        assert_eq!(send(&client, &missing), 401);
        assert_eq!(k.send(method, &missing, Some("{\"")).error().1, "organization_required");
        assert_eq!(send(&inside, &missing), 404);
        assert_eq!(send(&inside, &path), 400);
    }
}

#[test]
fn unknown_paths_return_api_errors() {
    let (_sandbox, client) = sandbox();
    for path in ["/", "/v1", "/v1/groups/", "/v1/employers", "/v1/groups/a/members", "/v2/groups"] {
        assert_eq!(client.get(path).error().1, "not_found", "{path}");
    }
    let wrong = client.send("DELETE", "/v1/groups", None);
    assert_eq!(wrong.error().0, 405);
    assert!(wrong.header("allow").is_some_and(|allow| allow.contains("POST")));
}
