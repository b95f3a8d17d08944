//! The controls below `/__sandbox`, called over HTTP or from the same process.

mod clock;
mod seed;
mod state;

pub(crate) use seed::load_initial;

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::api::{ApiResponse, Code, Problem, ROUTES};
use crate::fault::Fault;
use crate::record::RecordedRequest;
use crate::server_state::ServerState;
use crate::settings::Settings;
use crate::store::Sync;

/// The path prefix of the controls.
pub(crate) const ROOT: &str = "/__sandbox";

/// The OpenAPI document of the API.
pub(crate) const OPENAPI: &str = include_str!("../../openapi.json");

type Handler = fn(&ServerState, &Value) -> Result<Value, Rejection>;

const CONTROLS: &[(&str, &str, Handler)] = &[
    ("GET", "", index),
    ("POST", "/reset", reset),
    ("POST", "/seed", seed::control),
    ("GET", "/settings", |state, _| Ok(settings_value(&state.settings()))),
    ("PATCH", "/settings", change_settings),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_faults),
    ("DELETE", "/faults", |state, _| {
        state.faults.clear();
        Ok(json!({}))
    }),
    ("POST", "/faults/release", |state, _| {
        state.faults.release();
        Ok(json!({}))
    }),
    ("GET", "/requests", |state, _| Ok(json!({ "requests": state.recorder.all() }))),
    ("DELETE", "/requests", |state, _| {
        state.recorder.clear();
        Ok(json!({}))
    }),
    ("GET", "/clock", |state, _| Ok(clock::value(state))),
    ("POST", "/clock", clock::change),
    ("POST", "/syncs/complete", complete_syncs),
    ("GET", "/state", |state, _| state::dump(state)),
];

/// Why a control was rejected.
///
/// ```
/// use serde_json::json;
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().spawn()?;
/// let error = sandbox.control().fault(&json!({"status": 7})).unwrap_err();
/// assert_eq!(error.status(), 400);
/// assert_eq!(error.to_string(), "status: must be from 200 to 599");
/// # Ok::<(), vitable_groups_sandbox::StartError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ControlError {
    status: u16,
    message: String,
}

impl ControlError {
    /// The corresponding HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }
}

#[derive(Debug)]
pub(crate) enum Rejection {
    Invalid(String),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Rejection {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Invalid(message) => Self::new(Code::ValidationError, message),
            Rejection::Database(error) => error.into(),
        }
    }
}

fn run(state: &ServerState, method: &str, path: &str, body: &Value) -> Result<Value, Problem> {
    let path = path.trim_end_matches('/');
    let mut known = false;
    for (allowed, control, handler) in CONTROLS {
        if *control == path {
            known = true;
            if *allowed == method {
                return handler(state, body).map_err(Problem::from);
            }
        }
    }
    Err(if known {
        Problem::new(Code::MethodNotAllowed, format!("{method} is not a method of this control"))
    } else {
        Problem::new(Code::NotFound, "There is no such control; GET /__sandbox lists them")
    })
}

/// Handles a control called over HTTP.
pub(crate) fn handle(state: &ServerState, method: &Method, path: &str, body: &[u8]) -> ApiResponse {
    let path = path.strip_prefix(ROOT).unwrap_or(path);
    let body = if body.iter().all(u8::is_ascii_whitespace) {
        Ok(Value::Null)
    } else {
        serde_json::from_slice(body).map_err(|error| {
            Problem::new(Code::ValidationError, format!("The body is not valid JSON: {error}"))
        })
    };
    match body.and_then(|body| run(state, method.as_str(), path, &body)) {
        Ok(value) => ApiResponse::json(StatusCode::OK, &value),
        Err(problem) => state.problem(&problem),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the table")]
fn index(_: &ServerState, _: &Value) -> Result<Value, Rejection> {
    let controls: Vec<String> =
        CONTROLS.iter().map(|(method, path, _)| format!("{method} {ROOT}{path}")).collect();
    let operations: Vec<Value> = ROUTES
        .iter()
        .map(|route| {
            json!({
                "name": route.operation,
                "method": route.method.as_str(),
                "path": route.path,
            })
        })
        .collect();
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "controls": controls,
        "operations": operations,
    }))
}

fn reset(state: &ServerState, _: &Value) -> Result<Value, Rejection> {
    state.faults.clear();
    state.clock.resume();
    state.rates.clear();
    state.set_settings(state.initial().settings.clone())?;
    state.store().clear()?;
    load_initial(state).map_err(Rejection::Invalid)?;
    state.recorder.clear();
    Ok(json!({}))
}

fn settings_value(settings: &Settings) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

/// Changes the given settings and keeps the others.
fn change_settings(state: &ServerState, body: &Value) -> Result<Value, Rejection> {
    let Value::Object(changes) = body else {
        return Err(Rejection::Invalid("The body must be an object of settings".to_owned()));
    };
    // Syncs that were due under the old settings are processed under them.
    drop(state.after_due_syncs(state.clock.now())?);
    let mut all = match settings_value(&state.settings()) {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    all.extend(changes.clone());
    let settings: Settings = serde_json::from_value(Value::Object(all))
        .map_err(|error| Rejection::Invalid(error.to_string()))?;
    state.set_settings(settings)?;
    Ok(settings_value(&state.settings()))
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the table")]
fn list_faults(state: &ServerState, _: &Value) -> Result<Value, Rejection> {
    Ok(json!({ "faults": state.faults.list(), "hanging": state.faults.hanging() }))
}

/// Queues one fault, or a list in order; all of them or none.
fn add_faults(state: &ServerState, body: &Value) -> Result<Value, Rejection> {
    let values = match body {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let operations: Vec<_> = ROUTES.iter().map(|route| route.operation).collect();
    let faults = values
        .iter()
        .map(|value| Fault::read(value, &operations))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Rejection::Invalid)?;
    let ids: Vec<u64> = faults.into_iter().map(|fault| state.faults.push(fault)).collect();
    Ok(json!({ "ids": ids }))
}

/// Processes every pending sync now, regardless of its delay.
fn complete_syncs(state: &ServerState, _: &Value) -> Result<Value, Rejection> {
    let now = state.clock.now();
    state.after_due_syncs(now)?.write(|connection| Sync::make_due(connection, now))?;
    drop(state.after_due_syncs(now)?);
    Ok(json!({}))
}

/// The controls of a sandbox in this process.
///
/// ```
/// use serde_json::json;
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().spawn()?;
/// let control = sandbox.control();
/// control.fault(&json!({"operation": "groups.list", "status": 503}))?;
/// control.settings(&json!({"sync_delay_ms": "never"}))?;
/// assert_eq!(control.call("GET", "/faults", &json!(null))?["faults"][0]["status"], 503);
/// assert!(control.requests().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Control(Arc<ServerState>);

impl Control {
    pub(crate) fn new(state: Arc<ServerState>) -> Self {
        Self(state)
    }

    /// Calls any control by its method and its path below `/__sandbox`; null means no body.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, ControlError> {
        run(&self.0, method, path, body).map_err(|problem| ControlError {
            status: problem.code.status().as_u16(),
            message: problem.message,
        })
    }

    /// Resets data, settings, clock, faults and recorded requests to the initial state.
    pub fn reset(&self) -> Result<(), ControlError> {
        self.call("POST", "/reset", &Value::Null).map(drop)
    }

    /// Adds data; returns what was created.
    pub fn seed(&self, seed: &Value) -> Result<Value, ControlError> {
        self.call("POST", "/seed", seed)
    }

    /// Changes settings; returns all of them.
    pub fn settings(&self, changes: &Value) -> Result<Value, ControlError> {
        self.call("PATCH", "/settings", changes)
    }

    /// Queues a fault, or a list of them.
    pub fn fault(&self, fault: &Value) -> Result<Value, ControlError> {
        self.call("POST", "/faults", fault)
    }

    /// Lets hanging requests continue.
    pub fn release(&self) {
        self.0.faults.release();
    }

    /// The recorded requests, without those to the controls.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.recorder.all()
    }

    /// Clears the recorded requests.
    pub fn clear_requests(&self) {
        self.0.recorder.clear();
    }

    /// Stops the clock and advances it.
    pub fn advance(&self, by: Duration) {
        self.0.clock.stop(None);
        self.0.clock.advance(i64::try_from(by.as_micros()).unwrap_or(i64::MAX));
    }

    /// Everything that the sandbox has stored.
    pub fn state(&self) -> Result<Value, ControlError> {
        self.call("GET", "/state", &Value::Null)
    }
}
