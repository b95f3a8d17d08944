//! Bodies that are left to the caller.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "test code"
)]

mod common;

use std::time::Duration;

use common::{GROUP, TestClient};
use futures_util::StreamExt as _;
use vitable_groups::Failure;
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{Call, RequestOptions, TransportBody, operation};

#[test]
fn a_body_left_to_the_caller_comes_with_its_metadata_and_at_a_bounded_pace() {
    let stalled = ScriptedResponse::json(200, GROUP).truncated_after(Duration::from_secs(1000));
    let world = TestClient::with([ScriptedResponse::status(503), stalled], |b| {
        b.timeout(Duration::from_secs(7))
    });
    let call = Call::new(&operation::GROUPS_RETRIEVE, &["g"], RequestOptions::new()).unwrap();
    let answer = world.run(world.client.stream(call)).unwrap();
    let statuses: Vec<_> = answer.metadata.attempts.iter().map(|a| a.status).collect();
    assert_eq!(statuses, [Some(503), Some(200)]);
    assert_eq!(answer.metadata.elapsed, world.clock.elapsed());

    let before = world.clock.elapsed();
    let TransportBody::Stream(mut pieces) = answer.data else { panic!("unread") };
    assert_eq!(world.run(pieces.next()).unwrap().unwrap(), GROUP);
    let error = world.run(pieces.next()).unwrap().unwrap_err();
    assert_eq!(error.failure(), Failure::TimedOut);
    assert_eq!(world.clock.elapsed(), before + Duration::from_secs(7));
    assert!(world.run(pieces.next()).is_none());
}

#[test]
fn a_deadline_bounds_the_body_too() {
    let stalled = ScriptedResponse::json(200, GROUP)
        .truncated_after(Duration::from_secs(1000))
        .after(Duration::from_secs(2));
    let world = TestClient::new([stalled]);
    let options = RequestOptions::new().deadline(Duration::from_secs(5));
    let call = Call::new(&operation::GROUPS_RETRIEVE, &["g"], options).unwrap();
    let response = world.run(world.client.stream(call)).unwrap();
    let TransportBody::Stream(mut pieces) = response.data else { panic!("unread") };
    assert_eq!(world.run(pieces.next()).unwrap().unwrap(), GROUP);
    let error = world.run(pieces.next()).unwrap().unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("deadline of 5 s"), "{error}");
    assert_eq!(world.clock.elapsed(), Duration::from_secs(5));
}
