//! The bundled sandbox server, for tests of programs that use the package.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::Value;
use vitable_groups_sandbox::Control;

use crate::config::{get, seconds};

/// A running server; it stops on `stop` or when it is dropped.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Sandbox {
    pid: u32,
    base_url: String,
    control: Control,
    server: Mutex<Option<vitable_groups_sandbox::Sandbox>>,
}

#[pymethods]
impl Sandbox {
    /// `host`, `port`, `db`, `keys`, `sync_delay` (seconds), `sync_never`, `seed` (JSON bytes),
    /// `random_seed`.
    #[new]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut builder = vitable_groups_sandbox::Sandbox::builder();
        if let Some(host) = get::<String>(options, "host")? {
            builder = builder.host(host);
        }
        if let Some(port) = get(options, "port")? {
            builder = builder.port(port);
        }
        if let Some(db) = get::<String>(options, "db")? {
            builder = builder.db(db);
        }
        builder = builder.keys(get::<Vec<String>>(options, "keys")?.unwrap_or_default());
        if let Some(delay) = get(options, "sync_delay")? {
            builder = builder.sync_delay(seconds(delay));
        }
        if get(options, "sync_never")?.unwrap_or_default() {
            builder = builder.sync_never();
        }
        if let Some(seed) = get(options, "random_seed")? {
            builder = builder.random_seed(seed);
        }
        if let Some(seed) = get::<Vec<u8>>(options, "seed")? {
            let seed = read(&seed)?;
            builder = builder.seed(&seed).map_err(|e| PyValueError::new_err(e.to_string()))?;
        }
        let server = py
            .detach(|| builder.spawn())
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        Ok(Self {
            pid: std::process::id(),
            base_url: server.base_url().to_owned(),
            control: server.control().clone(),
            server: Mutex::new(Some(server)),
        })
    }

    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Calls a control by its method and path, with JSON bodies.
    #[pyo3(signature = (method, path, body=None))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let body = body.map(|text| read(&text)).transpose()?.unwrap_or(Value::Null);
        let response = py
            .detach(|| self.control.call(method, path, &body))
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, response.to_string().as_bytes()))
    }

    fn stop(&self, py: Python<'_>) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(server));
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A forked child does not have the server's thread, so it must not wait for it.
        if self.pid != std::process::id() {
            let server = self.server.get_mut().unwrap_or_else(PoisonError::into_inner).take();
            std::mem::forget(server);
        }
    }
}

fn read(text: &[u8]) -> PyResult<Value> {
    serde_json::from_slice(text).map_err(|error| PyValueError::new_err(error.to_string()))
}
