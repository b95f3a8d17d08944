//! The `vitable-groups-scenarios` command: runs the shared scenarios with a language under test.
//!
//! The language polls `POST /sessions/N` with the outcome of its last call, or null, and gets its
//! next call, or null after the last; sessions run concurrently, each with its own sandbox.
//! `POST /sessions/N/hanging` responds once a request hangs in the sandbox. `POST /results` returns
//! the results, and writes them to the file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test tool: its errors must stop the run"
)]

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt as _;
use vitable_groups_chaos::scenarios::{
    Agent, Call, File, Outcome, Scenario, Values, check, files, folder, read, run,
};
use vitable_groups_sandbox::Sandbox;

/// How often the sandbox is polled for a hanging request; only reached by calls that end before.
const HANGING: usize = 5_000;
/// Vectors of what other languages can call as well.
const FUNCTIONS: [&str; 3] = ["base_url", "path", "roster_rules"];

/// The shared scenarios for a language under test.
///
/// Prints one line of JSON when it is ready; stops when its standard input is closed.
#[derive(Debug, Parser)]
struct Command {
    /// The language under test
    #[arg(long)]
    language: String,
    /// Only the scenarios of one file
    #[arg(long, default_value = "")]
    group: String,
    /// The folder for the results of all scenarios
    #[arg(long)]
    results: PathBuf,
    /// How many sandboxes run concurrently
    #[arg(long, default_value_t = 4)]
    sessions: usize,
}

/// What is run: a scenario, or a vector of a function.
enum Subject {
    Scenario(Box<Scenario>),
    Vector { function: String, input: Value, output: Value },
}

struct Case {
    group: String,
    name: String,
    subject: Subject,
}

/// The group and the name of a case, and how it ended.
type Finished = (String, String, Result<(), String>);

/// The other end of a session.
struct Session {
    sandbox: Arc<Sandbox>,
    pipe: Mutex<(Sender<Value>, Receiver<Value>)>,
}

struct Harness {
    command: Command,
    sessions: Vec<Session>,
    results: Mutex<Vec<Finished>>,
}

/// Sends calls to the language under test.
struct Remote(Sender<Value>, Receiver<Value>);

impl Agent for Remote {
    fn call(&mut self, call: &Call) -> Result<Outcome, String> {
        self.0.send(serde_json::to_value(call).unwrap()).map_err(|error| error.to_string())?;
        let outcome = self.1.recv().map_err(|error| error.to_string())?;
        serde_json::from_value(outcome).map_err(|error| format!("invalid outcome: {error}"))
    }
}

fn main() {
    let command = Command::parse();
    let values = Values::new(read(&folder().join("values.json")).unwrap());
    let cases: VecDeque<Case> = cases(&command.group).into();
    assert!(!cases.is_empty(), "there are no scenarios {}", command.group);
    let queue = Arc::new(Mutex::new(cases));
    let mut ends = Vec::new();
    let sessions = (0..command.sessions).map(|_| {
        let sandbox = Arc::new(Sandbox::builder().spawn().unwrap());
        let ((calls, next), (outcomes, last)) = (channel(), channel());
        ends.push((Arc::clone(&sandbox), Remote(calls, last)));
        Session { sandbox, pipe: Mutex::new((outcomes, next)) }
    });
    let sessions = sessions.collect();
    let harness = Arc::new(Harness { command, sessions, results: Mutex::default() });
    for (sandbox, mut remote) in ends {
        let (harness, queue, values) = (Arc::clone(&harness), Arc::clone(&queue), values.clone());
        std::thread::spawn(move || {
            loop {
                let Some(case) = queue.lock().unwrap().pop_front() else { break };
                let result = match &case.subject {
                    Subject::Scenario(scenario) => run(&sandbox, &values, scenario, &mut remote),
                    Subject::Vector { function, input, output } => {
                        vector(&sandbox, &values, &mut remote, function, input, output)
                    }
                };
                harness.results.lock().unwrap().push((case.group, case.name, result));
            }
        });
    }
    // Sandboxes have their own runtimes, which must not be entered from this one.
    tokio::runtime::Runtime::new().unwrap().block_on(serve(harness));
    // Sessions of a language that has crashed wait for its outcomes for ever.
    std::process::exit(0);
}

/// Serves until the input is closed.
async fn serve(harness: Arc<Harness>) {
    let router = Router::new()
        .route("/sessions/{number}", post(next))
        .route("/sessions/{number}/hanging", post(hanging))
        .route("/results", post(results))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&harness));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut output = std::io::stdout();
    writeln!(output, "{}", json!({ "control_url": url, "sessions": harness.sessions.len() }))
        .unwrap();
    output.flush().unwrap();
    let mut input = tokio::io::stdin();
    let closed = async {
        let mut buffer = [0; 64];
        while input.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    };
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.unwrap(),
        () = closed => {}
    }
}

fn cases(group: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for path in files(&folder()).unwrap() {
        let file: File = read(&path).unwrap();
        for scenario in file.scenarios {
            let (group, name) = (file.group.clone(), scenario.name.clone());
            cases.push(Case { group, name, subject: Subject::Scenario(Box::new(scenario)) });
        }
    }
    for path in files(&folder().join("vectors")).unwrap() {
        let file: Value = read(&path).unwrap();
        let function = file["function"].as_str().unwrap().to_owned();
        if !FUNCTIONS.contains(&function.as_str()) {
            continue;
        }
        for vector in file["vectors"].as_array().unwrap() {
            let group = format!("vectors/{}", file["group"].as_str().unwrap());
            let name = vector["name"].as_str().unwrap().to_owned();
            let (input, output) = (vector["input"].clone(), vector["output"].clone());
            let function = function.clone();
            cases.push(Case { group, name, subject: Subject::Vector { function, input, output } });
        }
    }
    cases.retain(|case| group.is_empty() || case.group == group);
    cases
}

/// Runs a vector with the calls that show its function.
fn vector(
    sandbox: &Sandbox,
    values: &Values,
    agent: &mut dyn Agent,
    function: &str,
    input: &Value,
    output: &Value,
) -> Result<(), String> {
    let mut values = values.clone();
    let input = values.fill(input)?;
    let mut call = |fresh, call: &str, params| {
        let (call, options) = (call.to_owned(), json!({}));
        agent.call(&Call { fresh, call, params, options, cancel: false, save: None })
    };
    let kind = |error: &Value| json!({ "error": error["kind"] });
    let actual = match function {
        "base_url" => {
            let mut options = input.as_object().cloned().unwrap_or_default();
            let variable = options.remove("variable");
            let variables = variable.map(|url| json!({ "VITABLE_CONNECT_BASE_URL": url }));
            options.insert("variables".to_owned(), variables.unwrap_or_else(|| json!({})));
            options.insert("api_key".to_owned(), "vit_apk_vector".into());
            let outcome = call(true, "client.new", options.into())?;
            let url = outcome.result.map(|result| json!({ "url": result["base_url"] }));
            outcome.error.as_ref().map(kind).or(url)
        }
        "path" => {
            sandbox.control().reset().map_err(|error| error.to_string())?;
            call(
                true,
                "client.new",
                json!({
                    "api_key": "vit_apk_vector", "base_url": sandbox.base_url(), "max_retries": 0, "variables": {},
                }),
            )?;
            let mut params = Map::from_iter([
                ("name".to_owned(), "x".into()),
                ("members".to_owned(), json!([])),
            ]);
            let ids = input["params"].as_array().ok_or("no params")?;
            for (name, id) in ["group_id", "request_id"].iter().zip(ids) {
                params.insert((*name).to_owned(), id.clone());
            }
            let operation = input["operation"].as_str().ok_or("no operation")?;
            let outcome = call(false, operation, params.into())?;
            let recorded = sandbox.control().requests();
            let path = recorded.first().map(|request| json!({ "path": request.path }));
            path.or_else(|| outcome.error.as_ref().map(kind))
        }
        _ => {
            // Read from JSON, since vectors contain rows of any type.
            let params =
                json!({ "text": input["members"].to_string(), "options": input["options"] });
            let outcome = call(true, "roster.check", params)?;
            let report = outcome.result.ok_or_else(|| format!("got {:?}", outcome.error))?;
            let findings = report["findings"].as_array().cloned().unwrap_or_default();
            let rules = findings.iter().filter_map(|finding| {
                Some((finding["rule"].as_str()?.to_owned(), finding["severity"].clone()))
            });
            Some(Value::Object(rules.collect()))
        }
    };
    check(output, actual.as_ref(), "output", &mut values)
}

/// `POST /sessions/N`: takes an outcome and returns the next call.
async fn next(
    State(harness): State<Arc<Harness>>,
    Path(number): Path<usize>,
    Json(outcome): Json<Value>,
) -> Json<Value> {
    let exchange = move || {
        let pipe = harness.sessions.get(number).unwrap().pipe.lock().unwrap();
        if !outcome.is_null() {
            pipe.0.send(outcome).unwrap();
        }
        // The session has ended if it sends no more calls.
        pipe.1.recv().unwrap_or_default()
    };
    Json(tokio::task::spawn_blocking(exchange).await.unwrap())
}

/// `POST /sessions/N/hanging`: responds once a request hangs.
async fn hanging(State(harness): State<Arc<Harness>>, Path(number): Path<usize>) -> Json<Value> {
    let control = harness.sessions.get(number).unwrap().sandbox.control().clone();
    let waiting = move || {
        let idle =
            || control.call("GET", "/faults", &Value::Null).is_ok_and(|it| it["hanging"] == 0);
        for _ in 0..HANGING {
            if !idle() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    Json(tokio::task::spawn_blocking(waiting).await.is_ok().into())
}

/// `POST /results`: the results by group, in the format of `scripts/conformance_table.py`.
async fn results(State(harness): State<Arc<Harness>>) -> Json<Value> {
    let results = harness.results.lock().unwrap();
    let mut names: Vec<&String> = results.iter().map(|(group, ..)| group).collect();
    names.sort();
    names.dedup();
    let groups = names.into_iter().map(|name| {
        let of_group = || results.iter().filter(|(group, ..)| group == name);
        let passed: Vec<_> = of_group().filter(|it| it.2.is_ok()).map(|it| &it.1).collect();
        let failed: Vec<_> = of_group()
            .filter_map(|(_, name, result)| Some(json!({ "name": name, "reason": result.as_ref().err()? })))
            .collect();
        json!({ "language": harness.command.language, "group": name, "passed": passed, "failed": failed })
    });
    let all = Value::Array(groups.collect());
    if harness.command.group.is_empty() {
        let Command { language, results, .. } = &harness.command;
        std::fs::create_dir_all(results).unwrap();
        std::fs::write(results.join(format!("{language}.json")), all.to_string()).unwrap();
    }
    Json(all)
}
