//! A derived client takes what its builder is given, and shares the rest.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
use vitable_groups::{
    BoxFuture, Client, ErrorKind, RetryPolicy, Transport, TransportError, TransportRequest,
    TransportResponse,
};

const GROUP: &str = r#"{"data": {"id": "grp_1", "name": "n", "external_reference_id": "r"}}"#;
const NONE: [(&str, &str); 0] = [];

fn client(clock: &VirtualClock, transport: impl Transport) -> Client {
    let builder = Client::builder().variables(NONE).api_key("vit_apk_1");
    builder.clock(clock.clone()).transport(transport).build().unwrap()
}

#[test]
fn a_clock_of_its_own_measures_its_waits() {
    let (clock, own) = (VirtualClock::new(), VirtualClock::new());
    let transport = ScriptedTransport::new(&own)
        .then(ScriptedResponse::status(503).header("retry-after", "7"))
        .then(ScriptedResponse::json(200, GROUP));
    let parent = client(&clock, transport.clone());
    let derived = parent.derive().clock(own.clone()).build().unwrap();
    own.run(async { derived.groups().retrieve("grp_1").await }).unwrap();
    assert_eq!((own.elapsed(), clock.elapsed()), (Duration::from_secs(7), Duration::ZERO));
    assert_eq!(transport.requests().len(), 2);
}

#[test]
fn a_transport_of_its_own_gets_its_requests_and_a_quota_of_its_own() {
    let clock = VirtualClock::new();
    let failing = ScriptedTransport::new(&clock).then(ScriptedResponse::reset());
    let fine = ScriptedTransport::new(&clock)
        .then(ScriptedResponse::status(503))
        .then(ScriptedResponse::json(200, GROUP));
    let parent = client(&clock, failing.clone());
    let policy = RetryPolicy::new().max_retries(u32::MAX);
    let patient = parent.derive().retry_policy(policy).build().unwrap();
    let error = clock.run(async { patient.groups().retrieve("grp_1").await }).unwrap_err();
    assert!(error.to_string().contains("quota"), "{error}");

    let sent = failing.requests().len();
    let derived = parent.derive().transport(fine.clone()).build().unwrap();
    clock.run(async { derived.groups().retrieve("grp_1").await }).unwrap();
    assert_eq!((failing.requests().len(), fine.requests().len()), (sent, 2));
}

#[test]
fn a_submission_through_another_transport_ends_the_knowledge_of_an_empty_group() {
    use vitable_groups::model::{Address, GroupCreateParams, Member};
    use vitable_groups::roster::Roster;

    let clock = VirtualClock::new();
    let created = || ScriptedTransport::new(&clock).then(ScriptedResponse::json(201, GROUP));
    let receipt = r#"{"data": {"request_id": "r1", "group_id": "grp_1"}}"#;
    let other = ScriptedTransport::new(&clock).then(ScriptedResponse::json(202, receipt));
    let create = |client: &Client| {
        let groups = client.groups();
        clock.run(async move { groups.create(GroupCreateParams::new("r", "n")).await }).unwrap();
    };
    let apply = |client: &Client| {
        let address = Address::new("1 Main", "Reno", "NV", "89501");
        let member = Member::new("E1", "A", "B", "1990-01-01", "pln_1", address);
        let sync = client.groups().members().sync();
        let apply = sync.apply("grp_1", Roster::from_members([member]));
        clock.run(async { apply.await }).unwrap_err()
    };

    let parent = client(&clock, created());
    create(&parent);
    let derived = parent.derive().transport(other.clone()).build().unwrap();
    // The server behind another transport may be another one: nothing is known of its groups.
    assert_eq!(apply(&derived).kind(), ErrorKind::GuardRefused);
    let none: [Member; 0] = [];
    let submit = derived.groups().members().sync().submit("grp_1", none);
    clock.run(async { submit.await }).unwrap();
    // It may also be the same: a roster was submitted.
    assert_eq!(apply(&parent).kind(), ErrorKind::GuardRefused);
}

#[derive(Debug, Default)]
struct Closing(Arc<AtomicUsize>);

impl Transport for Closing {
    fn close(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn send(
        &self,
        _: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn all_relatives_end_together_with_their_transports() {
    let clock = VirtualClock::new();
    let (one, two, late) = (Arc::default(), Arc::default(), Arc::default());
    let parent = client(&clock, Closing(Arc::clone(&one)));
    let derived = parent.derive().transport(Closing(Arc::clone(&two))).build().unwrap();
    derived.close();
    let after = parent.derive().transport(Closing(Arc::clone(&late))).build().unwrap();
    for client in [&parent, &derived, &after] {
        assert!(client.is_closed());
        let error = clock.run(async { client.groups().retrieve("grp_1").await }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
    let closed = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    assert_eq!((closed(&one), closed(&two), closed(&late)), (1, 1, 1));
}

#[cfg(feature = "http")]
#[test]
fn http_settings_of_its_own_are_checked() {
    use vitable_groups::HttpConfig;

    let parent = client(&VirtualClock::new(), Closing::default());
    let error = parent.derive().http(HttpConfig::new().proxy("no url")).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
