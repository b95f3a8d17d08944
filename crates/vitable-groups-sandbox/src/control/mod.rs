//! The controls below `/__sandbox`: one table, called over HTTP or from the same process.

mod clock;
mod seed;
mod state;

pub(crate) use seed::{DEFAULT_ORGANIZATION, Seed, plant, read_keys};

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::api::{Answer, Code, Problem, ROUTES};
use crate::fault::Fault;
use crate::record::RecordedRequest;
use crate::settings::Settings;
use crate::store::Sync;
use crate::world::World;

/// Where the controls are.
pub(crate) const ROOT: &str = "/__sandbox";

/// The OpenAPI document of the API.
pub(crate) const OPENAPI: &str = include_str!("../../openapi.json");

type Handler = fn(&World, &Value) -> Result<Value, Refusal>;

const CONTROLS: &[(&str, &str, Handler)] = &[
    ("GET", "", index),
    ("POST", "/reset", reset),
    ("POST", "/seed", seed::control),
    ("GET", "/settings", |world, _| Ok(settings_value(&world.settings()))),
    ("PATCH", "/settings", change_settings),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_faults),
    ("DELETE", "/faults", |world, _| {
        world.faults.clear();
        Ok(json!({}))
    }),
    ("POST", "/faults/release", |world, _| {
        world.faults.release();
        Ok(json!({}))
    }),
    ("GET", "/requests", |world, _| Ok(json!({ "requests": world.recorder.all() }))),
    ("DELETE", "/requests", |world, _| {
        world.recorder.clear();
        Ok(json!({}))
    }),
    ("GET", "/clock", |world, _| Ok(clock::value(world))),
    ("POST", "/clock", clock::turn),
    ("POST", "/syncs/complete", complete_syncs),
    ("GET", "/state", |world, _| state::dump(world)),
];

/// Why a control was refused.
///
/// ```
/// use serde_json::json;
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().spawn()?;
/// let refused = sandbox.control().fault(&json!({"status": 7})).unwrap_err();
/// assert_eq!(refused.status(), 400);
/// assert_eq!(refused.to_string(), "status: must be from 200 to 599");
/// # Ok::<(), vitable_groups_sandbox::StartError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ControlError {
    status: u16,
    message: String,
}

impl ControlError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        self.status
    }
}

#[derive(Debug)]
pub(crate) enum Refusal {
    Invalid(String),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(message) => Self::new(Code::ValidationError, message),
            Refusal::Database(error) => error.into(),
        }
    }
}

fn run(world: &World, method: &str, path: &str, body: &Value) -> Result<Value, Problem> {
    let path = path.trim_end_matches('/');
    let mut known = false;
    for (verb, place, handler) in CONTROLS {
        if *place == path {
            known = true;
            if *verb == method {
                return handler(world, body).map_err(Problem::from);
            }
        }
    }
    Err(if known {
        Problem::new(Code::MethodNotAllowed, format!("{method} is not a method of this control"))
    } else {
        Problem::new(Code::NotFound, "There is no such control; GET /__sandbox lists them")
    })
}

/// Answers a control that came over HTTP.
pub(crate) fn answer(world: &World, method: &Method, path: &str, body: &[u8]) -> Answer {
    let path = path.strip_prefix(ROOT).unwrap_or(path);
    let body = if body.iter().all(u8::is_ascii_whitespace) {
        Ok(Value::Null)
    } else {
        serde_json::from_slice(body).map_err(|error| {
            Problem::new(Code::ValidationError, format!("The body is not valid JSON: {error}"))
        })
    };
    match body.and_then(|body| run(world, method.as_str(), path, &body)) {
        Ok(value) => Answer::json(StatusCode::OK, &value),
        Err(problem) => world.problem(&problem),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the table")]
fn index(_: &World, _: &Value) -> Result<Value, Refusal> {
    let controls: Vec<String> =
        CONTROLS.iter().map(|(verb, place, _)| format!("{verb} {ROOT}{place}")).collect();
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

fn reset(world: &World, _: &Value) -> Result<Value, Refusal> {
    world.faults.clear();
    world.clock.resume();
    world.rates.clear();
    world.set_settings(world.initial().settings.clone())?;
    world.store().clear()?;
    plant(world).map_err(Refusal::Invalid)?;
    world.recorder.clear();
    Ok(json!({}))
}

fn settings_value(settings: &Settings) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

/// Changes the given switches and leaves the others.
fn change_settings(world: &World, body: &Value) -> Result<Value, Refusal> {
    let Value::Object(changes) = body else {
        return Err(Refusal::Invalid("The body must be an object of settings".to_owned()));
    };
    // What was due under the old settings is done under them.
    drop(world.settled(world.clock.now())?);
    let mut all = match settings_value(&world.settings()) {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    all.extend(changes.clone());
    let settings: Settings = serde_json::from_value(Value::Object(all))
        .map_err(|error| Refusal::Invalid(error.to_string()))?;
    world.set_settings(settings)?;
    Ok(settings_value(&world.settings()))
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the table")]
fn list_faults(world: &World, _: &Value) -> Result<Value, Refusal> {
    Ok(json!({ "faults": world.faults.list(), "hanging": world.faults.hanging() }))
}

/// Queues one fault, or several in their order; all of them or none.
fn add_faults(world: &World, body: &Value) -> Result<Value, Refusal> {
    let values = match body {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let faults =
        values.iter().map(Fault::read).collect::<Result<Vec<_>, _>>().map_err(Refusal::Invalid)?;
    let ids: Vec<u64> = faults.into_iter().map(|fault| world.faults.push(fault)).collect();
    Ok(json!({ "ids": ids }))
}

/// Carries out every waiting sync now, whatever its delay.
fn complete_syncs(world: &World, _: &Value) -> Result<Value, Refusal> {
    let now = world.clock.now();
    world.settled(now)?.write(|connection| Sync::hasten(connection, now))?;
    drop(world.settled(now)?);
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
pub struct Control(Arc<World>);

impl Control {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self(world)
    }

    /// Any control by its method and its path below `/__sandbox`; null for no body.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, ControlError> {
        run(&self.0, method, path, body).map_err(|problem| ControlError {
            status: problem.code.status().as_u16(),
            message: problem.message,
        })
    }

    /// Back to how it started: data, settings, clock, faults, recorded requests.
    pub fn reset(&self) -> Result<(), ControlError> {
        self.call("POST", "/reset", &Value::Null).map(drop)
    }

    /// Adds data; answers with what was made.
    pub fn seed(&self, seed: &Value) -> Result<Value, ControlError> {
        self.call("POST", "/seed", seed)
    }

    /// Changes switches; answers with all of them.
    pub fn settings(&self, changes: &Value) -> Result<Value, ControlError> {
        self.call("PATCH", "/settings", changes)
    }

    /// Queues a fault, or a list of them.
    pub fn fault(&self, fault: &Value) -> Result<Value, ControlError> {
        self.call("POST", "/faults", fault)
    }

    /// Lets hanging requests go on.
    pub fn release(&self) {
        self.0.faults.release();
    }

    /// The requests so far, without those to the controls.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.recorder.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.0.recorder.clear();
    }

    /// Turns the clock forward, stopping it first.
    pub fn advance(&self, by: Duration) {
        self.0.clock.stop(None);
        self.0.clock.advance(i64::try_from(by.as_micros()).unwrap_or(i64::MAX));
    }

    /// Everything that is stored.
    pub fn state(&self) -> Result<Value, ControlError> {
        self.call("GET", "/state", &Value::Null)
    }
}
