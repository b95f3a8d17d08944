//! The `vitable-groups-chaos` command: the harness for languages that are not Rust.
#![allow(clippy::unwrap_used, reason = "a tool of the tests: what goes wrong must stop the run")]

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

/// A sandbox behind a network that fails, and the judgement of what a client made of it.
///
/// Prints one line of JSON when it is ready; stops when its standard input is closed.
#[derive(Debug, Parser)]
struct Command {
    /// Repeats a run; drawn if not given.
    #[arg(long, env = "CHAOS_SEED")]
    seed: Option<u64>,
    /// How many calls.
    #[arg(long, env = "CHAOS_OPERATIONS", default_value_t = 400)]
    operations: usize,
    /// Also judges time, and that everything was met; 1 in the environment.
    #[arg(long, env = "CHAOS_STRICT", value_parser = clap::builder::BoolishValueParser::new())]
    strict: bool,
}

/// The run, and the round that is being played.
type Stage = Arc<Mutex<(Run, Option<Round>)>>;
type Answer = (StatusCode, Json<Value>);

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
    let stage: Stage = Arc::new(Mutex::new((run, None)));
    let router = Router::new()
        .route("/round", post(round))
        .route("/verdict", post(verdict))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&stage));
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
    // A round that was given up has a runtime, which must not end on ours.
    let given_up = move || drop(stage.lock().unwrap_or_else(PoisonError::into_inner).1.take());
    tokio::task::spawn_blocking(given_up).await.unwrap();
}

/// Whoever started us is gone, or wants us to go.
async fn input_closed() {
    let mut input = tokio::io::stdin();
    let mut buffer = [0; 64];
    while input.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// `POST /round`: begins the next round; null after the last. The body is read so that the
/// connection can be closed in good order.
async fn round(State(stage): State<Stage>, _: Bytes) -> Answer {
    blocking(move || {
        let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
        let (run, current) = &mut *stage;
        if current.is_some() {
            return refused("the round is not judged yet: POST /verdict first");
        }
        *current = run.next_round();
        let plan = current.as_ref().map(Round::plan);
        (StatusCode::OK, Json(serde_json::to_value(plan).unwrap()))
    })
    .await
}

/// `POST /verdict`: ends the round.
async fn verdict(State(stage): State<Stage>, body: Json<Value>) -> Answer {
    blocking(move || {
        let ledger: Ledger = match serde_json::from_value(body.0) {
            Ok(ledger) => ledger,
            Err(error) => return refused(&format!("the ledger: {error}")),
        };
        let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
        let (run, current) = &mut *stage;
        match current.take() {
            None => refused("there is no round: POST /round first"),
            Some(round) => {
                let verdict = run.judge(round, &ledger.records);
                (StatusCode::OK, Json(serde_json::to_value(verdict).unwrap()))
            }
        }
    })
    .await
}

/// Rounds have runtimes of their own, which must not be entered from ours.
async fn blocking(work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn refused(message: &str) -> Answer {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": message })))
}
