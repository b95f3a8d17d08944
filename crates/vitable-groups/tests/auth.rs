//! Keys, token providers, and the headers of requests.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{GROUP, TestClient};
use vitable_groups::testing::{RecordedRequest, ScriptedResponse, VirtualClock};
use vitable_groups::{AccessToken, ClientBuilder, Clock as _, ErrorKind};

fn counting(b: ClientBuilder, lifetime: u64) -> (ClientBuilder, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let builder =
        b.token_provider(move || {
            let n = counter.fetch_add(1, Ordering::Relaxed);
            async move {
                Ok(AccessToken::new(format!("t{n}")).expires_in(Duration::from_secs(lifetime)))
            }
        });
    (builder, count)
}

fn bearer(requests: &[RecordedRequest]) -> Vec<&str> {
    requests.iter().map(|r| r.header("authorization").unwrap_or("none")).collect()
}

#[test]
fn a_token_is_fetched_once_and_renewed_before_it_expires() {
    let mut count = Arc::default();
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
        let (builder, counter) = counting(b, 900);
        count = counter;
        builder
    });
    let call = || test.client.groups().retrieve("g").send();
    test.run(async {
        use vitable_groups::Clock;
        call().await.unwrap();
        call().await.unwrap();
        test.clock.sleep(Duration::from_secs(839)).await;
        call().await.unwrap();
        test.clock.sleep(Duration::from_secs(1)).await;
        call().await.unwrap();
    });
    let requests = test.transport.requests();
    assert_eq!(bearer(&requests), ["Bearer t0", "Bearer t0", "Bearer t0", "Bearer t1"]);
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[test]
fn a_rejected_token_is_renewed_once_and_the_call_retried() {
    let responses = [ScriptedResponse::status(401), ScriptedResponse::json(200, GROUP)];
    let test = TestClient::with(responses, |b| counting(b, 900).0.max_retries(0));
    let response = test.run(test.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(response.metadata.attempts.len(), 2);
    assert_eq!(bearer(&test.transport.requests()), ["Bearer t0", "Bearer t1"]);

    let test = TestClient::with([ScriptedResponse::status(401)], |b| counting(b, 900).0);
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::Authentication, 2));
}

#[test]
fn concurrent_calls_share_one_fetch() {
    let mut count = Arc::default();
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
        let (builder, counter) = counting(b, 900);
        count = counter;
        builder
    });
    let calls = (0..50).map(|_| test.client.groups().retrieve("g").send());
    let responses = test.run(futures_util::future::join_all(calls));
    assert!(responses.iter().all(Result::is_ok));
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn a_rejected_key_is_not_retried() {
    let test = TestClient::new([ScriptedResponse::status(401)]);
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::Authentication, 1));
}

#[test]
fn a_failing_provider_is_reported_and_nothing_is_sent() {
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.token_provider(|| async { Err("the token server is down".into()) })
    });
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::Credentials, 0));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "the token server is down");
}

#[test]
fn a_hanging_provider_ends_with_the_deadline() {
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.token_provider(std::future::pending).deadline(Duration::from_secs(4))
    });
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(4));
}

/// A provider that returns the first token immediately and takes this long for others.
fn slow_to_renew(clock: &VirtualClock, b: ClientBuilder, time: Duration) -> ClientBuilder {
    let (clock, count) = (clock.clone(), AtomicUsize::new(0));
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
    let test = TestClient::with_clock([ScriptedResponse::status(401)], |clock, b| {
        slow_to_renew(clock, b, Duration::from_secs(8)).deadline(Duration::from_secs(1))
    });
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(test.clock.elapsed(), Duration::from_secs(1));
    assert!(error.to_string().contains("token provider"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.starts_with("401"), "{cause}");
}

#[test]
fn a_wait_for_another_calls_token_ends_with_the_deadline() {
    // One call fetches without a deadline; the other one waits for that fetch.
    let test = TestClient::with_clock([ScriptedResponse::json(200, GROUP)], |clock, b| {
        let clock = clock.clone();
        b.token_provider(move || {
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(8)).await;
                Ok(AccessToken::new("t"))
            }
        })
    });
    let groups = test.client.groups();
    let patient = groups.retrieve("g").send();
    let hasty = async {
        let call = groups.retrieve("g").deadline(Duration::from_secs(1));
        (call.send().await.unwrap_err().kind(), test.clock.elapsed())
    };
    let (patient, hasty) = test.run(futures_util::future::join(patient, hasty));
    assert_eq!(hasty, (ErrorKind::Deadline, Duration::from_secs(1)));
    assert!(patient.is_ok());
    assert_eq!(test.clock.elapsed(), Duration::from_secs(8));
}

#[test]
fn waiting_calls_restart_the_fetch_of_a_canceled_call() {
    let test = TestClient::with_clock(
        [ScriptedResponse::status(401), ScriptedResponse::json(200, GROUP)],
        |clock, b| slow_to_renew(clock, b, Duration::from_secs(3)),
    );
    let groups = test.client.groups();
    let leader = groups.retrieve("g").deadline(Duration::from_secs(1)).send();
    let follower = groups.retrieve("h").deadline(Duration::from_secs(9)).send();
    let (leader, follower) = test.run(futures_util::future::join(leader, follower));
    assert_eq!(leader.unwrap_err().kind(), ErrorKind::Deadline);
    assert!(follower.is_ok());
}

#[test]
fn the_key_can_be_rotated() {
    let test = TestClient::new([ScriptedResponse::json(200, GROUP)]);
    let derived = test.client.derive().build().unwrap();
    test.client.set_api_key("second").unwrap();
    test.run(test.client.groups().retrieve("g").send()).unwrap();
    test.run(derived.groups().retrieve("g").send()).unwrap();
    let requests = test.transport.requests();
    assert_eq!(bearer(&requests), ["Bearer second", "Bearer vit_apk_canary"]);
}

#[test]
fn callers_can_override_or_omit_every_header() {
    let test = TestClient::new([ScriptedResponse::json(200, GROUP)]);
    let call = test.client.groups().retrieve("g").header("authorization", "Basic x");
    test.run(call.send()).unwrap();
    let options = vitable_groups::RequestOptions::new()
        .omit_header("Authorization")
        .omit_header("x-stainless-retry-count")
        .omit_header("accept");
    test.run(test.client.groups().retrieve("g").options(options).send()).unwrap();
    let requests = test.transport.requests();
    assert_eq!(bearer(&requests), ["Basic x", "none"]);
    assert_eq!(requests[0].header("x-stainless-retry-count"), Some("0"));
    assert_eq!(requests[1].headers.keys().collect::<Vec<_>>(), ["user-agent"]);
}

#[test]
fn the_organization_header_is_sent_if_set() {
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| b.organization("org_1"));
    test.run(test.client.groups().retrieve("g").send()).unwrap();
    test.run(test.client.groups().retrieve("g").organization("org_2").send()).unwrap();
    let requests = test.transport.requests();
    let sent: Vec<_> = requests.iter().map(|r| r.header("x-vitable-organization")).collect();
    assert_eq!(sent, [Some("org_1"), Some("org_2")]);
}

#[test]
fn all_attempts_of_a_write_share_an_idempotency_key_and_reads_have_none() {
    use vitable_groups::model::GroupUpdateParams;
    let test = TestClient::new([ScriptedResponse::status(503), ScriptedResponse::json(200, GROUP)]);
    let update = test.client.groups().update("g", GroupUpdateParams::new().name("n"));
    let response = test.run(update.send()).unwrap();
    test.run(test.client.groups().retrieve("g").send()).unwrap();
    let requests = test.transport.requests();
    let keys: Vec<_> = requests.iter().map(|r| r.header("idempotency-key")).collect();
    assert_eq!(keys, [response.metadata.idempotency_key.as_deref(), keys[0], None]);
    assert!(keys[0].unwrap().len() > 20);
    let retries: Vec<_> =
        requests.iter().map(|r| r.header("x-stainless-retry-count").unwrap()).collect();
    assert_eq!(retries, ["0", "1", "0"]);

    let own = test.client.groups().update("g", GroupUpdateParams::new()).idempotency_key("mine");
    let response = test.run(own.send()).unwrap();
    assert_eq!(response.metadata.idempotency_key.as_deref(), Some("mine"));
    assert_eq!(test.transport.requests()[3].header("idempotency-key"), Some("mine"));
}

#[test]
fn headers_in_code_take_precedence_over_the_environment() {
    let variables = [
        ("VITABLE_CONNECT_API_KEY", "k"),
        ("VITABLE_CONNECT_CUSTOM_HEADERS", "X-A: env\nX-B: env\nnonsense"),
    ];
    let test = TestClient::with([ScriptedResponse::json(200, GROUP)], |b| {
        b.variables(variables).default_header("x-a", "code")
    });
    test.run(test.client.groups().retrieve("g").send()).unwrap();
    let request = &test.transport.requests()[0];
    assert_eq!((request.header("x-a"), request.header("x-b")), (Some("code"), Some("env")));
}
