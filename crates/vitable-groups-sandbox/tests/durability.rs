//! What was answered survives `kill -9`: the program is killed under load, started again on the
//! same file, and asked for everything it has acknowledged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails here fails a test"
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

/// A value that was acknowledged, and one that was sent when the connection broke: either may
/// be there.
#[derive(Debug, Default)]
struct Told<T> {
    acknowledged: T,
    sent: Option<T>,
}

/// What one thread knows of the group it keeps.
#[derive(Debug, Default)]
struct Kept {
    group: String,
    name: Told<String>,
    roster: Told<BTreeSet<String>>,
    requests: Vec<String>,
    /// Groups that were only created.
    created: Vec<(String, String)>,
}

/// Works until the program is gone.
fn work(client: &Client, rng: &mut fastrand::Rng, kept: &mut Kept, acknowledged: &AtomicUsize) {
    if kept.group.is_empty() {
        let name = format!("group {}", rng.u64(..));
        let body = json!({"name": name, "external_reference_id": name}).to_string();
        let Some(answer) = client.try_send("POST", "/v1/groups", Some(&body)) else { return };
        kept.group = text(&answer.data()["id"]);
        kept.name.acknowledged = name;
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    let path = format!("/v1/groups/{}", kept.group);
    loop {
        let number = rng.u64(..);
        let answer = match rng.u32(0..3) {
            0 => {
                let body = json!({"name": "n", "external_reference_id": format!("r{number}")});
                client.try_send("POST", "/v1/groups", Some(&body.to_string()))
            }
            1 => {
                kept.name.sent = Some(format!("name {number}"));
                let body = json!({"name": kept.name.sent}).to_string();
                client.try_send("PATCH", &path, Some(&body))
            }
            _ => {
                let roster: BTreeSet<String> =
                    (0..20).filter(|_| rng.bool()).map(|row| format!("EMP-{row}")).collect();
                let rows: Value = roster.iter().map(|reference| member(reference)).collect();
                kept.roster.sent = Some(roster);
                let body = json!({ "members": rows }).to_string();
                client.try_send("POST", &format!("{path}/members/sync"), Some(&body))
            }
        };
        let Some(answer) = answer.filter(|answer| answer.whole) else { return };
        let data = answer.data();
        match answer.status {
            201 => {
                kept.created.push((text(&data["id"]), format!("r{number}")));
            }
            200 => kept.name.acknowledged = kept.name.sent.take().unwrap(),
            202 => {
                kept.requests.push(text(&data["request_id"]));
                kept.roster.acknowledged = kept.roster.sent.take().unwrap();
            }
            status => panic!("{status}: {}", answer.body),
        }
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

/// Everything acknowledged is there, and every waiting sync comes to its end.
fn check(client: &Client, kept: &mut Kept) {
    for (id, reference) in &kept.created {
        let group = client.get(&format!("/v1/groups/{id}")).data();
        assert_eq!(group["external_reference_id"].as_str(), Some(reference.as_str()));
    }
    if kept.group.is_empty() {
        return;
    }
    let path = format!("/v1/groups/{}", kept.group);
    let name = text(&client.get(&path).data()["name"]);
    settle(&mut kept.name, name);
    for request in &kept.requests {
        let sync = format!("{path}/members/sync/{request}");
        while client.get(&sync).data()["completed_at"].is_null() {
            std::thread::yield_now();
        }
    }
    // The one that was only sent may still be waiting.
    client.post("/__sandbox/syncs/complete", &Value::Null);
    let state = client.get("/__sandbox/state").json();
    let active = state["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|member| member["group_id"] == kept.group.as_str() && member["active"] == true)
        .map(|member| text(&member["reference_id"]))
        .collect();
    settle(&mut kept.roster, active);
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The stored value is the acknowledged one or the one that was sent last.
fn settle<T: PartialEq + std::fmt::Debug>(told: &mut Told<T>, stored: T) {
    let sent = told.sent.take();
    assert!(
        stored == told.acknowledged || sent.as_ref() == Some(&stored),
        "{stored:?} is stored, {:?} was acknowledged and {sent:?} was sent",
        told.acknowledged
    );
    told.acknowledged = stored;
}

#[test]
fn nothing_acknowledged_is_lost() {
    let seed = std::env::var("DURABILITY_SEED")
        .map_or_else(|_| fastrand::u64(..), |text| text.parse().expect("a number"));
    println!("DURABILITY_SEED={seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sandbox.db");
    let mut all: Vec<Kept> = (0..THREADS).map(|_| Kept::default()).collect();
    let mut total = 0;
    for round in 0..ROUNDS {
        let mut program = Program::start(&db);
        let enough = rng.usize(20..200);
        let acknowledged = AtomicUsize::new(0);
        let client = program.client.clone();
        std::thread::scope(|scope| {
            for kept in &mut all {
                let (client, acknowledged, mut rng) = (&client, &acknowledged, rng.fork());
                scope.spawn(move || work(client, &mut rng, kept, acknowledged));
            }
            while acknowledged.load(Ordering::SeqCst) < enough {
                std::thread::yield_now();
            }
            program.kill();
        });
        let again = Program::start(&db);
        for kept in &mut all {
            check(&again.client, kept);
        }
        total += acknowledged.into_inner();
        println!("round {round}: {total} answers so far, all there");
    }
    assert!(all.iter().any(|kept| !kept.requests.is_empty() && !kept.created.is_empty()));
}

#[test]
fn a_second_program_on_the_same_file_is_refused() {
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
fn a_term_signal_ends_it_in_order() {
    let mut program = Program::start(&tempfile::tempdir().unwrap().path().join("sandbox.db"));
    let told = Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    assert!(told.success());
    assert!(program.child.wait().unwrap().success());
}
