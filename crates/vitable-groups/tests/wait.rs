//! Waits for a sync.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::TestClient;
use vitable_groups::PollPolicy;
use vitable_groups::model::{Address, Member};
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{ErrorKind, SyncHandle, SyncProgress};

fn accepted() -> ScriptedResponse {
    ScriptedResponse::json(
        202,
        r#"{"data": {"request_id": "r1", "group_id": "g1", "accepted_at": "2026-01-15T10:30:00Z"}}"#,
    )
}

fn running() -> ScriptedResponse {
    ScriptedResponse::json(
        200,
        r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": null, "results": null, "phase": "queued"}}"#,
    )
}

fn completed() -> ScriptedResponse {
    ScriptedResponse::json(
        200,
        r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": "2026-01-15T10:30:42Z",
        "results": {"added_group_member_ids": ["m1"], "removed_group_member_ids": [],
        "failures": [{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]}}}"#,
    )
}

fn roster() -> Vec<Member> {
    let address = || Address::new("1 Main", "Reno", "NV", "89501");
    vec![
        Member::new("E1", "A", "B", "1990-01-01", "p1", address()),
        Member::new("E2", "C", "D", "1990-01-02", "p2", address()),
    ]
}

fn handle() -> SyncHandle {
    SyncHandle::new("g1", "r1")
}

#[test]
fn polls_at_growing_intervals_until_completed() {
    let test = TestClient::new([accepted(), running(), running(), running(), completed()]);
    let seen: Arc<Mutex<Vec<SyncProgress>>> = Arc::default();
    let sink = Arc::clone(&seen);
    let sync = test.client.groups().members().sync();
    let wait = sync
        .submit_and_wait("g1", roster())
        .on_progress(move |progress| sink.lock().unwrap().push(progress));
    let state = test.run(async { wait.await }).unwrap();
    assert!(state.is_completed());
    let results = state.results.into_value().unwrap();
    assert_eq!(results.failures[0].reason, "Invalid plan_id");
    let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!(at, [0, 0, 500, 1250, 2375]);
    let polls: Vec<_> = seen.lock().unwrap().iter().map(|p| p.polls).collect();
    assert_eq!(polls, [0, 1, 2, 3, 4]);
}

#[test]
fn the_roster_is_serialized_in_the_apis_format() {
    let test = TestClient::new([accepted()]);
    let mut members = roster();
    members[0].phone = vitable_groups::model::Field::Null;
    test.run(test.client.groups().members().sync().submit("g1", &members).send()).unwrap();
    let request = &test.transport.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/v1/groups/g1/members/sync")
    );
    insta::assert_snapshot!(
        std::str::from_utf8(request.body.as_ref().unwrap()).unwrap(),
        @r#"{"members":[{"reference_id":"E1","first_name":"A","last_name":"B","date_of_birth":"1990-01-01","phone":null,"plan_id":"p1","address":{"address_line_1":"1 Main","city":"Reno","state":"NV","zipcode":"89501"}},{"reference_id":"E2","first_name":"C","last_name":"D","date_of_birth":"1990-01-02","plan_id":"p2","address":{"address_line_1":"1 Main","city":"Reno","state":"NV","zipcode":"89501"}}]}"#
    );
    let empty: [Member; 0] = [];
    test.run(test.client.groups().members().sync().submit("g1", &empty).send()).unwrap();
    assert_eq!(test.transport.requests()[1].body.as_deref(), Some(br#"{"members":[]}"#.as_slice()));
}

#[test]
fn transient_failures_do_not_end_a_wait() {
    let test = TestClient::new([
        ScriptedResponse::status(500),
        ScriptedResponse::reset(),
        ScriptedResponse::refused(),
        ScriptedResponse::status(429).header("retry-after", "7"),
        completed(),
    ]);
    let wait = test.client.groups().members().sync().wait(handle());
    assert!(test.run(async { wait.await }).unwrap().is_completed());
    let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!(at, [0, 500, 1250, 2375, 9375]);
}

#[test]
fn a_permanent_failure_ends_a_wait_and_has_the_handle() {
    for status in [401, 403, 404] {
        let test = TestClient::new([running(), ScriptedResponse::status(status)]);
        let wait = test.client.groups().members().sync().wait(handle());
        let error = test.run(async { wait.await }).unwrap_err();
        assert_eq!((error.status(), error.sync_handle()), (Some(status), Some(&handle())));
    }
}

#[test]
fn a_wait_can_be_resumed_after_its_deadline() {
    let test = TestClient::new([accepted(), running()]);
    let sync = test.client.groups().members().sync();
    let wait = sync.submit_and_wait("g1", roster()).deadline(Duration::from_secs(30));
    let error = test.run(async { wait.await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(30));
    assert!(error.to_string().contains("resume with request r1"), "{error}");

    let test = TestClient::new([completed()]);
    let wait = test.client.groups().members().sync().wait(error.sync_handle().unwrap().clone());
    assert!(test.run(async { wait.await }).unwrap().is_completed());
}

#[test]
fn the_default_deadline_is_ten_minutes() {
    let test = TestClient::new([running()]);
    let wait = test.client.groups().members().sync().wait(handle());
    let error = test.run(async { wait.await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(600));
}

#[test]
fn the_last_poll_is_shortly_before_the_deadline_and_the_wait_ends_at_it() {
    let wait = |test: &TestClient| {
        let wait = test.client.groups().members().sync().wait(handle());
        wait.deadline(Duration::from_secs(3)).into_future()
    };
    let at = |test: &TestClient| -> Vec<_> {
        test.transport.requests().iter().map(|r| r.at.as_millis()).collect()
    };
    let test = TestClient::new([running()]);
    let error = test.run(wait(&test)).unwrap_err();
    assert_eq!(at(&test), [0, 500, 1250, 2375, 2843]);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(3));
    assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
    assert!(error.to_string().contains("deadline of 3 s passed"), "{error}");

    // A sync completed by then is a success.
    let test = TestClient::new([running(), running(), running(), running(), completed()]);
    assert!(test.run(wait(&test)).unwrap().is_completed());
    assert_eq!(test.clock.elapsed(), Duration::from_micros(2_843_750));

    // The error of the last poll is the cause.
    let test = TestClient::new([
        running(),
        running(),
        running(),
        running(),
        ScriptedResponse::status(503),
    ]);
    let error = test.run(wait(&test)).unwrap_err();
    assert_eq!(test.clock.elapsed(), Duration::from_secs(3));
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("503"), "{error}");
}

#[test]
fn a_requested_wait_beyond_the_deadline_fails_immediately() {
    for hint in [running(), ScriptedResponse::status(429)] {
        let test = TestClient::new([running(), hint.header("retry-after", "30")]);
        let wait = test.client.groups().members().sync().wait(handle());
        let error = test.run(wait.deadline(Duration::from_secs(20)).into_future()).unwrap_err();
        assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
        assert_eq!((test.sent(), test.clock.elapsed()), (2, Duration::from_millis(500)));
        let message = error.to_string();
        assert!(
            message.contains("requested a wait of 30 s, which exceeds the call's deadline of 20 s"),
            "{message}"
        );
        assert!(!message.contains("passed"), "{message}");
    }
    // A requested wait that ends shortly before the deadline is honored.
    let test = TestClient::new([running().header("retry-after", "19.9"), running()]);
    let wait = test.client.groups().members().sync().wait(handle());
    test.run(wait.deadline(Duration::from_secs(20)).into_future()).unwrap_err();
    let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!((at, test.clock.elapsed()), (vec![0, 19_900], Duration::from_secs(20)));
}

#[test]
fn a_hanging_poll_ends_with_the_deadline() {
    let test = TestClient::with([ScriptedResponse::hang()], |b| b.timeout(None));
    let wait = test.client.groups().members().sync().wait(handle());
    let error = test.run(async { wait.deadline(Duration::from_secs(9)).await }).unwrap_err();
    assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
    assert_eq!(test.clock.elapsed(), Duration::from_secs(9));
    assert!(error.to_string().contains("deadline of 9 s passed"), "{error}");
}

#[test]
fn the_poll_interval_and_the_servers_delays_are_honored() {
    let test = TestClient::new([running().header("retry-after", "3"), running(), completed()]);
    let wait = test.client.groups().members().sync().wait(handle());
    let wait = wait.poll(PollPolicy::every(Duration::from_secs(1)));
    test.run(async { wait.await }).unwrap();
    let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_secs()).collect();
    assert_eq!(at, [0, 3, 4]);
}

#[test]
fn setting_the_clock_back_does_not_affect_waits() {
    let test = TestClient::new([running(), running(), completed()]);
    test.clock.set_wall("1999-01-01T00:00:00Z".parse().unwrap());
    let wait = test.client.groups().members().sync().wait(handle());
    test.run(async { wait.await }).unwrap();
    assert_eq!(test.clock.elapsed(), Duration::from_millis(1250));
}
