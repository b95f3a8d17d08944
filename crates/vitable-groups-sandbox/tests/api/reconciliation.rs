//! What a sync changes, row by row.

use serde_json::{Value, json};

use crate::common::{Client, member};
use crate::{counts, failure, group, known_member, sandbox, sync, text};

const OTHER_GROUP: &str = "Member already belongs to another group";
const OTHER_ORGANIZATION: &str =
    "Member already has an active subscription under a different organization";
const OTHER_REFERENCE: &str = "Member already belongs to this group under another reference_id";

#[test]
fn a_roster_replaces_the_previous_one() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let first = sync(&client, &id, &json!([member("A"), member("B"), member("C")]));
    let ids = first["added_group_member_ids"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 3);
    let second = sync(&client, &id, &json!([member("D"), member("C")]));
    assert_eq!(counts(&second), (1, 2, vec![]));
    assert_eq!(second["removed_group_member_ids"], json!([ids[0], ids[1]]));
    // A group and reference ID keep their member id.
    let third = sync(&client, &id, &json!([member("B"), member("A"), member("C")]));
    assert_eq!(third["added_group_member_ids"], json!([ids[1], ids[0]]));
    assert_eq!(counts(&sync(&client, &id, &json!([]))), (0, 3, vec![]));
    assert_eq!(counts(&sync(&client, &id, &json!([]))), (0, 0, vec![]));
}

#[test]
fn rows_fail_independently() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    let mut wrong = member("B");
    wrong["plan_id"] = json!("pln_nowhere");
    let results = sync(&client, &id, &json!([member("A"), wrong, member("C")]));
    assert_eq!(counts(&results), (2, 0, vec![failure("B", "add", "Invalid plan_id")]));
    // A plan of another organization is invalid.
    let seed =
        json!({"plans": [{"id": "pln_theirs", "name": "Theirs", "organization_id": "org_x"}]});
    sandbox.control().seed(&seed).unwrap();
    let mut theirs = member("D");
    theirs["plan_id"] = json!("pln_theirs");
    let results = sync(&client, &id, &json!([member("A"), member("C"), theirs]));
    assert_eq!(counts(&results).2, [failure("D", "add", "Invalid plan_id")]);
}

#[test]
fn failures_can_be_forced() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    sync(&client, &id, &json!([member("A"), member("B")]));
    let forced = json!({"forced_failures": [
        {"reference_id": "A", "operation": "remove"},
        {"reference_id": "C", "operation": "add", "reason": "Not today"},
    ]});
    sandbox.control().settings(&forced).unwrap();
    let results = sync(&client, &id, &json!([member("C"), member("D")]));
    let failures = vec![
        failure("A", "remove", "Could not end the subscription"),
        failure("C", "add", "Not today"),
    ];
    assert_eq!(counts(&results), (1, 1, failures));
    sandbox.control().settings(&json!({"forced_failures": []})).unwrap();
    // A was still subscribed.
    assert_eq!(counts(&sync(&client, &id, &json!([member("D")]))), (0, 1, vec![]));
}

#[test]
fn a_person_is_identified_by_email_and_date_of_birth() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    let person = |reference: &str| -> Value {
        let state = sandbox.control().state().unwrap();
        let members = state["members"].as_array().unwrap();
        members.iter().find(|member| member["reference_id"] == reference).unwrap()["person_id"]
            .clone()
    };
    // A reference ID can change in one sync, as removals come first.
    sync(&client, &id, &json!([known_member("A", "jane.doe@acme.com")]));
    let changed = sync(&client, &id, &json!([known_member("B", "Jane.Doe@ACME.com")]));
    assert_eq!(counts(&changed), (1, 1, vec![]));
    assert_eq!(person("A"), person("B"));

    let mut other_date = known_member("C", "jane.doe@acme.com");
    other_date["date_of_birth"] = json!("1991-05-15");
    let rows =
        json!([known_member("B", "jane.doe@acme.com"), other_date, member("D"), member("E")]);
    assert_eq!(counts(&sync(&client, &id, &rows)), (3, 0, vec![]));
    let persons = [person("B"), person("C"), person("D"), person("E")];
    for (index, one) in persons.iter().enumerate() {
        assert!(!persons[..index].contains(one), "a person without an email is not identified");
    }
}

#[test]
fn one_person_under_two_reference_ids_is_added_once() {
    let (_sandbox, client) = sandbox();
    let id = group(&client, "r");
    let rows = json!([known_member("A", "j@acme.com"), known_member("B", "J@acme.com")]);
    let results = sync(&client, &id, &rows);
    assert_eq!(counts(&results), (1, 0, vec![failure("B", "add", OTHER_REFERENCE)]));
    // The same when A is kept rather than added.
    assert_eq!(counts(&sync(&client, &id, &rows)).2, [failure("B", "add", OTHER_REFERENCE)]);
}

#[test]
fn a_person_is_in_one_group_at_a_time() {
    let (sandbox, client) = sandbox();
    let (one, two) = (group(&client, "one"), group(&client, "two"));
    let row = json!([known_member("A", "j@acme.com")]);
    sync(&client, &one, &row);
    let rejected = sync(&client, &two, &row);
    assert_eq!(counts(&rejected), (0, 0, vec![failure("A", "add", OTHER_GROUP)]));
    sandbox.control().settings(&json!({"cross_group_add": "move"})).unwrap();
    assert_eq!(counts(&sync(&client, &two, &row)), (1, 0, vec![]));
    sandbox.control().settings(&json!({"cross_group_add": "fail"})).unwrap();
    // Removing before adding works with either setting.
    assert_eq!(counts(&sync(&client, &two, &json!([]))), (0, 1, vec![]));
    assert_eq!(counts(&sync(&client, &one, &row)), (1, 0, vec![]));
}

#[test]
fn a_person_of_another_organization_cannot_be_added() {
    let (sandbox, client) = sandbox();
    let seed = json!({
        "keys": [{"key": "a", "organization_id": "org_a"}, {"key": "b", "organization_id": "org_b"}],
        "persons": [{"email": "held@acme.com", "date_of_birth": "1990-05-15"}],
    });
    sandbox.control().seed(&seed).unwrap();
    let in_organization = |key: &str| -> (Client, String, Value) {
        let client = client.key(key);
        let plan = client.get("/v1/plans").data()[0]["id"].clone();
        let group = group(&client, "r");
        (client, group, plan)
    };
    let (a, group_a, plan_a) = in_organization("a");
    let (b, group_b, plan_b) = in_organization("b");
    let row = |email: &str, plan: &Value| {
        let mut row = known_member("X", email);
        row["plan_id"] = plan.clone();
        json!([row])
    };
    let rejected = vec![failure("X", "add", OTHER_ORGANIZATION)];
    assert_eq!(counts(&sync(&a, &group_a, &row("Held@acme.com", &plan_a))).2, rejected);
    assert_eq!(counts(&sync(&a, &group_a, &row("j@acme.com", &plan_a))), (1, 0, vec![]));
    assert_eq!(counts(&sync(&b, &group_b, &row("j@acme.com", &plan_b))), (0, 0, rejected));
    sync(&a, &group_a, &json!([]));
    assert_eq!(counts(&sync(&b, &group_b, &row("j@acme.com", &plan_b))), (1, 0, vec![]));
}

#[test]
fn fields_are_written_kept_or_cleared() {
    let (sandbox, client) = sandbox();
    let id = group(&client, "r");
    let record = || sandbox.control().state().unwrap()["members"][0]["record"].clone();
    let mut full = known_member("A", "j@acme.com");
    full["phone"] = json!("+1 (415) 555-0100");
    full["address"]["address_line_2"] = json!("Apt 4B");
    sync(&client, &id, &json!([full]));
    assert_eq!(record()["phone"], "4155550100");

    let mut moved = member("A");
    moved["address"]["city"] = json!("Oakland");
    sync(&client, &id, &json!([moved.clone()]));
    let kept = record();
    assert_eq!(kept["address"]["city"], "Oakland");
    assert_eq!(kept["address"]["address_line_2"], "Apt 4B");
    assert_eq!(
        (text(&kept["phone"]), text(&kept["email"])),
        ("4155550100".into(), "j@acme.com".into())
    );

    moved["phone"] = Value::Null;
    moved["email"] = Value::Null;
    moved["address"]["address_line_2"] = Value::Null;
    sync(&client, &id, &json!([moved]));
    let cleared = record();
    for value in [&cleared["phone"], &cleared["email"], &cleared["address"]["address_line_2"]] {
        assert_eq!(*value, Value::Null);
    }
}
