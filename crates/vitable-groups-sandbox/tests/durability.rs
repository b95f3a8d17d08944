//! Acknowledged changes survive `kill -9`: the program is killed under load and restarted on the
//! same file, which must hold everything it has acknowledged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic here fails a test"
)]

#[path = "common/mod.rs"]
#[allow(dead_code, reason = "shared with other tests, which use the rest")]
mod common;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Client, member};
use serde_json::{Value, json};

const ROUNDS: usize = 5;
const THREADS: u64 = 4;

/// The program, killed when dropped.
struct Program {
    child: Child,
    client: Client,
}

impl Program {
    fn start(db: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vitable-groups-sandbox"))
            .args(["--port", "0", "--sync-delay", "30ms", "--db"])
            .arg(db)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("vitable-groups-sandbox listening on http://");
        let client = Client::new(address.expect("a ready line").parse().unwrap());
        Self { child, client }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An acknowledged value, and one that was sent when the connection broke: either may be stored.
#[derive(Debug, Default)]
struct Observed<T> {
    acknowledged: T,
    sent: Option<T>,
}

/// What one thread expects of its group.
#[derive(Debug, Default)]
struct Expected {
    group: String,
    name: Observed<String>,
    roster: Observed<BTreeSet<String>>,
    requests: Vec<String>,
    /// Groups that were only created.
    created: Vec<(String, String)>,
}

/// Sends requests until the program is killed.
fn work(
    client: &Client,
    rng: &mut fastrand::Rng,
    expected: &mut Expected,
    acknowledged: &AtomicUsize,
) {
    if expected.group.is_empty() {
        let name = format!("group {}", rng.u64(..));
        let body = json!({"name": name, "external_reference_id": name}).to_string();
        let Some(response) = client.try_send("POST", "/v1/groups", Some(&body)) else { return };
        expected.group = text(&response.data()["id"]);
        expected.name.acknowledged = name;
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    let path = format!("/v1/groups/{}", expected.group);
    loop {
        let number = rng.u64(..);
        let response = match rng.u32(0..3) {
            0 => {
                let body = json!({"name": "n", "external_reference_id": format!("r{number}")});
                client.try_send("POST", "/v1/groups", Some(&body.to_string()))
            }
            1 => {
                expected.name.sent = Some(format!("name {number}"));
                let body = json!({"name": expected.name.sent}).to_string();
                client.try_send("PATCH", &path, Some(&body))
            }
            _ => {
                let roster: BTreeSet<String> =
                    (0..20).filter(|_| rng.bool()).map(|row| format!("EMP-{row}")).collect();
                let rows: Value = roster.iter().map(|reference| member(reference)).collect();
                expected.roster.sent = Some(roster);
                let body = json!({ "members": rows }).to_string();
                client.try_send("POST", &format!("{path}/members/sync"), Some(&body))
            }
        };
        let Some(response) = response.filter(|response| response.complete) else { return };
        let data = response.data();
        match response.status {
            201 => {
                expected.created.push((text(&data["id"]), format!("r{number}")));
            }
            200 => expected.name.acknowledged = expected.name.sent.take().unwrap(),
            202 => {
                expected.requests.push(text(&data["request_id"]));
                expected.roster.acknowledged = expected.roster.sent.take().unwrap();
            }
            status => panic!("{status}: {}", response.body),
        }
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

/// Checks that everything acknowledged is stored and that every pending sync completes.
fn check(client: &Client, expected: &mut Expected) {
    for (id, reference) in &expected.created {
        let group = client.get(&format!("/v1/groups/{id}")).data();
        assert_eq!(group["external_reference_id"].as_str(), Some(reference.as_str()));
    }
    if expected.group.is_empty() {
        return;
    }
    let path = format!("/v1/groups/{}", expected.group);
    let name = text(&client.get(&path).data()["name"]);
    check_stored(&mut expected.name, name);
    for request in &expected.requests {
        let sync = format!("{path}/members/sync/{request}");
        while client.get(&sync).data()["completed_at"].is_null() {
            std::thread::yield_now();
        }
    }
    // The sync that was not acknowledged may still be pending.
    client.post("/__sandbox/syncs/complete", &Value::Null);
    let state = client.get("/__sandbox/state").json();
    let active = state["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|member| member["group_id"] == expected.group.as_str() && member["active"] == true)
        .map(|member| text(&member["reference_id"]))
        .collect();
    check_stored(&mut expected.roster, active);
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Checks that the stored value is the acknowledged one or the last one sent.
fn check_stored<T: PartialEq + std::fmt::Debug>(observed: &mut Observed<T>, stored: T) {
    let sent = observed.sent.take();
    assert!(
        stored == observed.acknowledged || sent.as_ref() == Some(&stored),
        "{stored:?} is stored, {:?} was acknowledged and {sent:?} was sent",
        observed.acknowledged
    );
    observed.acknowledged = stored;
}

#[test]
fn nothing_acknowledged_is_lost() {
    let seed = std::env::var("DURABILITY_SEED")
        .map_or_else(|_| fastrand::u64(..), |text| text.parse().expect("a number"));
    println!("DURABILITY_SEED={seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sandbox.db");
    let mut all: Vec<Expected> = (0..THREADS).map(|_| Expected::default()).collect();
    let mut total = 0;
    for round in 0..ROUNDS {
        let mut program = Program::start(&db);
        let enough = rng.usize(20..200);
        let acknowledged = AtomicUsize::new(0);
        let client = program.client.clone();
        std::thread::scope(|scope| {
            for expected in &mut all {
                let (client, acknowledged, mut rng) = (&client, &acknowledged, rng.fork());
                scope.spawn(move || work(client, &mut rng, expected, acknowledged));
            }
            while acknowledged.load(Ordering::SeqCst) < enough {
                std::thread::yield_now();
            }
            program.kill();
        });
        let again = Program::start(&db);
        for expected in &mut all {
            check(&again.client, expected);
        }
        total += acknowledged.into_inner();
        println!("round {round}: {total} acknowledged changes so far, all stored");
    }
    assert!(
        all.iter().any(|expected| !expected.requests.is_empty() && !expected.created.is_empty())
    );
}

#[test]
fn a_second_program_on_the_same_file_fails_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sandbox.db");
    let first = Program::start(&db);
    let second = Command::new(env!("CARGO_BIN_EXE_vitable-groups-sandbox"))
        .args(["--port", "0", "--db"])
        .arg(&db)
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(second.stdout.is_empty());
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("cannot use the database"), "{message}");
    assert_eq!(first.client.get("/v1/groups").status, 200);
}

#[cfg(unix)]
#[test]
fn sigterm_stops_it_cleanly() {
    let mut program = Program::start(&tempfile::tempdir().unwrap().path().join("sandbox.db"));
    let signaled = Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    assert!(signaled.success());
    assert!(program.child.wait().unwrap().success());
}
