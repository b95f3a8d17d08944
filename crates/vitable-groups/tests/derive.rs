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
