//! A client with a virtual clock and scripted responses.
#![allow(dead_code, clippy::unwrap_used, reason = "test code; each file uses a part")]

use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
use vitable_groups::{Client, ClientBuilder};

pub(crate) const GROUP: &str =
    r#"{"data": {"id": "grp_1", "name": "Tier 1", "external_reference_id": "t1"}}"#;

pub(crate) struct TestClient {
    pub(crate) clock: VirtualClock,
    pub(crate) transport: ScriptedTransport,
    pub(crate) client: Client,
}

impl TestClient {
    pub(crate) fn new(responses: impl IntoIterator<Item = ScriptedResponse>) -> Self {
        Self::with(responses, |builder| builder)
    }

    pub(crate) fn with(
        responses: impl IntoIterator<Item = ScriptedResponse>,
        set_up: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        Self::with_clock(responses, |_, builder| set_up(builder))
    }

    pub(crate) fn with_clock(
        responses: impl IntoIterator<Item = ScriptedResponse>,
        set_up: impl FnOnce(&VirtualClock, ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let clock = VirtualClock::new();
        let mut transport = ScriptedTransport::new(&clock);
        for response in responses {
            transport = transport.then(response);
        }
        let builder = Client::builder()
            .variables([("VITABLE_CONNECT_API_KEY", "vit_apk_canary")])
            .clock(clock.clone())
            .transport(transport.clone());
        let client = set_up(&clock, builder).build().unwrap();
        Self { clock, transport, client }
    }

    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.clock.run(future)
    }

    pub(crate) fn sent(&self) -> usize {
        self.transport.requests().len()
    }

    /// The requests, as `METHOD path`.
    pub(crate) fn request_lines(&self) -> Vec<String> {
        let line =
            |r: &vitable_groups::testing::RecordedRequest| format!("{} {}", r.method, r.path);
        self.transport.requests().iter().map(line).collect()
    }
}

/// A page of groups named `n` with reference IDs `ref-...`, created when a [`TestClient`]'s clock
/// starts.
pub(crate) fn groups(ids: &[&str], pagination: &str) -> ScriptedResponse {
    groups_of("2026-01-15T10:30:00Z", ids, pagination)
}

pub(crate) fn groups_of(created_at: &str, ids: &[&str], pagination: &str) -> ScriptedResponse {
    let item = |id: &&str| {
        format!(
            r#"{{"id": "{id}", "name": "n", "external_reference_id": "ref-{id}", "created_at": "{created_at}"}}"#
        )
    };
    let items: Vec<_> = ids.iter().map(item).collect();
    ScriptedResponse::json(200, format!(r#"{{"data": [{}]{pagination}}}"#, items.join(",")))
}

pub(crate) fn page_of(page: i64, total_pages: i64) -> String {
    format!(
        r#", "pagination": {{"page": {page}, "limit": 2, "total": 9, "total_pages": {total_pages}}}"#
    )
}
