//! Streamed bodies, which the caller reads.
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
fn a_streamed_body_has_metadata_and_a_limit_for_each_chunk() {
    let stalled = ScriptedResponse::json(200, GROUP).truncated_after(Duration::from_secs(1000));
    let test = TestClient::with([ScriptedResponse::status(503), stalled], |b| {
        b.timeout(Duration::from_secs(7))
    });
    let call = Call::new(&operation::GROUPS_RETRIEVE, &["g"], RequestOptions::new()).unwrap();
    let response = test.run(test.client.stream(call)).unwrap();
    let statuses: Vec<_> = response.metadata.attempts.iter().map(|a| a.status).collect();
    assert_eq!(statuses, [Some(503), Some(200)]);
    assert_eq!(response.metadata.elapsed, test.clock.elapsed());

    let before = test.clock.elapsed();
    let TransportBody::Stream(mut chunks) = response.data else { panic!("unread") };
    assert_eq!(test.run(chunks.next()).unwrap().unwrap(), GROUP);
    let error = test.run(chunks.next()).unwrap().unwrap_err();
    assert_eq!(error.failure(), Failure::TimedOut);
    assert_eq!(test.clock.elapsed(), before + Duration::from_secs(7));
    assert!(test.run(chunks.next()).is_none());
}

#[test]
fn a_deadline_bounds_the_body_too() {
    let stalled = ScriptedResponse::json(200, GROUP)
        .truncated_after(Duration::from_secs(1000))
        .after(Duration::from_secs(2));
    let test = TestClient::new([stalled]);
    let options = RequestOptions::new().deadline(Duration::from_secs(5));
    let call = Call::new(&operation::GROUPS_RETRIEVE, &["g"], options).unwrap();
    let response = test.run(test.client.stream(call)).unwrap();
    let TransportBody::Stream(mut chunks) = response.data else { panic!("unread") };
    assert_eq!(test.run(chunks.next()).unwrap().unwrap(), GROUP);
    let error = test.run(chunks.next()).unwrap().unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("deadline of 5 s"), "{error}");
    assert_eq!(test.clock.elapsed(), Duration::from_secs(5));
}
