//! The time of day jumps while calls are under way: only monotonic time counts.
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use std::time::Duration;

use common::{GROUP, World};
use futures_util::future::join;
use vitable_groups::testing::{ScriptedResponse, VirtualClock};
use vitable_groups::{AccessToken, Clock as _, ErrorKind, SyncHandle};

/// Before and after the 2026-01-15T10:30:00Z at which the clock starts, by an hour and by decades.
const ELSEWHERE: [&str; 4] = [
    "1999-01-01T00:00:00Z",
    "2026-01-15T09:30:00Z",
    "2026-01-15T11:30:00Z",
    "2080-01-01T00:00:00Z",
];

const RUNNING: &str = r#"{"data": {"request_id": "r1", "group_id": "g1", "completed_at": null}}"#;
const DONE: &str = r#"{"data": {"request_id": "r1", "group_id": "g1",
    "completed_at": "2026-01-15T10:30:42Z", "results": {"added_group_member_ids": [],
    "removed_group_member_ids": [], "failures": []}}}"#;

/// Runs a call, and sets the time of day after so much of it.
fn jumping<T>(world: &World, after: Duration, to: &str, call: impl Future<Output = T>) -> T {
    let clock: VirtualClock = world.clock.clone();
    let jump = async {
        clock.sleep(after).await;
        clock.set_wall(to.parse().unwrap());
    };
    world.run(join(call, jump)).0
}

#[test]
fn a_wait_polls_and_ends_as_if_nothing_had_happened() {
    for to in ELSEWHERE {
        let running = || ScriptedResponse::json(200, RUNNING);
        let world = World::new([running(), running(), ScriptedResponse::json(200, DONE)]);
        let wait = world.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        jumping(&world, Duration::from_millis(700), to, wait.into_future()).unwrap();
        let at: Vec<_> = world.transport.requests().iter().map(|r| r.at.as_millis()).collect();
        assert_eq!(at, [0, 500, 1250], "{to}");
    }
}

#[test]
fn a_deadline_is_neither_brought_forward_nor_put_off() {
    for to in ELSEWHERE {
        let world = World::with([ScriptedResponse::hang()], |b| b.timeout(None));
        let call = world.client.groups().retrieve("g").deadline(Duration::from_secs(20)).send();
        let error = jumping(&world, Duration::from_secs(7), to, call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline, "{to}");
        assert_eq!(world.clock.elapsed(), Duration::from_secs(20), "{to}");

        let world = World::new([ScriptedResponse::json(200, RUNNING)]);
        let wait = world.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        let wait = wait.deadline(Duration::from_secs(30));
        let error = jumping(&world, Duration::from_secs(7), to, wait.into_future()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline, "{to}");
        let elapsed = world.clock.elapsed();
        assert!(elapsed > Duration::from_secs(20) && elapsed <= Duration::from_secs(30), "{to}");
    }
}

#[test]
fn an_attempts_timeout_is_kept() {
    for to in ELSEWHERE {
        let world = World::with([ScriptedResponse::hang()], |b| b.max_retries(0));
        let call = world.client.groups().retrieve("g").timeout(Duration::from_secs(5)).send();
        let error = jumping(&world, Duration::from_secs(2), to, call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{to}");
        assert_eq!(world.clock.elapsed(), Duration::from_secs(5), "{to}");
    }
}

#[test]
fn a_delay_that_a_date_has_set_is_not_reckoned_anew() {
    for to in ELSEWHERE {
        // 20 s after the clock's start.
        let date = "Thu, 15 Jan 2026 10:30:20 GMT";
        let world = World::new([
            ScriptedResponse::status(503).header("retry-after", date),
            ScriptedResponse::json(200, GROUP),
        ]);
        let call = world.client.groups().retrieve("g").send();
        jumping(&world, Duration::from_secs(3), to, call).unwrap();
        assert_eq!(world.clock.elapsed(), Duration::from_secs(20), "{to}");
    }
}

/// A wrong clock makes any date an arbitrary delay: it is one that is obeyed within bounds, or none.
#[test]
fn a_date_is_bounded_whatever_the_clock_says() {
    let date = "Thu, 15 Jan 2026 10:30:20 GMT";
    let limited = || ScriptedResponse::status(429).header("retry-after", date);
    for to in ELSEWHERE {
        let world = World::new([limited(), ScriptedResponse::json(200, GROUP)]);
        world.clock.set_wall(to.parse().unwrap());
        let result = world.run(world.client.groups().retrieve("g").send());
        assert!(world.clock.elapsed() <= Duration::from_secs(60), "{to}");
        if let Err(error) = result {
            assert_eq!(error.kind(), ErrorKind::RateLimit, "{to}");
            assert!(error.retry_after().unwrap() > Duration::from_secs(60), "{to}");
            assert_eq!(world.sent(), 1, "{to}");
        }

        let world = World::new([limited(), ScriptedResponse::json(200, DONE)]);
        world.clock.set_wall(to.parse().unwrap());
        let wait = world.client.groups().members().sync().wait(SyncHandle::new("g1", "r1"));
        // Done, or ended for want of time: never past the ten minutes that a wait has.
        let _ = world.run(wait.into_future());
        assert!(world.clock.elapsed() <= Duration::from_secs(600), "{to}");
    }
}

#[test]
fn a_date_counts_from_the_servers_own() {
    for to in ELSEWHERE {
        let world = World::new([
            ScriptedResponse::status(503)
                .header("date", "Mon, 02 Mar 2026 10:00:00 GMT")
                .header("retry-after", "Mon, 02 Mar 2026 10:00:20 GMT"),
            ScriptedResponse::json(200, GROUP),
        ]);
        world.clock.set_wall(to.parse().unwrap());
        world.run(world.client.groups().retrieve("g").send()).unwrap();
        assert_eq!(world.clock.elapsed(), Duration::from_secs(20), "{to}");
    }
}

#[test]
fn a_token_ages_by_the_time_that_passes() {
    for to in ELSEWHERE {
        let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
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
                world.clock.sleep(Duration::from_secs(pause)).await;
                world.client.groups().retrieve("g").send().await.unwrap();
            }
        };
        jumping(&world, Duration::from_secs(50), to, calls);
        let sent = world.transport.requests();
        let tokens: Vec<_> = sent.iter().filter_map(|r| r.header("authorization")).collect();
        assert_eq!(tokens, ["Bearer t0", "Bearer t0", "Bearer t0", "Bearer t1"], "{to}");
    }
}
