//! The client handle; it creates jobs, each of which is one call of the core.

use std::sync::{Arc, OnceLock};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple, PyType};
use serde::Deserialize;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::model::GroupListParams;
use vitable_groups::roster::{CheckOptions, Guard};
use vitable_groups::{Call, Error, ErrorKind, SyncHandle};

use crate::config::Config;
use crate::error::{self, RequestInfo};
use crate::job::Job;
use crate::json::write;
use crate::options::{self, Deadline};
use crate::outcome::Output;
use crate::pages::Pager;
use crate::process;
use crate::response::{NativePageSummary, NativeResponse};
use crate::roster::{self, Roster};
use crate::runtime;
use crate::stream::NativeStreamedResponse;
use crate::wait::WaitOptions;

type Query = Option<Vec<(String, String)>>;

/// The core client of one process in a chain of forks.
struct Generation {
    pid: u32,
    core: Option<vitable_groups::Client>,
    next: OnceLock<Box<Generation>>,
}

impl Drop for Generation {
    fn drop(&mut self) {
        // The parent's sockets are registered in an epoll that it shares with this process; closing
        // our copies would unregister them.
        if self.pid != process::id() {
            std::mem::forget(self.core.take());
        }
    }
}

/// A client; Python holds its settings, the core implements its behavior.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Client {
    config: Config,
    first: Generation,
}

impl Client {
    /// The core client of this process.
    fn core(&self, py: Python<'_>) -> PyResult<&vitable_groups::Client> {
        let pid = process::id();
        let mut generation = &self.first;
        loop {
            if generation.pid == pid
                && let Some(core) = &generation.core
            {
                return Ok(core);
            }
            if generation.next.get().is_none() {
                let core = self.config.build(None).map_err(|error| failed(py, &error))?;
                if self.first.core.as_ref().is_some_and(vitable_groups::Client::is_closed) {
                    core.close();
                }
                let next = OnceLock::new();
                let _ = generation.next.set(Box::new(Generation { pid, core: Some(core), next }));
            }
            let Some(next) = generation.next.get() else {
                let error = Error::new(ErrorKind::Internal, "no client for this process");
                return Err(failed(py, &error));
            };
            generation = next;
        }
    }

    fn job(&self, py: Python<'_>, call: Call, stream: bool) -> PyResult<Job> {
        let core = self.core(py)?.clone();
        let request = RequestInfo {
            client: Some(core.clone()),
            method: call.method().clone(),
            path: call.path().to_owned(),
            status_error: self.config.status_error.clone(),
        };
        Ok(Job::new(Some(request), async move {
            let operation = call.name().to_owned();
            if stream {
                let response = NativeStreamedResponse::new(core.stream(call).await?, operation);
                let create = move |py: Python<'_>| Ok(Py::new(py, response)?.into_any());
                return Ok(Output::Object(Box::new(create)));
            }
            Ok(Output::Response(NativeResponse::new(core.execute(call).await?, operation)))
        }))
    }
}

fn failed(py: Python<'_>, error: &Error) -> PyErr {
    error::to_python(py, error, None)
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (options, base=None))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>, base: Option<&Self>) -> PyResult<Self> {
        let config = Config::read(options)?;
        let base = base.map(|base| base.core(py).cloned()).transpose()?;
        let core = py.detach(|| config.build(base.as_ref())).map_err(|error| failed(py, &error))?;
        let pid = process::id();
        Ok(Self { config, first: Generation { pid, core: Some(core), next: OnceLock::new() } })
    }

    #[getter]
    fn base_url(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.core(py)?.base_url().to_string())
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.core(py)?.close();
        runtime::close_connections(py)
    }

    fn is_closed(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.core(py)?.is_closed())
    }

    /// A call of an operation; with `stream`, the body is not read. A JSON response becomes a model
    /// of `cast_to`.
    #[pyo3(signature = (name, path, query=None, body=None, options=None, stream=false, cast_to=None))]
    #[expect(clippy::too_many_arguments, reason = "one argument per part of a request")]
    fn call(
        &self,
        py: Python<'_>,
        name: &str,
        path: &Bound<'_, PyTuple>,
        query: Query,
        body: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
        stream: bool,
        cast_to: Option<Py<PyType>>,
    ) -> PyResult<Job> {
        let body = body.map(|body| body_of(name, body)).transpose()?;
        let call = options::call(name, path, query, body, options::request_options(options)?)?
            .map_err(|error| failed(py, &error))?;
        Ok(self.job(py, call, stream)?.decoded_as(cast_to))
    }

    /// A call of an endpoint without an operation; the body is bytes.
    #[pyo3(signature = (method, path, query=None, body=None, options=None, stream=false))]
    #[expect(clippy::too_many_arguments, reason = "one argument per part of a request")]
    fn raw(
        &self,
        py: Python<'_>,
        method: &str,
        path: &str,
        query: Query,
        body: Option<Vec<u8>>,
        options: Option<&Bound<'_, PyDict>>,
        stream: bool,
    ) -> PyResult<Job> {
        let call = options::raw_call(method, path, query, body, options::request_options(options)?)
            .map_err(|error| failed(py, &error))?;
        self.job(py, call, stream)
    }

    /// The deadline that several calls share if the first one starts now with these options;
    /// nothing if they are not limited.
    #[pyo3(signature = (options=None))]
    fn deadline(
        &self,
        py: Python<'_>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Option<Deadline>> {
        let deadline = self.core(py)?.deadline(&options::request_options(options)?);
        Ok((!deadline.is_unlimited()).then_some(Deadline(deadline)))
    }

    /// The pages of a list after the given one, `prefetch` of them concurrently.
    #[pyo3(signature = (name, after, limit=None, prefetch=0, options=None))]
    fn pages(
        &self,
        py: Python<'_>,
        name: &str,
        after: &NativePageSummary,
        limit: Option<i64>,
        prefetch: usize,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pager> {
        let Some(operation) = vitable_groups::operation::find(name) else {
            return Err(PyValueError::new_err(format!("no operation is named {name}")));
        };
        let mut list = self.core(py)?.list(operation).after(after.0.clone());
        let mut params = GroupListParams::new();
        params.limit = limit;
        list = list.params(params);
        Ok(Pager::new(list.options(options::request_options(options)?), prefetch))
    }

    /// Finds a group by its reference ID; returns its JSON, or nothing.
    #[pyo3(signature = (reference, options=None))]
    fn find(
        &self,
        py: Python<'_>,
        reference: String,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Job> {
        let core = self.core(py)?.clone();
        let options = options::request_options(options)?;
        Ok(Job::new(None, async move {
            let found = core.groups().find_with(&reference, options).await?;
            found.map_or(Ok(Output::Nothing), |group| Output::json(&group))
        }))
    }

    /// Gets the group with a reference ID, or creates it; returns its JSON.
    #[pyo3(signature = (reference, name, options=None))]
    fn get_or_create(
        &self,
        py: Python<'_>,
        reference: String,
        name: String,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Job> {
        let core = self.core(py)?.clone();
        let options = options::request_options(options)?;
        Ok(Job::new(None, async move {
            let params = GroupCreateParams::new(reference, name);
            let (group, _) = core.groups().get_or_create_with(params, options).await?;
            Output::json(&group)
        }))
    }

    /// Syncs a group to a roster; returns the JSON of state, outcome and check report, and the roster
    /// that the group holds afterwards.
    /// `settings` is JSON: `first_sync`, `guard`, and `checks` unless they are the API's as of today.
    #[pyo3(signature = (group_id, roster, previous, settings, wait, options=None))]
    #[expect(clippy::too_many_arguments, reason = "one argument per part of the job")]
    fn apply(
        &self,
        py: Python<'_>,
        group_id: String,
        roster: &Roster,
        previous: Option<&Roster>,
        settings: &[u8],
        wait: &Bound<'_, PyDict>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Job> {
        let Settings { first_sync, guard, checks } = roster::read(settings)?;
        let wait_options = WaitOptions::read(wait, options)?;
        let sync = self.core(py)?.groups().members().sync();
        let mut apply = sync.apply(group_id, Arc::clone(&roster.0)).guard(guard);
        if let Some(previous) = previous {
            apply = apply.previous(Arc::clone(&previous.0));
        }
        if first_sync {
            apply = apply.first_sync();
        }
        if let Some(checks) = checks {
            apply = apply.checks(checks);
        }
        Ok(Job::new(None, wait_options.apply(apply)).with_several_calls(true))
    }

    /// Waits for a sync; returns the JSON of its last state.
    #[pyo3(signature = (group_id, request_id, wait, options=None))]
    fn wait(
        &self,
        py: Python<'_>,
        group_id: String,
        request_id: String,
        wait: &Bound<'_, PyDict>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Job> {
        let sync = self.core(py)?.groups().members().sync();
        let wait_options = WaitOptions::read(wait, options)?;
        let wait = sync.wait(SyncHandle::new(group_id, request_id));
        Ok(Job::new(None, wait_options.wait(wait)).with_several_calls(true))
    }

    /// Submits a roster and waits for the sync; returns the JSON of its last state.
    #[pyo3(signature = (group_id, members, wait, options=None))]
    fn submit_and_wait(
        &self,
        py: Python<'_>,
        group_id: String,
        members: &Bound<'_, PyAny>,
        wait: &Bound<'_, PyDict>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Job> {
        let sync = self.core(py)?.groups().members().sync();
        let wait_options = WaitOptions::read(wait, options)?;
        let submit = sync.submit_json_and_wait(group_id, write::members_body(members)?);
        Ok(Job::new(None, wait_options.submit(submit)).with_several_calls(true))
    }
}

#[derive(Deserialize)]
struct Settings {
    first_sync: bool,
    guard: Guard,
    checks: Option<CheckOptions>,
}

/// The body of an operation: bytes as they are, a roster's rows, or any other object.
fn body_of(name: &str, body: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = body.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    if name == vitable_groups::operation::SYNC_SUBMIT.name {
        return write::members_body(body);
    }
    write::to_json(body)
}
