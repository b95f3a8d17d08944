//! Reset, seed, clock and state, and how a sandbox starts and stops.

use std::net::TcpStream;

use serde_json::{Value, json};
use vitable_groups_sandbox::{Sandbox, StartError};

use crate::common::{Client, member};
use crate::{group, sandbox, sync};

#[test]
fn a_reset_clears_everything() {
    let sandbox = Sandbox::builder().key("k").sync_never().spawn().unwrap();
    let client = Client::new(sandbox.address()).key("k");
    let control = sandbox.control();
    let settings = control.call("GET", "/settings", &Value::Null).unwrap();
    group(&client, "r");
    control.seed(&json!({"plans": [{"name": "Gold"}], "keys": [{"key": "other"}]})).unwrap();
    control.settings(&json!({"sync_delay_ms": 0, "null_timestamps": true})).unwrap();
    control.fault(&json!({"status": 500, "times": null})).unwrap();
    control.call("POST", "/clock", &json!({"now": "2001-01-01T00:00:00Z"})).unwrap();

    client.post("/__sandbox/reset", &Value::Null);
    assert_eq!(client.get("/v1/groups").json()["pagination"]["total"], 0);
    assert_eq!(client.get("/v1/plans").json()["pagination"]["total"], 2);
    assert_eq!(client.key("other").get("/v1/plans").status, 401);
    assert_eq!(control.call("GET", "/settings", &Value::Null).unwrap(), settings);
    assert_eq!(control.call("GET", "/clock", &Value::Null).unwrap()["mode"], "real");
    assert_eq!(control.requests().len(), 3);
}

#[test]
fn a_seed_is_loaded_completely_or_not_at_all() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    let created = control
        .seed(&json!({
            "organizations": [{"name": "Second"}],
            "groups": [
                {"id": "grp_known", "name": "A", "external_reference_id": "a", "members": [member("E1")]},
                {"name": "B", "external_reference_id": "b"},
            ],
        }))
        .unwrap();
    assert!(created["organizations"][0]["id"].as_str().unwrap().starts_with("org_"));
    assert_eq!(
        created["groups"][0]["results"]["added_group_member_ids"].as_array().unwrap().len(),
        1
    );
    assert_eq!(client.get("/v1/groups/grp_known").data()["external_reference_id"], "a");
    assert_eq!(crate::counts(&sync(&client, "grp_known", &json!([]))), (0, 1, vec![]));

    for (wrong, want) in [
        (
            json!({"groups": [{"name": "C", "external_reference_id": "c"}, {"name": "A", "external_reference_id": "a"}]}),
            "is in use",
        ),
        (
            json!({"groups": [{"name": "", "external_reference_id": "c"}]}),
            "groups: name: must not be empty",
        ),
        (
            json!({"groups": [{"name": "C", "external_reference_id": "c", "members": [{}]}]}),
            "members[0].reference_id",
        ),
        (json!({"plans": [{"name": "x", "organization_id": "acme"}]}), "has the form org_..."),
        (json!({"remove_plans": ["pln_no"]}), "there is no plan"),
        (json!({"persons": [{"email": "a@b.de"}]}), "date_of_birth"),
        (json!({"nonsense": []}), "unknown field"),
    ] {
        let error = control.seed(&wrong).unwrap_err();
        assert!(error.to_string().contains(want), "{error}");
        assert_eq!(error.status(), 400);
    }
    assert_eq!(client.get("/v1/groups").json()["pagination"]["total"], 2);
}

#[test]
fn the_clock_is_controlled_over_http() {
    let (_sandbox, client) = sandbox();
    let change = |body: &Value| client.post("/__sandbox/clock", body).json();
    let stopped = change(&json!({"mode": "manual", "now": "2026-01-15T10:30:00Z"}));
    assert_eq!(stopped, json!({"mode": "manual", "now": "2026-01-15T10:30:00Z"}));
    assert_eq!(change(&json!({"advance_ms": 1_500}))["now"], "2026-01-15T10:30:01.5Z");
    assert_eq!(client.get("/__sandbox/clock").json()["now"], "2026-01-15T10:30:01.5Z");
    assert_eq!(change(&json!({"mode": "real"}))["mode"], "real");
    for wrong in [
        json!({"now": "noon"}),
        json!({"mode": "real", "now": "2026-01-15T10:30:00Z"}),
        json!({"advance_ms": -1}),
    ] {
        assert_eq!(client.post("/__sandbox/clock", &wrong).error().0, 400);
    }
}

#[test]
fn lists_keep_the_order_of_creation_while_the_clock_is_stopped() {
    let (sandbox, client) = sandbox();
    sandbox.control().advance(std::time::Duration::ZERO);
    for number in 0..10 {
        group(&client, &number.to_string());
    }
    let groups = client.get("/v1/groups").data();
    for (number, group) in groups.as_array().unwrap().iter().enumerate() {
        assert_eq!(group["external_reference_id"], number.to_string());
    }
}

#[test]
fn unknown_controls_are_errors() {
    let (_sandbox, client) = sandbox();
    assert_eq!(client.get("/__sandbox/nothing").error().0, 404);
    assert_eq!(client.post("/__sandbox/state", &Value::Null).error().0, 405);
    assert_eq!(client.send("POST", "/__sandbox/faults", Some("{")).error().0, 400);
    let listed = client.get("/__sandbox").json()["controls"].clone();
    assert!(listed.as_array().unwrap().contains(&json!("POST /__sandbox/reset")));
}

#[test]
fn a_dropped_sandbox_releases_its_port() {
    let (sandbox, client) = sandbox();
    let address = sandbox.address();
    sandbox.control().fault(&json!({"hang": "before"})).unwrap();
    let _hanging = client.open("GET", "/v1/groups", None);
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
    let again = Sandbox::builder().port(address.port()).spawn().unwrap();
    assert_eq!(again.address(), address);
    let in_use = Sandbox::builder().port(address.port()).spawn().unwrap_err();
    assert!(matches!(in_use, StartError::Listen { .. }), "{in_use}");
}

#[test]
fn invalid_options_are_errors() {
    assert!(matches!(Sandbox::builder().key("").spawn(), Err(StartError::Seed(_))));
    assert!(matches!(Sandbox::builder().key("k=acme").spawn(), Err(StartError::Seed(_))));
    assert!(matches!(Sandbox::builder().seed(&json!({"x": 1})), Err(StartError::Seed(_))));
    let nowhere = Sandbox::builder().db("/nowhere/at/all.db").spawn();
    assert!(matches!(nowhere, Err(StartError::Database { .. })));
}

#[test]
fn a_random_seed_repeats_the_ids() {
    let ids = || {
        let sandbox = Sandbox::builder().random_seed(7).spawn().unwrap();
        let client = Client::new(sandbox.address());
        [group(&client, "a"), group(&client, "b")]
    };
    assert_eq!(ids(), ids());
}
