//! The sandbox for tests, on its own thread.

use std::time::Duration;

use napi::Result;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::Value;
use vitable_groups_sandbox::Sandbox;

/// The settings of a sandbox.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    port: u16,
    db: Option<String>,
    keys: Vec<String>,
    /// Milliseconds or `never`.
    sync_delay: Option<Delay>,
    seed: Option<Value>,
    random_seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Delay {
    After(u64),
    Never(Never),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Never {
    Never,
}

/// A running sandbox.
#[napi(js_name = "Sandbox")]
pub struct NativeSandbox(Option<Sandbox>);

#[napi]
impl NativeSandbox {
    /// Starts a sandbox, which accepts requests once this returns.
    #[napi(constructor, catch_unwind)]
    pub fn new(settings: String) -> Result<Self> {
        let settings: Settings = serde_json::from_str(&settings).map_err(failed)?;
        let mut builder = Sandbox::builder().port(settings.port).keys(settings.keys);
        if let Some(path) = settings.db {
            builder = builder.db(path);
        }
        builder = match settings.sync_delay {
            Some(Delay::After(ms)) => builder.sync_delay(Duration::from_millis(ms)),
            Some(Delay::Never(Never::Never)) => builder.sync_never(),
            None => builder,
        };
        if let Some(number) = settings.random_seed {
            builder = builder.random_seed(number);
        }
        if let Some(seed) = &settings.seed {
            builder = builder.seed(seed).map_err(failed)?;
        }
        builder.spawn().map(|sandbox| Self(Some(sandbox))).map_err(failed)
    }

    /// The base URL of the sandbox.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> Result<String> {
        Ok(self.running()?.base_url().to_owned())
    }

    /// Calls a control endpoint by its path under `/__sandbox`; bodies are JSON text.
    #[napi(catch_unwind)]
    pub fn control(&self, method: String, path: String, body: Option<String>) -> Result<String> {
        let body = body.map(|body| serde_json::from_str(&body)).transpose().map_err(failed)?;
        let body = body.unwrap_or_default();
        let response = self.running()?.control().call(&method, &path, &body);
        response.map(|value: Value| value.to_string()).map_err(failed)
    }

    /// Stops the sandbox and frees its port.
    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        self.0.take();
    }

    fn running(&self) -> Result<&Sandbox> {
        self.0.as_ref().ok_or_else(|| napi::Error::from_reason("the sandbox is stopped"))
    }
}

fn failed(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}
