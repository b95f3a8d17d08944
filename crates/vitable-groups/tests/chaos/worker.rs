//! One caller: random operations, and a memory of what it was told about each.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;
use vitable_groups::model::{Address, GroupCreateParams, GroupUpdateParams, Member};
use vitable_groups::poll::PollPolicy;
use vitable_groups::retry::RetryPolicy;
use vitable_groups::{Client, Error, ErrorKind, HttpConfig, RequestOptions};

use super::fault::Fault;
use super::ledger::Ledger;

const PLAN: &str = "pln_Wgx_PobRSymT_ki30sYaBQ";
/// What a broken network may make of a call.
const EXPECTED: [ErrorKind; 4] =
    [ErrorKind::Connection, ErrorKind::Timeout, ErrorKind::Deadline, ErrorKind::ResponseValidation];
/// A client serves so many calls, so that the retry budget is not spent for good.
const PER_CLIENT: usize = 20;

/// A value that was reported as written, and those written since whose fate is unknown: the
/// server must hold one of them.
#[derive(Debug)]
pub(crate) struct Trail<T> {
    done: T,
    maybe: Vec<T>,
}

impl<T: PartialEq> Trail<T> {
    fn new(done: T) -> Self {
        Self { done, maybe: Vec::new() }
    }

    fn done(&mut self, value: T) {
        self.done = value;
        self.maybe.clear();
    }

    pub(crate) fn allows(&self, value: &T) -> bool {
        self.done == *value || self.maybe.contains(value)
    }
}

/// What the worker was told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) group: String,
    pub(crate) name: Trail<String>,
    pub(crate) roster: Trail<BTreeSet<String>>,
    /// References with the ids they were reported to have.
    pub(crate) created: Vec<(String, String)>,
    /// References whose create failed for certain.
    pub(crate) absent: Vec<String>,
    /// Requests that were reported completed.
    pub(crate) completed: Vec<String>,
}

pub(crate) struct Worker {
    number: usize,
    address: std::net::SocketAddr,
    client: Client,
    random: fastrand::Rng,
    ledger: Ledger,
    told: Told,
}

pub(crate) fn client(base_url: &str, max_retries: u32) -> Client {
    let none: [(&str, &str); 0] = [];
    let retry = RetryPolicy {
        max_retries,
        base_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(8),
        ..RetryPolicy::default()
    };
    Client::builder()
        .variables(none)
        .api_key("key")
        .base_url(base_url)
        .dangerously_allow_plain_http()
        .http(HttpConfig::new().no_environment_proxy())
        .timeout(Duration::from_millis(150))
        .connect_timeout(Duration::from_millis(100))
        .retry_policy(retry)
        .build()
        .unwrap()
}

impl Worker {
    /// `direct` is a client that no fault stands in the way of.
    pub(crate) async fn new(
        number: usize,
        address: std::net::SocketAddr,
        direct: &Client,
        random: fastrand::Rng,
    ) -> Self {
        let name = format!("worker {number}");
        let params = GroupCreateParams::new(format!("worker-{number}"), &name);
        let group = direct.groups().create(params).timeout(Duration::from_secs(60)).await.unwrap();
        let told = Told {
            group: group.id,
            name: Trail::new(name),
            roster: Trail::new(BTreeSet::new()),
            created: Vec::new(),
            absent: Vec::new(),
            completed: Vec::new(),
        };
        let client = client(&format!("http://{address}"), 2);
        Self { number, address, client, random, ledger: Ledger::default(), told }
    }

    pub(crate) async fn work(mut self, operations: usize) -> (Told, Ledger) {
        let origin = format!("http://{}", self.address);
        for turn in 0..operations {
            if turn % PER_CLIENT == 0 {
                self.client = client(&origin, self.random.u32(0..5));
            }
            let usual = self.client.clone();
            self.client = match self.random.u32(0..60) {
                0 => self.elsewhere(Fault::UnknownName, "http://chaos.invalid"),
                1 => self.elsewhere(Fault::Handshake, &format!("https://{}", self.address)),
                _ => usual.clone(),
            };
            let deadline = Duration::from_millis(self.random.u64(30..1_200));
            let options = RequestOptions::new().deadline(deadline);
            let begun = Instant::now();
            let (operation, failure) = match self.random.u32(0..100) {
                0..25 => ("create", self.create(turn, options).await),
                25..45 => ("update", self.update(turn, options).await),
                45..55 => ("retrieve", self.retrieve(options).await),
                55..62 => ("list", self.list(options).await),
                62..80 => ("submit_and_wait", self.sync(deadline).await),
                80..88 => ("find", self.find(options).await),
                _ => ("get_or_create", self.get_or_create(turn, options).await),
            };
            self.ledger.time(begun.elapsed(), deadline);
            self.ledger.call(operation, failure.as_ref().map(|error| error.kind().code()));
            if let Some(error) = failure {
                self.judge(operation, &error);
            }
            self.client = usual;
        }
        (self.told, self.ledger)
    }

    fn elsewhere(&mut self, fault: Fault, base_url: &str) -> Client {
        self.ledger.fault(fault);
        self.client.derive().base_url(base_url).build().unwrap()
    }

    fn judge(&mut self, operation: &str, error: &Error) {
        // A conflict is that of a create which arrived after it had been given up.
        let conflict = error.kind() == ErrorKind::Conflict && operation.ends_with("create");
        assert!(EXPECTED.contains(&error.kind()) || conflict, "{operation}: {error}");
        assert!(error.operation().is_some(), "{error}");
        self.ledger.unknown += usize::from(error.outcome_unknown());
        self.ledger.attempts(error.attempts().len());
    }

    async fn create(&mut self, turn: usize, options: RequestOptions) -> Option<Error> {
        let reference = format!("new-{}-{turn}", self.number);
        let params = GroupCreateParams::new(&reference, "New");
        match self.client.groups().create(params).options(options).send().await {
            Ok(answer) => {
                self.ledger.attempts(answer.metadata.attempts.len());
                self.ledger.recovered += usize::from(answer.metadata.recovered);
                assert_eq!(answer.data.external_reference_id, reference);
                self.told.created.push((reference, answer.data.id));
                None
            }
            Err(error) => {
                if !error.outcome_unknown() {
                    self.told.absent.push(reference);
                }
                Some(error)
            }
        }
    }

    async fn update(&mut self, turn: usize, options: RequestOptions) -> Option<Error> {
        let name = format!("worker {} turn {turn}", self.number);
        let params = GroupUpdateParams::new().name(&name);
        let call = self.client.groups().update(&self.told.group, params).options(options);
        match call.send().await {
            Ok(answer) => {
                self.ledger.attempts(answer.metadata.attempts.len());
                self.told.name.done(name);
                None
            }
            Err(error) => {
                if error.outcome_unknown() {
                    self.told.name.maybe.push(name);
                }
                Some(error)
            }
        }
    }

    async fn retrieve(&mut self, options: RequestOptions) -> Option<Error> {
        match self.client.groups().retrieve(&self.told.group).options(options).send().await {
            Ok(answer) => {
                self.ledger.attempts(answer.metadata.attempts.len());
                assert!(self.told.name.allows(&answer.data.name), "{}", answer.data.name);
                None
            }
            Err(error) => Some(error),
        }
    }

    async fn list(&mut self, options: RequestOptions) -> Option<Error> {
        match self.client.groups().list().limit(7).options(options).collect(10_000).await {
            Ok(groups) => {
                let ids: BTreeSet<&str> = groups.iter().map(|group| group.id.as_str()).collect();
                assert_eq!(ids.len(), groups.len(), "a group came twice");
                assert!(ids.contains(self.told.group.as_str()));
                None
            }
            Err(error) => Some(error),
        }
    }

    async fn sync(&mut self, deadline: Duration) -> Option<Error> {
        let wanted: BTreeSet<String> = (0..12)
            .filter(|_| self.random.bool())
            .map(|row| format!("W{}-{row}", self.number))
            .collect();
        let rows: Vec<Member> = wanted.iter().map(|reference| member(reference)).collect();
        let sync = self.client.groups().members().sync();
        let wait = sync
            .submit_and_wait(&self.told.group, &rows)
            .deadline(deadline)
            .poll(PollPolicy::every(Duration::from_millis(3)));
        match wait.await {
            Ok(state) => {
                let results = state.results.value().unwrap();
                assert!(results.failures.is_empty(), "{:?}", results.failures);
                self.told.completed.push(state.request_id);
                self.told.roster.done(wanted);
                None
            }
            Err(error) => {
                if error.outcome_unknown() || error.sync_handle().is_some() {
                    self.told.roster.maybe.push(wanted);
                }
                Some(error)
            }
        }
    }

    async fn find(&mut self, options: RequestOptions) -> Option<Error> {
        // Something that is there, or something that is certainly not.
        let there = self.random.choice(&self.told.created).cloned();
        let absent = self.random.choice(&self.told.absent).cloned();
        let (reference, id) = match (there, absent) {
            (_, Some(absent)) if self.random.bool() => (absent, None),
            (Some((reference, id)), _) => (reference, Some(id)),
            (None, _) => (format!("worker-{}", self.number), Some(self.told.group.clone())),
        };
        match self.client.groups().find_with(&reference, options).await {
            Ok(found) => {
                assert_eq!(found.map(|group| group.id), id, "{reference}");
                None
            }
            Err(error) => Some(error),
        }
    }

    async fn get_or_create(&mut self, turn: usize, options: RequestOptions) -> Option<Error> {
        // Half of them are wanted by all workers.
        let shared = self.random.bool();
        let reference = if shared {
            format!("shared-{}", self.random.u32(0..4))
        } else {
            format!("own-{}-{turn}", self.number)
        };
        let params = GroupCreateParams::new(&reference, "Wanted");
        match self.client.groups().get_or_create_with(params, options).await {
            Ok((group, _)) => {
                self.told.created.push((reference, group.id));
                None
            }
            Err(error) => {
                if !shared && !error.outcome_unknown() {
                    self.told.absent.push(reference);
                }
                Some(error)
            }
        }
    }
}

/// A row of invented values that breaks no rule.
pub(crate) fn member(reference: &str) -> Member {
    let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
    let mut member = Member::new(reference, "Ann", "Lee", "1990-05-15", PLAN, address);
    member.phone = "2175550123".to_owned().into();
    member
}
