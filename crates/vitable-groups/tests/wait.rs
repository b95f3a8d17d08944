//! Waiting for a sync.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::World;
use vitable_groups::PollPolicy;
use vitable_groups::model::{Address, Member};
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{ErrorKind, Progress, SyncHandle};

fn accepted() -> ScriptedResponse {
    ScriptedResponse::json(
        202,
        r#"{"data": {"request_id": "r1", "group_id": "g1", "accepted_at": "2026-01-15T10:30:00Z"}}"#,
    )
}

fn running() -> ScriptedResponse {
    ScriptedResponse::json(
        200,
        r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": null, "results": null, "stage": "queued"}}"#,
    )
}

fn done() -> ScriptedResponse {
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
fn submits_and_polls_with_growing_waits_until_done() {
    let world = World::new([accepted(), running(), running(), running(), done()]);
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let told = Arc::clone(&seen);
    let sync = world.client.groups().members().sync();
    let wait = sync
        .submit_and_wait("g1", roster())
        .on_progress(move |progress| told.lock().unwrap().push(progress));
    let state = world.run(async { wait.await }).unwrap();
    assert!(state.is_completed());
    let results = state.results.into_value().unwrap();
    assert_eq!(results.failures[0].reason, "Invalid plan_id");
    let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!(at, [0, 0, 500, 1250, 2375]);
    let polls: Vec<_> = seen.lock().unwrap().iter().map(|p| p.polls).collect();
    assert_eq!(polls, [0, 1, 2, 3, 4]);
}

#[test]
fn the_roster_is_written_as_the_api_takes_it() {
    let world = World::new([accepted()]);
    let mut members = roster();
    members[0].phone = vitable_groups::model::Field::Null;
    world.run(world.client.groups().members().sync().submit("g1", &members).send()).unwrap();
    let request = &world.transport.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/v1/groups/g1/members/sync")
    );
    insta::assert_snapshot!(
        std::str::from_utf8(request.body.as_ref().unwrap()).unwrap(),
        @r#"{"members":[{"reference_id":"E1","first_name":"A","last_name":"B","date_of_birth":"1990-01-01","phone":null,"plan_id":"p1","address":{"address_line_1":"1 Main","city":"Reno","state":"NV","zipcode":"89501"}},{"reference_id":"E2","first_name":"C","last_name":"D","date_of_birth":"1990-01-02","plan_id":"p2","address":{"address_line_1":"1 Main","city":"Reno","state":"NV","zipcode":"89501"}}]}"#
    );
    let nobody: [Member; 0] = [];
    world.run(world.client.groups().members().sync().submit("g1", &nobody).send()).unwrap();
    assert_eq!(
        world.transport.requests()[1].body.as_deref(),
        Some(br#"{"members":[]}"#.as_slice())
    );
}

#[test]
fn transient_failures_do_not_end_a_wait() {
    let world = World::new([
        ScriptedResponse::status(500),
        ScriptedResponse::reset(),
        ScriptedResponse::refused(),
        ScriptedResponse::status(429).header("retry-after", "7"),
        done(),
    ]);
    let wait = world.client.groups().members().sync().wait(handle());
    assert!(world.run(async { wait.await }).unwrap().is_completed());
    let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!(at, [0, 500, 1250, 2375, 9375]);
}

#[test]
fn a_final_failure_ends_a_wait_and_carries_the_handle() {
    for status in [401, 403, 404] {
        let world = World::new([running(), ScriptedResponse::status(status)]);
        let wait = world.client.groups().members().sync().wait(handle());
        let error = world.run(async { wait.await }).unwrap_err();
        assert_eq!((error.status(), error.sync_handle()), (Some(status), Some(&handle())));
    }
}

#[test]
fn a_deadline_ends_a_wait_and_resumes_with_the_handle() {
    let world = World::new([accepted(), running()]);
    let sync = world.client.groups().members().sync();
    let wait = sync.submit_and_wait("g1", roster()).deadline(Duration::from_secs(30));
    let error = world.run(async { wait.await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(30));
    assert!(error.to_string().contains("resume with request r1"), "{error}");

    let world = World::new([done()]);
    let wait = world.client.groups().members().sync().wait(error.sync_handle().unwrap().clone());
    assert!(world.run(async { wait.await }).unwrap().is_completed());
}

#[test]
fn ten_minutes_of_waiting_are_the_default_and_take_no_time_here() {
    let world = World::new([running()]);
    let wait = world.client.groups().members().sync().wait(handle());
    let error = world.run(async { wait.await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(600));
}

#[test]
fn the_last_poll_comes_shortly_before_the_deadline_and_the_wait_ends_at_it() {
    let wait = |world: &World| {
        let wait = world.client.groups().members().sync().wait(handle());
        wait.deadline(Duration::from_secs(3)).into_future()
    };
    let at = |world: &World| -> Vec<_> {
        world.transport.requests().iter().map(|r| r.at.as_millis()).collect()
    };
    let world = World::new([running()]);
    let error = world.run(wait(&world)).unwrap_err();
    assert_eq!(at(&world), [0, 500, 1250, 2375, 2843]);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(3));
    assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
    assert!(error.to_string().contains("deadline of 3 s passed"), "{error}");

    // What is completed by then is a success.
    let world = World::new([running(), running(), running(), running(), done()]);
    assert!(world.run(wait(&world)).unwrap().is_completed());
    assert_eq!(world.clock.elapsed(), Duration::from_micros(2_843_750));

    // A last poll that fails is told as the cause.
    let world =
        World::new([running(), running(), running(), running(), ScriptedResponse::status(503)]);
    let error = world.run(wait(&world)).unwrap_err();
    assert_eq!(world.clock.elapsed(), Duration::from_secs(3));
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("503"), "{error}");
}

#[test]
fn a_wait_that_the_server_asks_for_past_the_deadline_ends_at_once_and_says_so() {
    for hint in [running(), ScriptedResponse::status(429)] {
        let world = World::new([running(), hint.header("retry-after", "30")]);
        let wait = world.client.groups().members().sync().wait(handle());
        let error = world.run(wait.deadline(Duration::from_secs(20)).into_future()).unwrap_err();
        assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
        assert_eq!((world.sent(), world.clock.elapsed()), (2, Duration::from_millis(500)));
        let text = error.to_string();
        assert!(
            text.contains("asked to wait 30 s, which is past the call's deadline of 20 s"),
            "{text}"
        );
        assert!(!text.contains("passed"), "{text}");
    }
    // One before it is kept, be it close to the deadline.
    let world = World::new([running().header("retry-after", "19.9"), running()]);
    let wait = world.client.groups().members().sync().wait(handle());
    world.run(wait.deadline(Duration::from_secs(20)).into_future()).unwrap_err();
    let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_millis()).collect();
    assert_eq!((at, world.clock.elapsed()), (vec![0, 19_900], Duration::from_secs(20)));
}

#[test]
fn a_hanging_look_ends_with_the_deadline() {
    let world = World::with([ScriptedResponse::hang()], |b| b.timeout(None));
    let wait = world.client.groups().members().sync().wait(handle());
    let error = world.run(async { wait.deadline(Duration::from_secs(9)).await }).unwrap_err();
    assert_eq!((error.kind(), error.sync_handle()), (ErrorKind::Deadline, Some(&handle())));
    assert_eq!(world.clock.elapsed(), Duration::from_secs(9));
    assert!(error.to_string().contains("deadline of 9 s passed"), "{error}");
}

#[test]
fn the_poll_interval_and_hints_of_running_answers_are_obeyed() {
    let world = World::new([running().header("retry-after", "3"), running(), done()]);
    let wait = world.client.groups().members().sync().wait(handle());
    let wait = wait.poll(PollPolicy::every(Duration::from_secs(1)));
    world.run(async { wait.await }).unwrap();
    let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_secs()).collect();
    assert_eq!(at, [0, 3, 4]);
}

#[test]
fn a_clock_that_is_set_back_changes_no_wait() {
    let world = World::new([running(), running(), done()]);
    world.clock.set_wall("1999-01-01T00:00:00Z".parse().unwrap());
    let wait = world.client.groups().members().sync().wait(handle());
    world.run(async { wait.await }).unwrap();
    assert_eq!(world.clock.elapsed(), Duration::from_millis(1250));
}
