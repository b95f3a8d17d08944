//! The blocking client against the sandbox.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use vitable_groups::blocking::Client;
use vitable_groups::model::{Address, GroupCreateParams, Member};
use vitable_groups::roster::{CheckOptions, OutcomeStatus, Roster};
use vitable_groups::{AccessToken, ErrorKind, PollPolicy};
use vitable_groups_sandbox::Sandbox;

const NONE: [(&str, &str); 0] = [];

/// The sandbox on a runtime of its own, which `run` does not know of.
struct Server {
    sandbox: Option<Sandbox>,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::builder().start()).unwrap();
        Self { sandbox: Some(sandbox), runtime }
    }

    fn builder(&self) -> vitable_groups::ClientBuilder {
        let url = self.sandbox.as_ref().unwrap().base_url().to_owned();
        Client::builder().variables(NONE).api_key("key").base_url(url)
    }

    fn client(&self) -> Client {
        Client::new(self.builder().build().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.shutdown());
        }
    }
}

fn create(client: &Client, reference: &str) -> String {
    client.run(client.groups().create(GroupCreateParams::new(reference, "n"))).unwrap().id
}

#[test]
fn a_roster_is_synced_from_end_to_end() {
    let server = Server::start();
    let client = server.client();
    let plan = client.iter(client.plans().list().items()).next().unwrap().unwrap().id;
    let group = create(&client, "tier-1");
    let address = Address::new("1 Main Street", "Reno", "NV", "89501");
    let member = Member::new("E1", "Ann", "Lee", "1990-05-15", plan, address);
    let roster = Arc::new(Roster::from_members([member]));
    let sync = client.groups().members().sync();
    let result = client.run(
        sync.apply(&group, Arc::clone(&roster))
            .first_sync()
            .checks(CheckOptions::new("2026-11-01".parse().unwrap()))
            .poll(PollPolicy::every(Duration::from_millis(1))),
    );
    let result = result.unwrap();
    assert_eq!((result.outcome.status, result.outcome.added), (OutcomeStatus::Succeeded, Some(1)));
    assert!(Arc::ptr_eq(&result.roster, &roster));
}

#[test]
fn lists_are_iterated_over_page_by_page() {
    let server = Server::start();
    let client = server.client();
    let made: Vec<_> = (0..25).map(|n| create(&client, &format!("ref-{n}"))).collect();
    let list = client.groups().list().limit(10);
    let listed: Vec<_> = client.iter(list.items()).map(|group| group.unwrap().id).collect();
    assert_eq!(listed.len(), made.len());
    let pages: Vec<_> = client.iter(client.groups().list().limit(10).pages()).collect();
    assert_eq!(pages.len(), 3);
}

#[test]
fn a_failure_ends_an_iteration() {
    let server = Server::start();
    let client = server.client();
    client.close();
    let mut groups = client.iter(client.groups().list().items());
    assert_eq!(groups.next().unwrap().unwrap_err().kind(), ErrorKind::Closed);
    assert!(groups.next().is_none());
}

#[test]
fn a_callback_can_call() {
    let server = Server::start();
    let client = server.client();
    let group = create(&client, "tier-1");
    let sync = client.groups().members().sync();
    let none: [Member; 0] = [];
    let (inner, seen) = (client.clone(), Arc::new(Mutex::new(Vec::new())));
    let (names, id) = (Arc::clone(&seen), group.clone());
    let wait = sync.submit_and_wait(&group, none).on_progress(move |_| {
        names.lock().unwrap().push(inner.run(inner.groups().retrieve(&id)).unwrap().name);
    });
    client.run(wait).unwrap();
    assert!(seen.lock().unwrap().len() >= 2);
}

#[test]
fn a_token_provider_can_call() {
    let server = Server::start();
    let plain = server.client();
    let other = plain.clone();
    let builder = Client::builder().variables(NONE).base_url(plain.base_url().as_str());
    let builder = builder.token_provider(move || {
        let groups = other.run(other.groups().list()).unwrap().items.len();
        async move { Ok(AccessToken::new(format!("token-{groups}"))) }
    });
    let client = Client::new(builder.build().unwrap());
    assert_eq!(client.run(client.groups().list()).unwrap().items, []);
}

#[test]
fn inside_a_runtime_a_call_fails_and_sends_nothing() {
    let server = Server::start();
    let client = server.client();
    let _entered = server.runtime.enter();
    let error = client.run(client.groups().list()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let error = client.iter(client.groups().list().items()).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("asynchronous client"), "{error}");
}

#[test]
fn threads_share_a_client() {
    let server = Server::start();
    let client = server.client();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for n in 0..20 {
                    let id = create(&client, &format!("{thread}-{n}"));
                    assert_eq!(client.run(client.groups().retrieve(&id)).unwrap().id, id);
                }
            });
        }
    });
    assert_eq!(client.iter(client.groups().list().limit(100).items()).count(), 160);
}

#[test]
fn a_panic_in_a_callback_leaves_the_client_usable() {
    let server = Server::start();
    let client = server.client();
    let group = create(&client, "tier-1");
    let sync = client.groups().members().sync();
    let none: [Member; 0] = [];
    let wait =
        sync.submit_and_wait(&group, none).on_progress(|_| std::panic::resume_unwind(Box::new(1)));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client.run(wait)));
    assert!(caught.is_err());
    assert_eq!(client.run(client.groups().retrieve(&group)).unwrap().id, group);
}
