//! Groups: create, retrieve, update.

use serde_json::{Value, json};

use crate::{group, sandbox, text};

#[test]
fn a_group_is_created_and_found() {
    let (_sandbox, client) = sandbox();
    let created = client
        .post("/v1/groups", &json!({"name": "Tier 1", "external_reference_id": "mol_seg_001"}));
    assert_eq!(created.status, 201);
    assert_eq!(created.header("content-type"), Some("application/json"));
    let data = created.data();
    let id = text(&data["id"]);
    let code = id.strip_prefix("grp_").unwrap();
    assert_eq!(code.len(), 22);
    assert!(code.ends_with(['A', 'Q', 'g', 'w']));
    assert_eq!(data["name"], "Tier 1");
    assert_eq!(data["external_reference_id"], "mol_seg_001");
    assert_eq!(data["organization_id"], "org_PyschJpXTw6LHWwuWn2fEA");
    assert_eq!(data["created_at"], data["updated_at"]);
    assert_eq!(text(&data["created_at"]).len(), "2026-01-15T10:30:00Z".len());
    assert_eq!(client.get(&format!("/v1/groups/{id}")).data(), data);
}

#[test]
fn a_reference_id_is_unique() {
    let (_sandbox, client) = sandbox();
    group(&client, "r");
    let again = client.post("/v1/groups", &json!({"name": "x", "external_reference_id": "r"}));
    let (status, code, _) = again.error();
    assert_eq!((status, code.as_str()), (409, "conflict"));
    // Compared exactly: case and spaces matter.
    group(&client, "R");
    group(&client, "r ");
    let other = group(&client, "other");
    let path = format!("/v1/groups/{other}");
    assert_eq!(client.patch(&path, &json!({"external_reference_id": "r"})).error().0, 409);
    assert_eq!(client.patch(&path, &json!({"external_reference_id": "other"})).status, 200);
    assert_eq!(client.get(&path).data()["external_reference_id"], "other");
}

#[test]
fn concurrent_creates_with_one_reference_id_create_one_group() {
    let (_sandbox, client) = sandbox();
    let body = json!({"name": "n", "external_reference_id": "r"});
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let racers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| client.post("/v1/groups", &body).status)).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[test]
fn bodies_are_checked() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let long = "x".repeat(256);
    for (body, want) in [
        (json!({"external_reference_id": "a"}), "name: is required"),
        (json!({"name": "a"}), "external_reference_id: is required"),
        (json!({"name": null, "external_reference_id": "a"}), "name: must be a string"),
        (
            json!({"name": "a", "external_reference_id": ""}),
            "external_reference_id: must not be empty",
        ),
        (
            json!({"name": long, "external_reference_id": "a"}),
            "name: must have at most 255 characters",
        ),
        (json!([]), "The body must be a JSON object"),
    ] {
        let error = client.post("/v1/groups", &body).error();
        assert_eq!(error, (400, "validation_error".to_owned(), want.to_owned()));
    }
    for (body, want) in [
        (json!({"name": ""}), "name: must not be empty"),
        (json!({"external_reference_id": ""}), "external_reference_id: must not be empty"),
        (json!({"name": 1}), "name: must be a string"),
        (json!(null), "The body must be a JSON object"),
    ] {
        assert_eq!(client.patch(&format!("/v1/groups/{id}"), &body).error().2, want);
    }
    for body in ["", "{", "\"\\ud800\"", "{\"name\": \"a\", \"external_reference_id\": \"b\"} x"] {
        assert_eq!(client.send("POST", "/v1/groups", Some(body)).error().0, 400, "{body}");
    }
    let nul = client.post("/v1/groups", &json!({"name": "a\u{0}b", "external_reference_id": "😀"}));
    assert_eq!(nul.data()["name"], "a\u{0}b");
}

#[test]
fn an_update_changes_the_given_fields() {
    let (sandbox, client) = sandbox();
    let control = sandbox.control();
    control.call("POST", "/clock", &json!({"now": "2026-01-15T10:30:00Z"})).unwrap();
    let id = group(&client, "r");
    let path = format!("/v1/groups/{id}");
    let before = client.get(&path).data();
    assert_eq!(before["created_at"], "2026-01-15T10:30:00Z");
    control.call("POST", "/clock", &json!({"advance_ms": 60_000})).unwrap();

    for body in
        [json!({}), json!({"name": null}), json!({"name": before["name"]}), json!({"unknown": 1})]
    {
        let response = client.patch(&path, &body);
        assert_eq!((response.status, response.data()), (200, before.clone()), "{body}");
    }
    assert_eq!(client.send("PATCH", &path, None).data(), before);

    let after = client.patch(&path, &json!({"name": "new"})).data();
    assert_eq!(after["name"], "new");
    assert_eq!(after["external_reference_id"], "r");
    assert_eq!(after["created_at"], "2026-01-15T10:30:00Z");
    assert_eq!(after["updated_at"], "2026-01-15T10:31:00Z");
    let both = client.patch(&path, &json!({"name": "n", "external_reference_id": "s"})).data();
    assert_eq!(
        (both["name"].clone(), both["external_reference_id"].clone()),
        (json!("n"), json!("s"))
    );
    assert_eq!(client.get(&path).data(), both);
    // The old reference ID can be used again.
    group(&client, "r");
}

#[test]
fn malformed_ids_are_not_found() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    for bad in ["grp_", "x", "%2e%2e", "a%2Fb", "%ff", "%00", &id.to_lowercase(), &format!("{id}A")]
    {
        for path in [format!("/v1/groups/{bad}"), format!("/v1/groups/{bad}/members/sync/x")] {
            assert_eq!(client.get(&path).error().0, 404, "{path}");
        }
        let body = json!({"members": []});
        assert_eq!(client.post(&format!("/v1/groups/{bad}/members/sync"), &body).error().0, 404);
        assert_eq!(client.patch(&format!("/v1/groups/{bad}"), &Value::Null).error().0, 404);
    }
}
