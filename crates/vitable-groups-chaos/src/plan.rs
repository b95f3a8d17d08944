//! What the callers are to do: drawn in advance, so that every language does the same.

use std::net::SocketAddr;

use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::Fault;

const PLAN: &str = "pln_Wgx_PobRSymT_ki30sYaBQ";
/// A client serves so many calls, so that its retry budget is not spent for good.
const PER_CLIENT: usize = 20;

/// The calls of one round.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Counts from 1.
    pub round: usize,
    /// How many there are.
    pub rounds: usize,
    /// All of them work at the same time, each makes its steps one after another.
    pub workers: Vec<Worker>,
}

/// One caller.
#[derive(Clone, Debug, Serialize)]
pub struct Worker {
    /// The clients it uses; a step names one by its place here.
    pub clients: Vec<ClientOptions>,
    /// What it does.
    pub steps: Vec<Step>,
    #[serde(skip)]
    pub(crate) group: Group,
}

/// The group that a worker has to itself from the start.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) name: String,
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
    /// Its record has the same.
    pub id: usize,
    /// The client, by its place in the worker's list.
    pub client: usize,
    /// What is called, with its parameters.
    #[serde(flatten)]
    pub call: Call,
    /// Options of the call.
    pub options: Options,
    /// When it must have come back.
    pub deadline_ms: u64,
}

/// Options of a call, as the shared scenarios name them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Options {
    /// Absent for waits, which have it as a parameter.
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
        }
    }
}

/// Draws the steps of one worker. Its references are its own, but for the `shared-` ones.
pub(crate) fn worker(
    number: usize,
    first_id: usize,
    steps: usize,
    group: Group,
    proxy: SocketAddr,
    random: &mut fastrand::Rng,
) -> Worker {
    let mut made = Worker { clients: Vec::new(), steps: Vec::new(), group };
    let mut references = vec![made.group.reference.clone()];
    let mut usual = 0;
    for turn in 0..steps {
        if turn % PER_CLIENT == 0 {
            usual = made.clients.len();
            let retries = random.u32(0..5);
            made.clients.push(options(format!("http://{proxy}"), retries, None));
        }
        let elsewhere = match random.u32(0..60) {
            0 => Some(("https://chaos.invalid".to_owned(), Fault::UnknownName)),
            1 => Some((format!("https://{proxy}"), Fault::Handshake)),
            _ => None,
        };
        let client = elsewhere.map_or(usual, |(url, fault)| {
            let retries = made.clients[usual].max_retries;
            made.clients.push(options(url, retries, Some(fault)));
            made.clients.len() - 1
        });
        let deadline_ms = random.u64(30..1_200);
        let group_id = made.group.id.clone();
        let call = match random.u32(0..100) {
            0..25 => {
                let external_reference_id = format!("new-{number}-{turn}");
                references.push(external_reference_id.clone());
                Call::Create { external_reference_id, name: "New".to_owned() }
            }
            25..45 => Call::Update { group_id, name: format!("worker {number} turn {turn}") },
            45..55 => Call::Retrieve { group_id },
            55..62 => Call::Iterate { limit: 7 },
            62..80 => {
                let members = roster(number, random);
                Call::SubmitAndWait { group_id, members, poll_ms: 3, deadline_ms }
            }
            80..88 => {
                let external_reference_id = random.choice(&references).unwrap().clone();
                Call::Find { external_reference_id }
            }
            // Half of these are wanted by all workers.
            88..94 => {
                let external_reference_id = format!("shared-{}", random.u32(0..4));
                Call::GetOrCreate { external_reference_id, name: "Wanted".to_owned() }
            }
            _ => {
                let external_reference_id = format!("own-{number}-{turn}");
                references.push(external_reference_id.clone());
                Call::GetOrCreate { external_reference_id, name: "Wanted".to_owned() }
            }
        };
        let waits = matches!(call, Call::SubmitAndWait { .. });
        let options = Options { deadline_ms: (!waits).then_some(deadline_ms) };
        made.steps.push(Step { id: first_id + turn, client, call, options, deadline_ms });
    }
    made
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

/// Rows of invented values that break no rule; none of them, now and then.
fn roster(worker: usize, random: &mut fastrand::Rng) -> Vec<Value> {
    (0..12)
        .filter(|_| random.bool())
        .map(|row| {
            json!({
                "reference_id": format!("W{worker}-{row}"),
                "first_name": "Ann",
                "last_name": "Lee",
                "date_of_birth": "1990-05-15",
                "phone": "2175550123",
                "plan_id": PLAN,
                "address": {
                    "address_line_1": "1 Main Street",
                    "city": "Springfield",
                    "state": "IL",
                    "zipcode": "62701",
                },
            })
        })
        .collect()
}
