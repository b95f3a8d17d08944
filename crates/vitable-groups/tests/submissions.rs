//! When a roster is submitted again: not once it could replace one that was accepted since.
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{GROUP, World};
use vitable_groups::model::{GroupUpdateParams, Member, SyncReceipt};
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{AccessToken, Clock as _, Error, ErrorKind, Response};

fn accepted() -> ScriptedResponse {
    ScriptedResponse::json(202, r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#)
}

fn submit(world: &World) -> Result<Response<SyncReceipt>, Error> {
    let nobody: [Member; 0] = [];
    world.run(world.client.groups().members().sync().submit("g1", nobody).send())
}

fn too_old(world: &World, error: &Error, sent: usize) {
    assert!(error.outcome_unknown(), "{error}");
    assert!(
        error.to_string().contains("not retried, as this one may have been accepted"),
        "{error}"
    );
    assert_eq!(world.sent(), sent, "{error}");
}

#[test]
fn a_submission_that_timed_out_after_a_minute_is_not_retried() {
    let world = World::new([ScriptedResponse::hang(), accepted()]);
    let error = submit(&world).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    too_old(&world, &error, 1);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(60));

    // One that may be repeated for ever is.
    let world = World::new([ScriptedResponse::hang(), ScriptedResponse::json(200, GROUP)]);
    let update = world.client.groups().update("g", GroupUpdateParams::new().name("n"));
    assert_eq!(world.run(update.send()).unwrap().metadata.retries(), 1);
}

#[test]
fn a_wait_that_would_end_too_late_is_not_begun() {
    let slow_down = |status| ScriptedResponse::status(status).header("retry-after", "31");
    let world = World::new([slow_down(502), accepted()]);
    too_old(&world, &submit(&world).unwrap_err(), 1);
    assert_eq!(world.clock.elapsed(), Duration::ZERO);

    // What was rejected was not accepted.
    let world = World::new([slow_down(503), accepted()]);
    assert_eq!(submit(&world).unwrap().metadata.retries(), 1);

    // The attempt before it may have been.
    let world = World::new([ScriptedResponse::reset(), slow_down(503), accepted()]);
    too_old(&world, &submit(&world).unwrap_err(), 2);
}

#[test]
fn within_half_a_minute_a_submission_is_retried() {
    let late = ScriptedResponse::reset().after(Duration::from_secs(29));
    let world = World::new([late, accepted()]);
    assert_eq!(submit(&world).unwrap().metadata.retries(), 1);
}

#[test]
fn the_time_that_a_token_takes_counts() {
    // Renewed after a 401, or as the first one has ended before the retry.
    for (scripts, life, sent) in [
        ([ScriptedResponse::reset(), ScriptedResponse::status(401), accepted()], 900, 2),
        ([ScriptedResponse::reset(), accepted(), accepted()], 0, 1),
    ] {
        let world = World::on_its_clock(scripts, |clock, b| {
            let (clock, count) = (clock.clone(), AtomicUsize::new(0));
            b.token_provider(move || {
                let (clock, n) = (clock.clone(), count.fetch_add(1, Ordering::Relaxed));
                async move {
                    if n > 0 {
                        clock.sleep(Duration::from_secs(40)).await;
                    }
                    Ok(AccessToken::new(format!("t{n}")).expires_in(Duration::from_secs(life)))
                }
            })
        });
        too_old(&world, &submit(&world).unwrap_err(), sent);
    }
}
