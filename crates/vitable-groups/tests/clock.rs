//! The time of day changes during calls: only monotonic time counts.
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use std::time::Duration;

use common::{GROUP, TestClient};
use futures_util::future::join;
use vitable_groups::testing::{ScriptedResponse, VirtualClock};
use vitable_groups::{AccessToken, Clock as _, ErrorKind, SyncHandle};

/// An hour and decades before and after 2026-01-15T10:30:00Z, when the clock starts.
const OTHER_TIMES: [&str; 4] = [
    "1999-01-01T00:00:00Z",
    "2026-01-15T09:30:00Z",
    "2026-01-15T11:30:00Z",
    "2080-01-01T00:00:00Z",
];

const RUNNING: &str = r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": null}}"#;
const COMPLETED: &str = r#"{"data": {"request_id": "r1", "group_id": "g1",
    "completed_at": "2026-01-15T10:30:42Z", "results": {"added_group_member_ids": [],
    "removed_group_member_ids": [], "failures": []}}}"#;

/// Runs a call and sets the time of day after `after`.
fn with_time_change<T>(
    test: &TestClient,
    after: Duration,
    to: &str,
    call: impl Future<Output = T>,
) -> T {
    let clock: VirtualClock = test.clock.clone();
    let change = async {
        clock.sleep(after).await;
        clock.set_wall(to.parse().unwrap());
    };
    test.run(join(call, change)).0
}

#[test]
fn the_poll_schedule_is_unaffected() {
    for to in OTHER_TIMES {
        let running = || ScriptedResponse::json(200, RUNNING);
        let test = TestClient::new([running(), running(), ScriptedResponse::json(200, COMPLETED)]);
        let wait = test.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        with_time_change(&test, Duration::from_millis(700), to, wait.into_future()).unwrap();
        let at: Vec<_> = test.transport.requests().iter().map(|r| r.at.as_millis()).collect();
        assert_eq!(at, [0, 500, 1250], "{to}");
    }
}

#[test]
fn deadlines_are_unaffected() {
    for to in OTHER_TIMES {
        let test = TestClient::with([ScriptedResponse::hang()], |b| b.timeout(None));
        let call = test.client.groups().retrieve("g").deadline(Duration::from_secs(20)).send();
        let error = with_time_change(&test, Duration::from_secs(7), to, call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline, "{to}");
        assert_eq!(test.clock.elapsed(), Duration::from_secs(20), "{to}");

        let test = TestClient::new([ScriptedResponse::json(200, RUNNING)]);
        let wait = test.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        let wait = wait.deadline(Duration::from_secs(30));
        let error =
            with_time_change(&test, Duration::from_secs(7), to, wait.into_future()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline, "{to}");
        let elapsed = test.clock.elapsed();
        assert!(elapsed > Duration::from_secs(20) && elapsed <= Duration::from_secs(30), "{to}");
    }
}

#[test]
fn timeouts_are_unaffected() {
    for to in OTHER_TIMES {
        let test = TestClient::with([ScriptedResponse::hang()], |b| b.max_retries(0));
        let call = test.client.groups().retrieve("g").timeout(Duration::from_secs(5)).send();
        let error = with_time_change(&test, Duration::from_secs(2), to, call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{to}");
        assert_eq!(test.clock.elapsed(), Duration::from_secs(5), "{to}");
    }
}

#[test]
fn a_delay_from_a_date_is_computed_once() {
    for to in OTHER_TIMES {
        // 20 s after the clock's start.
        let date = "Thu, 15 Jan 2026 10:30:20 GMT";
        let test = TestClient::new([
            ScriptedResponse::status(503).header("retry-after", date),
            ScriptedResponse::json(200, GROUP),
        ]);
        let call = test.client.groups().retrieve("g").send();
        with_time_change(&test, Duration::from_secs(3), to, call).unwrap();
        assert_eq!(test.clock.elapsed(), Duration::from_secs(20), "{to}");
    }
}

/// With a wrong clock, a date gives an arbitrary delay, which the limits still bound.
#[test]
fn a_delay_from_a_date_is_limited_even_if_the_clock_is_wrong() {
    let date = "Thu, 15 Jan 2026 10:30:20 GMT";
    let limited = || ScriptedResponse::status(429).header("retry-after", date);
    for to in OTHER_TIMES {
        let test = TestClient::new([limited(), ScriptedResponse::json(200, GROUP)]);
        test.clock.set_wall(to.parse().unwrap());
        let result = test.run(test.client.groups().retrieve("g").send());
        assert!(test.clock.elapsed() <= Duration::from_secs(60), "{to}");
        if let Err(error) = result {
            assert_eq!(error.kind(), ErrorKind::RateLimit, "{to}");
            assert!(error.retry_after().unwrap() > Duration::from_secs(60), "{to}");
            assert_eq!(test.sent(), 1, "{to}");
        }

        let test = TestClient::new([limited(), ScriptedResponse::json(200, COMPLETED)]);
        test.clock.set_wall(to.parse().unwrap());
        let wait = test.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        // Whether it succeeds or not, it ends within the default deadline of ten minutes.
        let _ = test.run(wait.into_future());
        assert!(test.clock.elapsed() <= Duration::from_secs(600), "{to}");
    }
}

#[test]
fn a_date_is_relative_to_the_servers_clock() {
    for to in OTHER_TIMES {
        let test = TestClient::new([
            ScriptedResponse::status(503)
                .header("date", "Mon, 02 Mar 2026 10:00:00 GMT")
                .header("retry-after", "Mon, 02 Mar 2026 10:00:20 GMT"),
            ScriptedResponse::json(200, GROUP),
        ]);
        test.clock.set_wall(to.parse().unwrap());
        test.run(test.client.groups().retrieve("g").send()).unwrap();
        assert_eq!(test.clock.elapsed(), Duration::from_secs(20), "{to}");
    }
}

#[test]
fn token_expiry_is_unaffected() {
    for to in OTHER_TIMES {
        let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
            let mut tokens = 0..;
            let tokens = std::sync::Mutex::new(move || tokens.next().unwrap_or(0));
            b.token_provider(move || {
                let number: i32 = tokens.lock().unwrap()();
                async move {
                    Ok(AccessToken::new(format!("t{number}")).expires_in(Duration::from_secs(900)))
                }
            })
        });
        let calls = async {
            for pause in [0, 100, 739, 1] {
                test.clock.sleep(Duration::from_secs(pause)).await;
                test.client.groups().retrieve("g").send().await.unwrap();
            }
        };
        with_time_change(&test, Duration::from_secs(50), to, calls);
        let sent = test.transport.requests();
        let tokens: Vec<_> = sent.iter().filter_map(|r| r.header("authorization")).collect();
        assert_eq!(tokens, ["Bearer t0", "Bearer t0", "Bearer t0", "Bearer t1"], "{to}");
    }
}
