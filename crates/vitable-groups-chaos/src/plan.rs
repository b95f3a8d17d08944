//! The planned calls, drawn in advance so that every language makes the same ones.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;
use serde_json::Value;

use crate::apply::Apply;
use crate::fault::Fault;
use crate::rosters::Rosters;

/// Every request names its step in this header, so that the server's records can be matched to
/// steps.
pub const STEP_HEADER: &str = "x-chaos-step";
/// Calls per client; new clients have a full retry quota.
const PER_CLIENT: usize = 20;

/// The calls of one round.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Counts from 1.
    pub round: usize,
    /// The number of rounds.
    pub rounds: usize,
    /// Workers run concurrently; each runs its steps in order.
    pub workers: Vec<Worker>,
}

/// One caller.
#[derive(Clone, Debug, Serialize)]
pub struct Worker {
    /// Its clients; a step refers to one by index.
    pub clients: Vec<ClientOptions>,
    /// Its calls.
    pub steps: Vec<Step>,
    /// The group whose members it syncs.
    #[serde(skip)]
    pub group: Group,
    /// Another group that exists from the start; no create may return it.
    #[serde(skip)]
    pub existing: Group,
}

/// A group that exists from the start and belongs to one worker.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "as in the API")]
pub struct Group {
    pub id: String,
    pub external_reference_id: String,
    pub name: String,
}

/// Options of a client, as the shared scenarios name them.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in tests/scenarios/README.md")]
pub struct ClientOptions {
    pub api_key: &'static str,
    pub base_url: String,
    pub timeout_ms: u64,
    pub connect_timeout_ms: u64,
    pub max_retries: u32,
    pub retry_base_delay_ms: u64,
    pub retry_max_delay_ms: u64,
    #[serde(skip)]
    pub(crate) fault: Option<Fault>,
}

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The step; its record has the same id.
    pub id: usize,
    /// The index of the client in the worker's list.
    pub client: usize,
    /// The call and its parameters.
    #[serde(flatten)]
    pub call: Call,
    /// Options of the call.
    pub options: Options,
    /// When the call must have returned.
    pub deadline_ms: u64,
}

impl Step {
    /// Creates a step with the options that its call needs.
    pub fn new(id: usize, client: usize, call: Call, deadline_ms: u64) -> Self {
        let waits = matches!(call, Call::SubmitAndWait { .. } | Call::Apply(_));
        let options = Options {
            headers: BTreeMap::from([(STEP_HEADER, id.to_string())]),
            deadline_ms: (!waits).then_some(deadline_ms),
        };
        Self { id, client, call, options, deadline_ms }
    }
}

/// Options of a call, as the shared scenarios name them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Options {
    /// [`STEP_HEADER`].
    pub headers: BTreeMap<&'static str, String>,
    /// Absent for waits, which take it as a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
}

/// A call of the shared scenarios.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "call", content = "params")]
#[expect(missing_docs, reason = "as in tests/scenarios/README.md")]
pub enum Call {
    #[serde(rename = "groups.create")]
    Create { external_reference_id: String, name: String },
    #[serde(rename = "groups.update")]
    Update { group_id: String, name: String },
    #[serde(rename = "groups.retrieve")]
    Retrieve { group_id: String },
    #[serde(rename = "groups.iterate")]
    Iterate { limit: u32 },
    #[serde(rename = "groups.find_by_external_reference_id")]
    Find { external_reference_id: String },
    #[serde(rename = "groups.get_or_create")]
    GetOrCreate { external_reference_id: String, name: String },
    #[serde(rename = "groups.members.sync.submit_and_wait")]
    SubmitAndWait { group_id: String, members: Vec<Value>, poll_ms: u64, deadline_ms: u64 },
    #[serde(rename = "groups.members.sync.apply")]
    Apply(Apply),
}

impl Call {
    /// Its name in the summary.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Update { .. } => "update",
            Self::Retrieve { .. } => "retrieve",
            Self::Iterate { .. } => "list",
            Self::Find { .. } => "find",
            Self::GetOrCreate { .. } => "get_or_create",
            Self::SubmitAndWait { .. } => "submit_and_wait",
            Self::Apply(_) => "apply",
        }
    }
}

/// Draws the steps of one worker. Only it uses its reference IDs, except for `shared-` ones.
pub(crate) fn worker(
    number: usize,
    first_id: usize,
    steps: usize,
    (group, existing): (Group, Group),
    proxy: SocketAddr,
    random: &mut fastrand::Rng,
) -> Worker {
    let mut references: Vec<String> =
        [&group, &existing].map(|group| group.external_reference_id.clone()).into();
    let mut drawn = Worker { clients: Vec::new(), steps: Vec::new(), group, existing };
    let mut rosters = Rosters::new(number);
    let mut usual = 0;
    for index in 0..steps {
        if index % PER_CLIENT == 0 {
            usual = drawn.clients.len();
            let retries = random.u32(0..5);
            drawn.clients.push(options(format!("http://{proxy}"), retries, None));
        }
        let other_url = match random.u32(0..60) {
            0 => Some(("https://chaos.invalid".to_owned(), Fault::UnknownName)),
            1 => Some((format!("https://{proxy}"), Fault::Handshake)),
            _ => None,
        };
        let client = other_url.map_or(usual, |(url, fault)| {
            let retries = drawn.clients[usual].max_retries;
            drawn.clients.push(options(url, retries, Some(fault)));
            drawn.clients.len() - 1
        });
        let deadline_ms = random.u64(30..1_200);
        let group_id = drawn.group.id.clone();
        let call = match random.u32(0..100) {
            0..22 => {
                let external_reference_id = format!("new-{number}-{index}");
                references.push(external_reference_id.clone());
                Call::Create { external_reference_id, name: format!("New {index}") }
            }
            // Possibly of an existing group, under another name.
            22..26 => {
                let external_reference_id = random.choice(&references).unwrap().clone();
                Call::Create { external_reference_id, name: format!("Again {index}") }
            }
            26..44 => Call::Update { group_id, name: format!("worker {number} index {index}") },
            44..52 => Call::Retrieve { group_id },
            52..58 => Call::Iterate { limit: 7 },
            58..63 => {
                let members = rosters.unguarded(random);
                Call::SubmitAndWait { group_id, members, poll_ms: 3, deadline_ms }
            }
            63..81 => Call::Apply(rosters.apply(group_id, deadline_ms, random)),
            81..89 => {
                let external_reference_id = random.choice(&references).unwrap().clone();
                Call::Find { external_reference_id }
            }
            // Used by all workers.
            89..93 => {
                let external_reference_id = format!("shared-{}", random.u32(0..4));
                Call::GetOrCreate { external_reference_id, name: "Wanted".to_owned() }
            }
            93..96 => {
                let external_reference_id = random.choice(&references).unwrap().clone();
                Call::GetOrCreate { external_reference_id, name: format!("Wanted {index}") }
            }
            _ => {
                let external_reference_id = format!("own-{number}-{index}");
                references.push(external_reference_id.clone());
                Call::GetOrCreate { external_reference_id, name: format!("Wanted {index}") }
            }
        };
        drawn.steps.push(Step::new(first_id + index, client, call, deadline_ms));
    }
    drawn
}

fn options(base_url: String, max_retries: u32, fault: Option<Fault>) -> ClientOptions {
    ClientOptions {
        api_key: "key",
        base_url,
        timeout_ms: 150,
        connect_timeout_ms: 100,
        max_retries,
        retry_base_delay_ms: 1,
        retry_max_delay_ms: 8,
        fault,
    }
}
