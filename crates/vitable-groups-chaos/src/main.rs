//! The `vitable-groups-chaos` command: the harness for languages other than Rust.
#![allow(clippy::unwrap_used, reason = "a test tool: its errors must stop the run")]

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use vitable_groups_chaos::{Record, Round, Run, Settings};

/// A sandbox behind a fault-injecting network, and the verification of what a client reports.
///
/// Prints one line of JSON when it is ready; stops when its standard input is closed.
#[derive(Debug, Parser)]
struct Command {
    /// Repeat the run with this seed; random by default
    #[arg(long, env = "CHAOS_SEED")]
    seed: Option<u64>,
    /// Number of calls
    #[arg(long, env = "CHAOS_OPERATIONS", default_value_t = 400)]
    operations: usize,
    /// Also check deadlines and that every fault and outcome occurred; 1 in the environment
    #[arg(long, env = "CHAOS_STRICT", value_parser = clap::builder::BoolishValueParser::new())]
    strict: bool,
}

/// The run, and the current round.
type HarnessState = Arc<Mutex<(Run, Option<Round>)>>;
type Response = (StatusCode, Json<Value>);

#[derive(Deserialize)]
struct Ledger {
    records: Vec<Record>,
}

#[tokio::main]
async fn main() {
    let Command { seed, operations, strict } = Command::parse();
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    let run = Run::new(Settings { seed, operations, strict });
    let rounds = run.rounds();
    let state: HarnessState = Arc::new(Mutex::new((run, None)));
    let router = Router::new()
        .route("/round", post(round))
        .route("/verdict", post(verdict))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&state));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ready = json!({
        "control_url": format!("http://{}", listener.local_addr().unwrap()),
        "seed": seed,
        "operations": operations,
        "rounds": rounds,
    });
    let mut output = std::io::stdout();
    writeln!(output, "{ready}").unwrap();
    output.flush().unwrap();
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.unwrap(),
        () = input_closed() => {}
    }
    // An unfinished round has its own runtime, which must not be dropped on this one.
    let abandoned = move || drop(state.lock().unwrap_or_else(PoisonError::into_inner).1.take());
    tokio::task::spawn_blocking(abandoned).await.unwrap();
}

/// Returns when the parent process has ended or closes our input.
async fn input_closed() {
    let mut input = tokio::io::stdin();
    let mut buffer = [0; 64];
    while input.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// `POST /round`: starts the next round; null after the last. Reads the body so that the connection
/// closes cleanly.
async fn round(State(state): State<HarnessState>, _: Bytes) -> Response {
    blocking(move || {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (run, current) = &mut *state;
        if current.is_some() {
            return bad_request("the current round has no verdict yet: POST /verdict first");
        }
        *current = run.next_round();
        let plan = current.as_ref().map(Round::plan);
        (StatusCode::OK, Json(serde_json::to_value(plan).unwrap()))
    })
    .await
}

/// `POST /verdict`: ends the round.
async fn verdict(State(state): State<HarnessState>, body: Json<Value>) -> Response {
    blocking(move || {
        let ledger: Ledger = match serde_json::from_value(body.0) {
            Ok(ledger) => ledger,
            Err(error) => return bad_request(&format!("invalid ledger: {error}")),
        };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (run, current) = &mut *state;
        match current.take() {
            None => bad_request("there is no round: POST /round first"),
            Some(round) => {
                let verdict = run.verify(round, &ledger.records);
                (StatusCode::OK, Json(serde_json::to_value(verdict).unwrap()))
            }
        }
    })
    .await
}

/// Rounds have their own runtimes, which must not be entered from this one.
async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn bad_request(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": message })))
}
