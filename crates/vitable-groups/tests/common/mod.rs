//! A client on a virtual clock with a scripted server.
#![allow(dead_code, clippy::unwrap_used, reason = "test code, of which each file uses some")]

use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
use vitable_groups::{Client, ClientBuilder};

pub(crate) const GROUP: &str =
    r#"{"data": {"id": "grp_1", "name": "Tier 1", "external_reference_id": "t1"}}"#;

pub(crate) struct World {
    pub(crate) clock: VirtualClock,
    pub(crate) transport: ScriptedTransport,
    pub(crate) client: Client,
}

impl World {
    pub(crate) fn new(scripts: impl IntoIterator<Item = ScriptedResponse>) -> Self {
        Self::with(scripts, |builder| builder)
    }

    pub(crate) fn with(
        scripts: impl IntoIterator<Item = ScriptedResponse>,
        set_up: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        Self::on_its_clock(scripts, |_, builder| set_up(builder))
    }

    pub(crate) fn on_its_clock(
        scripts: impl IntoIterator<Item = ScriptedResponse>,
        set_up: impl FnOnce(&VirtualClock, ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let clock = VirtualClock::new();
        let mut transport = ScriptedTransport::new(&clock);
        for script in scripts {
            transport = transport.then(script);
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

    /// The requests as `VERB path`.
    pub(crate) fn wire(&self) -> Vec<String> {
        let line =
            |r: &vitable_groups::testing::RecordedRequest| format!("{} {}", r.method, r.path);
        self.transport.requests().iter().map(line).collect()
    }
}

/// Groups named `n`, with the reference IDs `ref-...`, created when a [`World`]'s clock starts.
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
