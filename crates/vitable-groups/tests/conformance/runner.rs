//! Makes the calls of a scenario with the Rust client.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use vitable_groups::{Client, Clock as _, Error, HttpConfig, SystemClock, TlsRoots};
use vitable_groups_chaos::scenarios::{Agent, Call, Outcome as Reported};
use vitable_groups_sandbox::Control;

use crate::call::{self, Outcome, SavedPage};
use crate::options::{CallOptions, ClientOptions};
use crate::{normal, roster};

/// The client and the saved pages of a scenario.
pub(crate) struct Runner<'a> {
    control: &'a Control,
    runtime: &'a Runtime,
    client: Option<Client>,
    pages: BTreeMap<String, SavedPage>,
}

impl Agent for Runner<'_> {
    fn call(&mut self, call: &Call) -> Result<Reported, String> {
        if call.fresh {
            (self.client, self.pages) = (None, BTreeMap::new());
        }
        let runtime = self.runtime;
        let outcome = runtime.block_on(self.step(call))?;
        if let (Some(name), Some(page)) = (&call.save, outcome.page) {
            self.pages.insert(name.clone(), page);
        }
        let (result, error) = match outcome.result {
            Some(Ok(result)) => (Some(result), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        let Outcome { meta, before, progress, .. } = outcome;
        Ok(Reported { result, error, meta, before, progress })
    }
}

impl<'a> Runner<'a> {
    pub(crate) fn new(control: &'a Control, runtime: &'a Runtime) -> Self {
        Self { control, runtime, client: None, pages: BTreeMap::new() }
    }

    fn client(&self) -> Result<Client, String> {
        self.client.clone().ok_or_else(|| "there is no client".to_owned())
    }

    fn build(mut options: Map<String, Value>) -> Result<Result<Client, Error>, String> {
        let variables = options.remove("variables").unwrap_or_default();
        let variables: BTreeMap<String, String> = call::parse(variables)?;
        let options: ClientOptions = call::parse(options.into())?;
        // Loading the system's certificates would take most of a scenario's time.
        let http = HttpConfig::new().tls_roots(TlsRoots::Bundled);
        let builder = Client::builder().variables(variables).http(http);
        Ok(options.apply(builder).and_then(vitable_groups::ClientBuilder::build))
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

    async fn step(&mut self, step: &Call) -> Result<Outcome, String> {
        let params = step.params.clone();
        let fields = params.as_object().cloned().ok_or("no params")?;
        let nothing = Outcome::of(Ok(Value::Null));
        Ok(match step.call.as_str() {
            "client.new" => {
                let built = Self::build(fields)?;
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
                match self.client()?.set_api_key(call::text(&fields, "api_key")?.to_owned()) {
                    Ok(()) => nothing,
                    Err(error) => Outcome::of(Err(normal::error(&error))),
                }
            }
            "page.next" => {
                let name = call::text(&fields, "page")?;
                let saved = self.pages.get(name).cloned().ok_or("no page of that name")?;
                saved().await
            }
            name if name.starts_with("roster.") => roster::run(name, params)?,
            name => {
                let options: CallOptions = call::parse(step.options.clone())?;
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
}
