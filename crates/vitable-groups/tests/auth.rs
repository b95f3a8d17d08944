//! Keys, token providers, and who gets them.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{GROUP, World};
use vitable_groups::testing::{RecordedRequest, ScriptedResponse, VirtualClock};
use vitable_groups::{AccessToken, ClientBuilder, Clock as _, ErrorKind};

fn counting(b: ClientBuilder, life: u64) -> (ClientBuilder, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let builder = b.token_provider(move || {
        let n = counter.fetch_add(1, Ordering::Relaxed);
        async move { Ok(AccessToken::new(format!("t{n}")).expires_in(Duration::from_secs(life))) }
    });
    (builder, count)
}

fn bearer(requests: &[RecordedRequest]) -> Vec<&str> {
    requests.iter().map(|r| r.header("authorization").unwrap_or("none")).collect()
}

#[test]
fn a_token_is_fetched_once_and_renewed_before_it_ends() {
    let mut count = Arc::default();
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
        let (builder, counter) = counting(b, 900);
        count = counter;
        builder
    });
    let call = || world.client.groups().retrieve("g").send();
    world.run(async {
        use vitable_groups::Clock;
        call().await.unwrap();
        call().await.unwrap();
        world.clock.sleep(Duration::from_secs(839)).await;
        call().await.unwrap();
        world.clock.sleep(Duration::from_secs(1)).await;
        call().await.unwrap();
    });
    let requests = world.transport.requests();
    assert_eq!(bearer(&requests), ["Bearer t0", "Bearer t0", "Bearer t0", "Bearer t1"]);
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[test]
fn a_refused_token_is_renewed_once_and_the_call_sent_again() {
    let scripts = [ScriptedResponse::status(401), ScriptedResponse::json(200, GROUP)];
    let world = World::with(scripts, |b| counting(b, 900).0.max_retries(0));
    let answer = world.run(world.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(answer.metadata.attempts.len(), 2);
    assert_eq!(bearer(&world.transport.requests()), ["Bearer t0", "Bearer t1"]);

    let world = World::with([ScriptedResponse::status(401)], |b| counting(b, 900).0);
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::Authentication, 2));
}

#[test]
fn calls_side_by_side_share_one_fetch() {
    let mut count = Arc::default();
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
        let (builder, counter) = counting(b, 900);
        count = counter;
        builder
    });
    let calls = (0..50).map(|_| world.client.groups().retrieve("g").send());
    let answers = world.run(futures_util::future::join_all(calls));
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn a_key_that_is_refused_stays_refused() {
    let world = World::new([ScriptedResponse::status(401)]);
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::Authentication, 1));
}

#[test]
fn a_failing_provider_is_said_and_nothing_is_sent() {
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.token_provider(|| async { Err("the token server is down".into()) })
    });
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::Credentials, 0));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "the token server is down");
}

#[test]
fn a_hanging_provider_ends_with_the_deadline() {
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.token_provider(std::future::pending).deadline(Duration::from_secs(4))
    });
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(4));
}

/// A provider whose first token comes at once, and whose others take this long.
fn slow_to_renew(world: &VirtualClock, b: ClientBuilder, time: Duration) -> ClientBuilder {
    let (clock, count) = (world.clone(), AtomicUsize::new(0));
    b.token_provider(move || {
        let (clock, n) = (clock.clone(), count.fetch_add(1, Ordering::Relaxed));
        async move {
            if n > 0 {
                clock.sleep(time).await;
            }
            Ok(AccessToken::new(format!("t{n}")))
        }
    })
}

#[test]
fn a_provider_that_hangs_after_a_401_ends_with_the_deadline() {
    let world = World::on_its_clock([ScriptedResponse::status(401)], |clock, b| {
        slow_to_renew(clock, b, Duration::from_secs(8)).deadline(Duration::from_secs(1))
    });
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(1));
    assert!(error.to_string().contains("token provider"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.starts_with("401"), "{cause}");
}

#[test]
fn a_wait_for_another_calls_token_ends_with_the_deadline() {
    // One call fetches, without a deadline; the other one waits for it, and then for itself.
    let world = World::on_its_clock([ScriptedResponse::json(200, GROUP)], |clock, b| {
        let clock = clock.clone();
        b.token_provider(move || {
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(8)).await;
                Ok(AccessToken::new("t"))
            }
        })
    });
    let groups = world.client.groups();
    let patient = groups.retrieve("g").send();
    let hasty = async {
        let call = groups.retrieve("g").deadline(Duration::from_secs(1));
        (call.send().await.unwrap_err().kind(), world.clock.elapsed())
    };
    let (patient, hasty) = world.run(futures_util::future::join(patient, hasty));
    assert_eq!(hasty, (ErrorKind::Deadline, Duration::from_secs(1)));
    assert!(patient.is_ok());
    assert_eq!(world.clock.elapsed(), Duration::from_secs(8));
}

#[test]
fn a_fetch_whose_call_is_cancelled_is_begun_anew_by_those_that_wait() {
    let world = World::on_its_clock(
        [ScriptedResponse::status(401), ScriptedResponse::json(200, GROUP)],
        |clock, b| slow_to_renew(clock, b, Duration::from_secs(3)),
    );
    let groups = world.client.groups();
    let leader = groups.retrieve("g").deadline(Duration::from_secs(1)).send();
    let follower = groups.retrieve("h").deadline(Duration::from_secs(9)).send();
    let (leader, follower) = world.run(futures_util::future::join(leader, follower));
    assert_eq!(leader.unwrap_err().kind(), ErrorKind::Deadline);
    assert!(follower.is_ok());
}

#[test]
fn the_key_can_be_rotated() {
    let world = World::new([ScriptedResponse::json(200, GROUP)]);
    let derived = world.client.derive().build().unwrap();
    world.client.set_api_key("second").unwrap();
    world.run(world.client.groups().retrieve("g").send()).unwrap();
    world.run(derived.groups().retrieve("g").send()).unwrap();
    let requests = world.transport.requests();
    assert_eq!(bearer(&requests), ["Bearer second", "Bearer vit_apk_canary"]);
}

#[test]
fn callers_can_override_or_leave_out_every_header() {
    let world = World::new([ScriptedResponse::json(200, GROUP)]);
    let call = world.client.groups().retrieve("g").header("authorization", "Basic x");
    world.run(call.send()).unwrap();
    let options = vitable_groups::RequestOptions::new()
        .omit_header("Authorization")
        .omit_header("x-stainless-retry-count")
        .omit_header("accept");
    world.run(world.client.groups().retrieve("g").options(options).send()).unwrap();
    let requests = world.transport.requests();
    assert_eq!(bearer(&requests), ["Basic x", "none"]);
    assert_eq!(requests[0].header("x-stainless-retry-count"), Some("0"));
    assert_eq!(requests[1].headers.keys().collect::<Vec<_>>(), ["user-agent"]);
}

#[test]
fn the_organization_is_sent_when_it_is_chosen() {
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| b.organization("org_1"));
    world.run(world.client.groups().retrieve("g").send()).unwrap();
    world.run(world.client.groups().retrieve("g").organization("org_2").send()).unwrap();
    let requests = world.transport.requests();
    let sent: Vec<_> = requests.iter().map(|r| r.header("x-vitable-organization")).collect();
    assert_eq!(sent, [Some("org_1"), Some("org_2")]);
}

#[test]
fn one_idempotency_key_for_all_attempts_of_a_write_and_none_for_reads() {
    use vitable_groups::model::GroupUpdateParams;
    let world = World::new([ScriptedResponse::status(503), ScriptedResponse::json(200, GROUP)]);
    let update = world.client.groups().update("g", GroupUpdateParams::new().name("n"));
    let answer = world.run(update.send()).unwrap();
    world.run(world.client.groups().retrieve("g").send()).unwrap();
    let requests = world.transport.requests();
    let keys: Vec<_> = requests.iter().map(|r| r.header("idempotency-key")).collect();
    assert_eq!(keys, [answer.metadata.idempotency_key.as_deref(), keys[0], None]);
    assert!(keys[0].unwrap().len() > 20);
    let retries: Vec<_> =
        requests.iter().map(|r| r.header("x-stainless-retry-count").unwrap()).collect();
    assert_eq!(retries, ["0", "1", "0"]);

    let own = world.client.groups().update("g", GroupUpdateParams::new()).idempotency_key("mine");
    let answer = world.run(own.send()).unwrap();
    assert_eq!(answer.metadata.idempotency_key.as_deref(), Some("mine"));
    assert_eq!(world.transport.requests()[3].header("idempotency-key"), Some("mine"));
}

#[test]
fn custom_headers_of_the_environment_stand_below_those_of_the_code() {
    let variables = [
        ("VITABLE_CONNECT_API_KEY", "k"),
        ("VITABLE_CONNECT_CUSTOM_HEADERS", "X-A: env\nX-B: env\nnonsense"),
    ];
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.variables(variables).default_header("x-a", "code")
    });
    world.run(world.client.groups().retrieve("g").send()).unwrap();
    let request = &world.transport.requests()[0];
    assert_eq!((request.header("x-a"), request.header("x-b")), (Some("code"), Some("env")));
}
