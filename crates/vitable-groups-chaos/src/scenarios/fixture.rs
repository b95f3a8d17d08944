//! Runs a scenario: given, steps, then.

use std::net::TcpListener;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vitable_groups_sandbox::{Control, RecordedRequest, Sandbox};

use super::format::{Expect, Given, Scenario, Step};
use super::matcher::check;
use super::values::Values;

/// How often the expected state is looked up again; only reached by scenarios that fail.
const STATE_RETRIES: usize = 1_000;

/// A call that the language under test makes. Its values are filled in.
#[derive(Serialize)]
pub struct Call {
    /// Whether this is the first call of a scenario: clients and pages of an earlier one are dropped.
    pub fresh: bool,
    /// The name of the call.
    pub call: String,
    /// Its parameters.
    pub params: Value,
    /// Options of the call.
    pub options: Value,
    /// Whether the caller cancels the call once it hangs in the sandbox.
    pub cancel: bool,
    /// The name under which to save the returned page.
    pub save: Option<String>,
}

/// What a call reported.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcome {
    /// The result; not set if the call failed.
    pub result: Option<Value>,
    /// The error.
    pub error: Option<Value>,
    /// Metadata of the response.
    pub meta: Option<Value>,
    /// Items or pages returned before a failure.
    pub before: Vec<Value>,
    /// The progress of a wait.
    pub progress: Vec<Value>,
}

/// The language under test.
pub trait Agent {
    /// Makes a call; the error is one of the scenario or of the runner, not of the call.
    fn call(&mut self, call: &Call) -> Result<Outcome, String>;
}

struct Fixture<'a> {
    control: &'a Control,
    values: Values,
    given: &'a Given,
    agent: &'a mut dyn Agent,
    fresh: bool,
    has_client: bool,
    /// Ports that never respond, reserved until the end.
    _ports: (TcpListener, tokio::net::TcpSocket),
}

/// Runs a scenario with a clean sandbox; the error describes the step that differs.
pub fn run(
    sandbox: &Sandbox,
    values: &Values,
    scenario: &Scenario,
    agent: &mut dyn Agent,
) -> Result<(), String> {
    sandbox.control().reset().map_err(|error| error.to_string())?;
    let mut fixture = Fixture::new(sandbox, values.clone(), &scenario.given, agent)?;
    fixture.set_up()?;
    for (index, step) in scenario.steps.iter().enumerate() {
        let at = |error| format!("step {} ({}): {error}", index + 1, step.call);
        let outcome = fixture.step(step).map_err(at)?;
        verify(&step.expect, &outcome, &mut fixture.values).map_err(at)?;
    }
    fixture.then(scenario)
}

impl<'a> Fixture<'a> {
    fn new(
        sandbox: &'a Sandbox,
        mut values: Values,
        given: &'a Given,
        agent: &'a mut dyn Agent,
    ) -> Result<Self, String> {
        let io = |error: std::io::Error| error.to_string();
        // The system accepts connections, but nothing reads from them.
        let silent = TcpListener::bind("127.0.0.1:0").map_err(io)?;
        // Bound but not listening: connections are refused, and the port stays reserved.
        let refused = tokio::net::TcpSocket::new_v4().map_err(io)?;
        refused.bind(([127, 0, 0, 1], 0).into()).map_err(io)?;
        values.set("base_url", sandbox.base_url());
        values.set("sandbox_port", sandbox.address().port());
        values.set("silent_port", silent.local_addr().map_err(io)?.port());
        values.set("refused_port", refused.local_addr().map_err(io)?.port());
        Ok(Self {
            control: sandbox.control(),
            values,
            given,
            agent,
            fresh: true,
            has_client: false,
            _ports: (silent, refused),
        })
    }

    fn set_up(&mut self) -> Result<(), String> {
        for (control, body) in [
            ("PATCH /settings", self.given.settings.clone()),
            ("POST /seed", self.given.seed.clone()),
            ("POST /faults", Some(self.given.faults.clone().into())),
        ] {
            let Some(body) = body else { continue };
            self.control(control, &body).map_err(|error| format!("given: {control}: {error}"))?;
        }
        Ok(())
    }

    fn control(&mut self, control: &str, body: &Value) -> Result<Value, String> {
        let (method, path) = control.split_once(' ').ok_or("write METHOD /path")?;
        let body = self.values.fill(body)?;
        let response = self.control.call(method, path, &body).map_err(|error| error.to_string())?;
        if path == "/seed" {
            // Most scenarios use the first group.
            if let Some(id) = response["groups"][0]["id"].as_str() {
                self.values.set("group_id", id);
            }
        }
        Ok(response)
    }

    /// The options of a new client, with its environment.
    fn client(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        let mut options = self.given.client.clone();
        options.extend(changes.clone());
        let bare = options.remove("bare") == Some(Value::Bool(true));
        if !bare {
            options.entry("api_key").or_insert("${api_key}".into());
            options.entry("base_url").or_insert("${base_url}".into());
        }
        options.insert("variables".to_owned(), json!(self.given.environment));
        self.values.fill_object(&options)
    }

    fn make(&mut self, call: &str, params: Value, step: Option<&Step>) -> Result<Outcome, String> {
        let empty = Map::new();
        let options = step.map_or(&empty, |step| &step.options);
        self.agent.call(&Call {
            fresh: std::mem::take(&mut self.fresh),
            call: call.to_owned(),
            params,
            options: self.values.fill_object(options)?,
            cancel: step.is_some_and(|step| step.cancel),
            save: step.and_then(|step| step.save.clone()),
        })
    }

    fn step(&mut self, step: &Step) -> Result<Outcome, String> {
        if step.call == "sandbox" {
            let control = step.params.get("control").and_then(Value::as_str);
            let body = step.params.get("body").cloned().unwrap_or_default();
            let result = Some(self.control(control.ok_or("`control` is missing")?, &body)?);
            return Ok(Outcome { result, ..Outcome::default() });
        }
        if step.call == "client.new" {
            let outcome = self.make(&step.call, self.client(&step.params)?, Some(step))?;
            self.has_client |= outcome.error.is_none();
            return Ok(outcome);
        }
        if !self.has_client && !step.call.starts_with("roster.") && step.call != "page.next" {
            let built = self.make("client.new", self.client(&Map::new())?, None)?;
            if let Some(error) = built.error {
                return Err(format!("given: {error}"));
            }
            self.has_client = true;
        }
        let params = self.values.fill_object(&step.params)?;
        self.make(&step.call, params, Some(step))
    }

    /// Compares the requests and the server's state, retrying because the server may lag behind.
    fn then(&self, scenario: &Scenario) -> Result<(), String> {
        for _ in 0..STATE_RETRIES {
            if self.compare(scenario).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.compare(scenario).map_err(|difference| format!("then: {difference}"))
    }

    fn compare(&self, scenario: &Scenario) -> Result<(), String> {
        let mut values = self.values.clone();
        if let Some(expected) = &scenario.then.requests {
            let requests: Vec<Value> = self.control.requests().iter().map(request).collect();
            check(expected, Some(&requests.into()), "requests", &mut values)?;
        }
        if let Some(expected) = &scenario.then.state {
            let state = self.control.state().map_err(|error| error.to_string())?;
            check(expected, Some(&state), "state", &mut values)?;
        }
        Ok(())
    }
}

/// A recorded request, in the form that scenarios compare.
fn request(recorded: &RecordedRequest) -> Value {
    let mut headers = Map::new();
    for (name, value) in &recorded.headers {
        let all = match headers.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        headers.insert(name.clone(), all.into());
    }
    let query: Map<String, Value> =
        url::form_urlencoded::parse(recorded.query.as_deref().unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
    let body = match recorded.body.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    };
    json!({
        "operation": recorded.operation,
        "method": recorded.method,
        "path": recorded.path,
        "query": query,
        "headers": headers,
        "body": body,
        "status": recorded.status,
        "aborted": recorded.aborted,
    })
}

fn verify(expect: &Expect, outcome: &Outcome, values: &mut Values) -> Result<(), String> {
    match (&expect.error, &outcome.error) {
        (Some(expected), Some(error)) => check(expected, Some(error), "error", values)?,
        (Some(_), None) => return Err(format!("expected an error, got {:?}", outcome.result)),
        (None, Some(error)) => return Err(format!("expected no error, got {error}")),
        (None, None) => {}
    }
    let null = Value::Null;
    if let (Some(expected), None) = (&expect.result, &outcome.error) {
        check(expected, Some(outcome.result.as_ref().unwrap_or(&null)), "result", values)?;
    }
    if let Some(expected) = &expect.meta {
        check(expected, outcome.meta.as_ref(), "meta", values)?;
    }
    if let Some(expected) = &expect.before {
        check(expected, Some(&outcome.before.clone().into()), "before", values)?;
    }
    if let Some(expected) = &expect.progress {
        check(expected, Some(&outcome.progress.clone().into()), "progress", values)?;
    }
    Ok(())
}
