//! Retries of a submission, which end before they could replace a roster accepted later.
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{GROUP, TestClient};
use vitable_groups::model::{GroupUpdateParams, Member, SyncReceipt};
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{AccessToken, Clock as _, Error, ErrorKind, Response};

fn accepted() -> ScriptedResponse {
    ScriptedResponse::json(202, r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#)
}

fn submit(test: &TestClient) -> Result<Response<SyncReceipt>, Error> {
    let empty: [Member; 0] = [];
    test.run(test.client.groups().members().sync().submit("g1", empty).send())
}

fn assert_too_old(test: &TestClient, error: &Error, sent: usize) {
    assert!(error.outcome_unknown(), "{error}");
    assert!(
        error.to_string().contains("not retried: this submission may have been accepted"),
        "{error}"
    );
    assert_eq!(test.sent(), sent, "{error}");
}

#[test]
fn a_submission_that_timed_out_after_a_minute_is_not_retried() {
    let test = TestClient::new([ScriptedResponse::hang(), accepted()]);
    let error = submit(&test).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_too_old(&test, &error, 1);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(60));

    // Calls without a retry window are retried.
    let test = TestClient::new([ScriptedResponse::hang(), ScriptedResponse::json(200, GROUP)]);
    let update = test.client.groups().update("g", GroupUpdateParams::new().name("n"));
    assert_eq!(test.run(update.send()).unwrap().metadata.retries(), 1);
}

#[test]
fn a_retry_that_would_be_too_late_is_not_waited_for() {
    let long_delay = |status| ScriptedResponse::status(status).header("retry-after", "31");
    let test = TestClient::new([long_delay(502), accepted()]);
    assert_too_old(&test, &submit(&test).unwrap_err(), 1);
    assert_eq!(test.clock.elapsed(), Duration::ZERO);

    // A rejected submission was not accepted.
    let test = TestClient::new([long_delay(503), accepted()]);
    assert_eq!(submit(&test).unwrap().metadata.retries(), 1);

    // The attempt before it may have been accepted.
    let test = TestClient::new([ScriptedResponse::reset(), long_delay(503), accepted()]);
    assert_too_old(&test, &submit(&test).unwrap_err(), 2);
}

#[test]
fn a_submission_is_retried_within_half_a_minute() {
    let late = ScriptedResponse::reset().after(Duration::from_secs(29));
    let test = TestClient::new([late, accepted()]);
    assert_eq!(submit(&test).unwrap().metadata.retries(), 1);
}

#[test]
fn the_time_to_fetch_a_token_counts() {
    // Renewed after a 401, or because the first one expired before the retry.
    for (responses, lifetime, sent) in [
        ([ScriptedResponse::reset(), ScriptedResponse::status(401), accepted()], 900, 2),
        ([ScriptedResponse::reset(), accepted(), accepted()], 0, 1),
    ] {
        let test = TestClient::with_clock(responses, |clock, b| {
            let (clock, count) = (clock.clone(), AtomicUsize::new(0));
            b.token_provider(move || {
                let (clock, n) = (clock.clone(), count.fetch_add(1, Ordering::Relaxed));
                async move {
                    if n > 0 {
                        clock.sleep(Duration::from_secs(40)).await;
                    }
                    Ok(AccessToken::new(format!("t{n}")).expires_in(Duration::from_secs(lifetime)))
                }
            })
        });
        assert_too_old(&test, &submit(&test).unwrap_err(), sent);
    }
}
