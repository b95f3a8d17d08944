//! Runs a scenario: given, steps, then.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Map, Value, json};
use vitable_groups::{Client, Clock as _, Error, HttpConfig, SystemClock, TlsRoots};
use vitable_groups_sandbox::{Control, Sandbox};

use crate::call::{self, Outcome, SavedPage};
use crate::format::{Expect, Given, Scenario, Step};
use crate::matcher::check;
use crate::options::{CallOptions, ClientOptions};
use crate::values::Values;
use crate::{normal, roster};

/// How long to wait for the expected state; only reached by scenarios that fail.
const STATE_TIMEOUT: Duration = Duration::from_secs(5);

/// The fixture of a scenario.
struct Fixture<'a> {
    control: &'a Control,
    values: Values,
    given: &'a Given,
    client: Option<Client>,
    pages: BTreeMap<String, SavedPage>,
    /// Ports that never respond, reserved until the end.
    _ports: (TcpListener, tokio::net::TcpSocket),
}

/// Runs a scenario with a clean sandbox; the error describes the step that differs.
pub(crate) async fn run(
    sandbox: &Sandbox,
    values: &Values,
    scenario: &Scenario,
) -> Result<(), String> {
    let control = sandbox.control();
    control.reset().map_err(|error| error.to_string())?;
    let mut fixture = Fixture::new(sandbox, values.clone(), &scenario.given)?;
    fixture.set_up()?;
    for (index, step) in scenario.steps.iter().enumerate() {
        let at = |error| format!("step {} ({}): {error}", index + 1, step.call);
        let outcome = fixture.step(step).await.map_err(at)?;
        verify(&step.expect, &outcome, &mut fixture.values).map_err(at)?;
        if let (Some(name), Some(page)) = (&step.save, outcome.page) {
            fixture.pages.insert(name.clone(), page);
        }
    }
    fixture.then(scenario).await
}

impl<'a> Fixture<'a> {
    fn new(sandbox: &'a Sandbox, mut values: Values, given: &'a Given) -> Result<Self, String> {
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
        let control = sandbox.control();
        let ports = (silent, refused);
        Ok(Self { control, values, given, client: None, pages: BTreeMap::new(), _ports: ports })
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

    fn build(&self, changes: &Map<String, Value>) -> Result<Result<Client, Error>, String> {
        let mut options = self.given.client.clone();
        options.extend(changes.clone());
        let bare = options.remove("bare") == Some(Value::Bool(true));
        if !bare {
            options.entry("api_key").or_insert("${api_key}".into());
            options.entry("base_url").or_insert("${base_url}".into());
        }
        let options: ClientOptions = call::parse(self.values.fill_object(&options)?)?;
        let mut variables = Vec::new();
        for (name, value) in &self.given.environment {
            let value = self.values.fill(&Value::String(value.clone()))?;
            variables.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
        }
        // Loading the system's certificates would take most of a scenario's time.
        let http = HttpConfig::new().tls_roots(TlsRoots::Bundled);
        let builder = Client::builder().variables(variables).http(http);
        Ok(options.apply(builder).and_then(vitable_groups::ClientBuilder::build))
    }

    fn client(&mut self) -> Result<Client, String> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = self.build(&Map::new())?.map_err(|error| format!("given: {error}"))?;
        Ok(self.client.insert(client).clone())
    }

    fn use_client(&mut self, built: Result<Client, Error>) -> Outcome {
        match built {
            Ok(client) => {
                let url = client.base_url().as_str().trim_end_matches('/').to_owned();
                self.client = Some(client);
                Outcome::of(Ok(json!({ "base_url": url })))
            }
            Err(error) => Outcome::of(Err(normal::error(&error))),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<Outcome, String> {
        let params = self.values.fill_object(&step.params)?;
        let nothing = Outcome::of(Ok(Value::Null));
        Ok(match step.call.as_str() {
            "client.new" => {
                let built = self.build(&step.params)?;
                self.use_client(built)
            }
            "client.derive" => {
                let options: ClientOptions = call::parse(params)?;
                let builder = self.client()?.derive();
                self.use_client(
                    options.apply(builder).and_then(vitable_groups::ClientBuilder::build),
                )
            }
            "client.close" => {
                self.client()?.close();
                nothing
            }
            "client.set_api_key" => {
                let key = call::text(params.as_object().ok_or("no params")?, "api_key")?.to_owned();
                match self.client()?.set_api_key(key) {
                    Ok(()) => nothing,
                    Err(error) => Outcome::of(Err(normal::error(&error))),
                }
            }
            "sandbox" => {
                let control = call::text(&step.params, "control")?.to_owned();
                let body = step.params.get("body").cloned().unwrap_or_default();
                Outcome::of(Ok(self.control(&control, &body)?))
            }
            "page.next" => {
                let name = call::text(&step.params, "page")?;
                let saved = self.pages.get(name).cloned().ok_or("no page of that name")?;
                saved().await
            }
            name if name.starts_with("roster.") => roster::run(name, params)?,
            name => {
                let options: CallOptions = call::parse(self.values.fill_object(&step.options)?)?;
                let client = self.client()?;
                let call = call::api(&client, name, params, options.into());
                if step.cancel { self.cancel(call).await? } else { call.await? }
            }
        })
    }

    /// Cancels the call once it hangs in the sandbox.
    async fn cancel(
        &self,
        call: impl Future<Output = Result<Outcome, String>>,
    ) -> Result<Outcome, String> {
        let hanging = async {
            while self
                .control
                .call("GET", "/faults", &Value::Null)
                .is_ok_and(|faults| faults["hanging"] == 0)
            {
                SystemClock.sleep(Duration::from_millis(1)).await;
            }
        };
        match select(Box::pin(call), Box::pin(hanging)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Ok(Outcome::of(Err(normal::aborted()))),
        }
    }

    /// Compares the requests and the server's state, retrying because the server may lag behind.
    async fn then(&mut self, scenario: &Scenario) -> Result<(), String> {
        let end = SystemClock.now() + STATE_TIMEOUT;
        loop {
            let mut values = self.values.clone();
            let difference = self.compare(scenario, &mut values);
            let timed_out = SystemClock.now() >= end;
            match difference {
                Ok(()) => return Ok(()),
                Err(difference) if timed_out => return Err(format!("then: {difference}")),
                Err(_) => SystemClock.sleep(Duration::from_millis(5)).await,
            }
        }
    }

    fn compare(&self, scenario: &Scenario, values: &mut Values) -> Result<(), String> {
        if let Some(expected) = &scenario.then.requests {
            let requests: Vec<Value> = self.control.requests().iter().map(request).collect();
            check(expected, Some(&requests.into()), "requests", values)?;
        }
        if let Some(expected) = &scenario.then.state {
            let state = self.control.state().map_err(|error| error.to_string())?;
            check(expected, Some(&state), "state", values)?;
        }
        Ok(())
    }
}

/// A recorded request, in the form that scenarios compare.
fn request(recorded: &vitable_groups_sandbox::RecordedRequest) -> Value {
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
    let result = outcome.result.as_ref();
    match (&expect.error, result) {
        (Some(expected), Some(Err(error))) => check(expected, Some(error), "error", values)?,
        (Some(_), other) => return Err(format!("expected an error, got {other:?}")),
        (None, Some(Err(error))) => return Err(format!("expected no error, got {error}")),
        (None, _) => {}
    }
    if let (Some(expected), Some(Ok(result))) = (&expect.result, result) {
        check(expected, Some(result), "result", values)?;
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
