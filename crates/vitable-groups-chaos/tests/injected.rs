//! Injected reporting faults: untrue ledgers that a faulty client could write, each checked against
//! the true state of a server.
//!
//! The requests are sent as a client would send them; the ledger is written by the tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use vitable_groups_chaos::{
    Apply, Call, ErrorRecord, Evidence, Group, GuardOptions, Plan, Record, STEP_HEADER, Statistics,
    Step, Worker, verify,
};
use vitable_groups_sandbox::Sandbox;

/// A server with two groups, the calls of one worker, and its ledger.
struct Fixture {
    sandbox: Sandbox,
    group: Group,
    existing: Group,
    steps: Vec<Step>,
    records: Vec<Record>,
}

impl Fixture {
    fn new() -> Self {
        let sandbox = Sandbox::builder().spawn().unwrap();
        let group = |reference: &str| {
            let seed = json!({"groups": [{"external_reference_id": reference, "name": reference}]});
            let made = sandbox.control().seed(&seed).unwrap();
            Group {
                id: made["groups"][0]["id"].as_str().unwrap().to_owned(),
                external_reference_id: reference.to_owned(),
                name: reference.to_owned(),
            }
        };
        let (group, existing) = (group("worker"), group("existing"));
        Self { sandbox, group, existing, steps: Vec::new(), records: Vec::new() }
    }

    /// Adds a call to the plan and its record to the ledger.
    fn report(&mut self, call: Call, record: Record) {
        let id = self.steps.len();
        self.steps.push(Step::new(id, 0, call, 1_000));
        self.records.push(Record { id, ..record });
    }

    /// Sends a request of the next step and returns the response.
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let step = self.steps.len();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut server = TcpStream::connect(self.sandbox.address()).unwrap();
        write!(
            server,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer k\r\n\
             Idempotency-Key: key-{step}\r\n{STEP_HEADER}: {step}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        server.read_to_string(&mut response).unwrap();
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    fn submit(&self, members: &[Value]) -> String {
        let path = format!("/v1/groups/{}/members/sync", self.group.id);
        let receipt = self.send("POST", &path, &json!({ "members": members }));
        receipt["data"]["request_id"].as_str().unwrap().to_owned()
    }

    fn state(&self, request: &str) -> Value {
        let path = format!("/v1/groups/{}/members/sync/{request}", self.group.id);
        self.send("GET", &path, &Value::Null)["data"].take()
    }

    fn apply(&self, members: &[Value], previous: Option<&[Value]>) -> Apply {
        Apply {
            group_id: self.group.id.clone(),
            members: members.to_vec(),
            previous: previous.map(<[Value]>::to_vec),
            first_sync: previous.is_none(),
            ..Apply::default()
        }
    }

    /// Puts a roster in force and reports it truthfully.
    fn in_force(&mut self, members: &[Value]) {
        let mut apply = self.apply(members, None);
        apply.first_sync = true;
        let state = self.state(&self.submit(members));
        let count = members.len();
        let outcome = outcome("succeeded", (count, 0), (count, 0, 0));
        self.report(Call::Apply(apply), reported(&state, &outcome));
    }

    fn problems(self) -> Vec<String> {
        let Self { sandbox, group, existing, steps, records } = self;
        let worker = Worker { clients: Vec::new(), steps, group, existing };
        let plan = Plan { round: 1, rounds: 1, workers: vec![worker] };
        let evidence = Evidence::of(sandbox.control(), Vec::new());
        verify(&plan, &records, &evidence, &mut Statistics::default())
    }
}

fn people(references: std::ops::Range<usize>) -> Vec<Value> {
    references
        .map(|person| {
            json!({
                "reference_id": format!("E{person}"),
                "first_name": "Ann",
                "last_name": format!("Lee {person}"),
                "date_of_birth": "1990-05-15",
                "plan_id": "pln_Wgx_PobRSymT_ki30sYaBQ",
                "address": {
                    "address_line_1": "1 Main Street",
                    "city": "Springfield",
                    "state": "IL",
                    "zipcode": "62701",
                },
            })
        })
        .collect()
}

/// The outcome of one request without failures: planned adds and removals; added, removed and kept.
fn outcome(
    status: &str,
    (adds, removals): (usize, usize),
    (added, removed, kept): (usize, usize, usize),
) -> Value {
    json!({
        "status": status, "repeated": false, "submitted": added + kept, "added": added,
        "removed": removed, "kept": kept, "failed": 0, "failed_removals": 0,
        "expected": {"adds": adds, "removals": removals},
    })
}

fn unknown(outcome: &Value) -> Value {
    let mut unknown = outcome.clone();
    unknown["status"] = "unknown".into();
    for count in ["added", "removed", "kept"] {
        unknown[count] = Value::Null;
    }
    unknown
}

fn reported(state: &Value, outcome: &Value) -> Record {
    result(json!({ "state": state, "outcome": outcome, "report": {} }))
}

fn result(result: Value) -> Record {
    Record { result, ..Record::default() }
}

fn failed(kind: &str, details: &Value) -> Record {
    let error = ErrorRecord {
        kind: kind.to_owned(),
        operation: Some("groups.create".to_owned()),
        details: Some(details.clone()),
        attempts: vec![json!({"status": null, "reason": kind})],
        ..ErrorRecord::default()
    };
    Record { error: Some(error), ..Record::default() }
}

/// Checks that exactly one problem is found and contains this text.
fn finds(fixture: Fixture, text: &str) {
    let problems = fixture.problems();
    assert!(matches!(&problems[..], [one] if one.contains(text)), "{text:?} in {problems:#?}");
}

fn finds_nothing(fixture: Fixture) {
    assert_eq!(fixture.problems(), [""; 0]);
}

#[test]
fn a_roster_that_had_to_be_blocked_and_was_sent() {
    let (all, one) = (people(0..100), people(0..1));
    let mut fixture = Fixture::new();
    fixture.in_force(&all);
    let call = Call::Apply(fixture.apply(&one, Some(&all)));
    // It removed 99 of 100 and reports so: the numbers are true, but it must not have been sent.
    let state = fixture.state(&fixture.submit(&one));
    fixture.report(call, reported(&state, &outcome("succeeded", (0, 99), (0, 99, 1))));
    finds(fixture, "it had to be blocked (too_many_removals), but was sent");

    // The error is not enough if the roster was sent anyway.
    let mut fixture = Fixture::new();
    fixture.in_force(&all);
    let call = Call::Apply(fixture.apply(&one, Some(&all)));
    fixture.submit(&one);
    fixture.report(call, failed("guard_refused", &json!({"kind": "too_many_removals"})));
    finds(fixture, "reported as certainly not applied, but it was applied");

    // Without a baseline.
    let mut fixture = Fixture::new();
    fixture.in_force(&all);
    let call = Apply { first_sync: false, ..fixture.apply(&all, None) };
    let state = fixture.state(&fixture.submit(&all));
    fixture.report(Call::Apply(call), reported(&state, &outcome("succeeded", (0, 0), (0, 0, 100))));
    finds(fixture, "it had to be blocked (no_baseline), but was sent");

    let mut fixture = Fixture::new();
    fixture.in_force(&all);
    let call = fixture.apply(&one, Some(&all));
    fixture
        .report(Call::Apply(call), failed("guard_refused", &json!({"kind": "too_many_removals"})));
    let call = Apply { first_sync: false, ..fixture.apply(&all, None) };
    fixture.report(Call::Apply(call), failed("guard_refused", &json!({"kind": "no_baseline"})));
    finds_nothing(fixture);
}

#[test]
fn a_call_blocked_without_need_or_for_another_reason() {
    let (all, fewer) = (people(0..10), people(0..8));
    let mut fixture = Fixture::new();
    fixture.in_force(&all);
    let call = fixture.apply(&fewer, Some(&all));
    fixture
        .report(Call::Apply(call), failed("guard_refused", &json!({"kind": "too_many_removals"})));
    finds(fixture, "blocked without need");

    let mut fixture = Fixture::new();
    let call = fixture.apply(&fewer, Some(&[]));
    fixture.report(Call::Apply(call), failed("guard_refused", &json!({"kind": "no_baseline"})));
    finds(fixture, "it had to be blocked (empty_previous_roster)");
}

#[test]
fn a_stale_baseline() {
    let (before, since) = (people(0..50), people(0..200));
    let fixture = |outcome: &Value| {
        let mut fixture = Fixture::new();
        fixture.in_force(&before);
        let guard = GuardOptions { max_removals: Some("100%".into()), ..GuardOptions::default() };
        let call = Apply { guard, ..fixture.apply(&since, Some(&before)) };
        let state = fixture.state(&fixture.submit(&since));
        let grown = self::outcome("succeeded", (150, 0), (150, 0, 50));
        fixture.report(Call::Apply(call), reported(&state, &grown));
        // The caller still believes that the first roster is in force: no removals are planned.
        let call = Call::Apply(fixture.apply(&before, Some(&before)));
        let state = fixture.state(&fixture.submit(&before));
        fixture.report(call, reported(&state, outcome));
        fixture
    };
    finds(
        fixture(&outcome("succeeded", (0, 0), (0, 150, 50))),
        "succeeded was reported, but it is not_as_planned",
    );
    finds(
        fixture(&outcome("succeeded", (0, 0), (0, 0, 50))),
        "removed was reported as 0, but is 150",
    );
    finds(
        fixture(&outcome("succeeded", (0, 150), (0, 150, 50))),
        "removals was reported as 150, but is 0",
    );
    finds_nothing(fixture(&outcome("not_as_planned", (0, 0), (0, 150, 50))));
}

#[test]
fn a_repeated_submission() {
    let (before, now) = (people(0..6), people(3..8));
    let fixture = |outcome: &Value| {
        let mut fixture = Fixture::new();
        fixture.in_force(&before);
        let call = Call::Apply(fixture.apply(&now, Some(&before)));
        fixture.submit(&now);
        let state = fixture.state(&fixture.submit(&now));
        fixture.report(call, reported(&state, outcome));
        fixture
    };
    let last = outcome("succeeded", (2, 3), (0, 0, 5));
    finds(fixture(&last), "the server accepted 2 requests, but repeated was reported as false");
    let mut repeated = last.clone();
    repeated["repeated"] = true.into();
    finds(fixture(&repeated), "added was reported as 0, but is 2");
    let mut half = unknown(&repeated);
    half["removed"] = 0.into();
    finds(fixture(&half), "removed was reported as 0, but is unknown");
    let mut once = unknown(&last);
    once["repeated"] = false.into();
    finds(fixture(&once), "repeated was reported as false");
    finds_nothing(fixture(&unknown(&repeated)));
    // A client that knew the truth could report it.
    let mut truth = outcome("succeeded", (2, 3), (2, 3, 3));
    truth["repeated"] = true.into();
    finds_nothing(fixture(&truth));
}

#[test]
fn an_existing_group_returned_as_created() {
    let create = || Call::Create { external_reference_id: "existing".into(), name: "New".into() };
    let fixture = |change: &dyn Fn(&mut Value)| {
        let mut fixture = Fixture::new();
        let path = format!("/v1/groups/{}", fixture.existing.id);
        let mut group = fixture.send("GET", &path, &Value::Null)["data"].take();
        change(&mut group);
        fixture.report(create(), result(group));
        fixture
    };
    finds(fixture(&|_| {}), r#"requested "New", got "existing""#);
    finds(fixture(&|group| group["name"] = "New".into()), "which existed before");

    let mut fixture = Fixture::new();
    let body = json!({"external_reference_id": "existing", "name": "New"});
    fixture.send("POST", "/v1/groups", &body);
    fixture.report(create(), failed("conflict", &Value::Null));
    finds_nothing(fixture);

    // A conflict although no group has the reference ID.
    let mut fixture = Fixture::new();
    let call = Call::Create { external_reference_id: "new".into(), name: "New".into() };
    fixture.report(call, failed("conflict", &Value::Null));
    finds(fixture, "does not explain the error conflict");
}

#[test]
fn missing_results_reported_as_success() {
    let members = people(0..3);
    let fixture = |missing: bool, outcome: &Value| {
        let mut fixture = Fixture::new();
        let call = Call::Apply(fixture.apply(&members, None));
        let request = fixture.submit(&members);
        if missing {
            let fault = json!({
                "operation": "groups.members.sync.retrieve",
                "merge": {"data": {"results": null}},
            });
            fixture.sandbox.control().fault(&fault).unwrap();
        }
        let state = fixture.state(&request);
        assert_eq!(state["results"].is_null(), missing);
        fixture.report(call, reported(&state, outcome));
        fixture
    };
    let fine = outcome("succeeded", (3, 0), (3, 0, 0));
    finds(fixture(true, &fine), "succeeded was reported without results");
    let mut honest = unknown(&fine);
    honest["failed"] = Value::Null;
    honest["failed_removals"] = Value::Null;
    finds_nothing(fixture(true, &honest));
    finds_nothing(fixture(false, &fine));
    // Reporting unknown without need is untrue as well.
    finds(fixture(false, &honest), "unknown was reported, but the only request has results");
}

#[test]
fn a_list_without_data_reported_as_empty_or_absent() {
    let find = || Call::Find { external_reference_id: "existing".into() };
    let mut fixture = Fixture::new();
    let fault =
        json!({"operation": "groups.list", "status": 200, "body": {"message": "maintenance"}});
    fixture.sandbox.control().fault(&fault).unwrap();
    let response = fixture.send("GET", "/v1/groups", &Value::Null);
    assert_eq!(response, json!({"message": "maintenance"}));
    fixture.report(find(), result(Value::Null));
    finds(fixture, r#""" was found"#);

    let mut fixture = Fixture::new();
    fixture.report(Call::Iterate { limit: 7 }, result(json!([])));
    finds(fixture, "is missing");

    // The group would then be created a second time.
    let mut fixture = Fixture::new();
    let body = json!({"external_reference_id": "existing", "name": "New"});
    fixture.send("POST", "/v1/groups", &body);
    let call = Call::GetOrCreate { external_reference_id: "existing".into(), name: "New".into() };
    fixture.report(call, failed("conflict", &Value::Null));
    finds(fixture, "existing exists, but a second create was sent");

    let mut fixture = Fixture::new();
    fixture.report(find(), failed("response_validation", &Value::Null));
    let group = json!({"id": fixture.existing.id, "external_reference_id": "existing"});
    fixture.report(find(), result(group));
    finds_nothing(fixture);
}

#[test]
fn certain_reports_that_are_untrue() {
    let members = people(0..3);
    // Accepted, but reported as certainly not sent.
    let mut fixture = Fixture::new();
    let call = Call::Apply(fixture.apply(&members, None));
    fixture.submit(&members);
    fixture.report(call, failed("connection", &Value::Null));
    finds(fixture, "connection was reported as certainly not applied, but it was applied");

    // A handle of a request that was never sent.
    let mut fixture = Fixture::new();
    let call = Call::Apply(fixture.apply(&members, None));
    let mut record = failed("deadline", &Value::Null);
    let handle = json!({"group_id": fixture.group.id, "request_id": "grpmsr_1"});
    record.error.as_mut().unwrap().sync = Some(handle);
    fixture.report(call, record);
    finds(fixture, "is not a request of this step");

    // No attempt was reported, but one arrived.
    let mut fixture = Fixture::new();
    let path = format!("/v1/groups/{}", fixture.group.id);
    fixture.send("GET", &path, &Value::Null);
    let call = Call::Retrieve { group_id: fixture.group.id.clone() };
    let mut record = failed("deadline", &Value::Null);
    record.error.as_mut().unwrap().attempts.clear();
    fixture.report(call, record);
    finds(fixture, "reported as failing before anything was sent, but 1 requests arrived");
}
