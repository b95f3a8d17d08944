//! Errors of the core as the package's exceptions.

use std::error::Error as _;
use std::sync::Arc;

use http::HeaderMap;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use serde::Serialize;
use vitable_groups::{Attempt, Error, ErrorKind};

/// What was asked, for the exception's `request`.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Whose base URL the path is below.
    pub(crate) client: Option<vitable_groups::Client>,
    pub(crate) method: http::Method,
    /// The path, or the whole address.
    pub(crate) path: String,
    pub(crate) status_error: Option<Arc<Py<PyAny>>>,
}

impl Asked {
    fn url(&self) -> String {
        match &self.client {
            Some(client) if !self.path.contains("://") => {
                let base = client.base_url().as_str().trim_end_matches('/');
                format!("{base}/{}", self.path.trim_start_matches('/'))
            }
            _ => self.path.clone(),
        }
    }
}

/// An exception, made by `_exceptions.from_native` from everything the error knows.
pub(crate) fn to_python(py: Python<'_>, error: &Error, asked: Option<&Asked>) -> PyErr {
    exception(py, error, asked).unwrap_or_else(|failed| failed)
}

fn exception(py: Python<'_>, error: &Error, asked: Option<&Asked>) -> PyResult<PyErr> {
    let facts = PyDict::new(py);
    facts.set_item("kind", error.kind().code())?;
    facts.set_item("class", error.kind().class())?;
    facts.set_item("message", error.message())?;
    facts.set_item("text", error.to_string())?;
    facts.set_item("operation", error.operation())?;
    facts.set_item("status", error.status())?;
    facts.set_item("headers", headers(py, error.headers())?)?;
    facts.set_item("content", error.body().map(|body| PyBytes::new(py, body)))?;
    facts.set_item("code", error.code())?;
    facts.set_item("trace_id", error.trace_id())?;
    facts.set_item("request_id", error.request_id())?;
    facts.set_item("attempts", attempts(py, error.attempts())?)?;
    facts.set_item("retry_after", error.retry_after().map(|delay| delay.as_secs_f64()))?;
    facts.set_item("outcome_unknown", error.outcome_unknown())?;
    facts.set_item("idempotency_key", error.idempotency_key())?;
    let handle = error.sync_handle().map(|handle| (&handle.group_id, &handle.request_id));
    facts.set_item("sync_handle", handle)?;
    facts.set_item("page", error.page())?;
    facts.set_item("details", error.details().map(|details| details.to_json().to_string()))?;
    facts.set_item("method", asked.map(|asked| asked.method.as_str()))?;
    facts.set_item("url", asked.map(Asked::url))?;
    let hook = asked.and_then(|asked| asked.status_error.as_deref());
    facts.set_item("causes", causes(error))?;
    let made =
        py.import("vitable_groups._exceptions")?.call_method1("from_native", (facts, hook))?;
    let made = PyErr::from_value(made);
    if let Some(cause) = python_cause(py, error) {
        made.set_cause(py, Some(cause));
    }
    Ok(made)
}

/// An exception that has nothing to do with a call, with what was found as data.
pub(crate) fn with_details(
    py: Python<'_>,
    kind: ErrorKind,
    text: String,
    details: &impl Serialize,
) -> PyErr {
    let made = to_python(py, &Error::new(kind, text), None);
    let attached = serde_json::to_string(details)
        .map_err(|error| PyValueError::new_err(error.to_string()))
        .and_then(|text| py.import("json")?.call_method1("loads", (text,)))
        .and_then(|details| made.value(py).setattr("details", details));
    attached.map_or_else(|failed| failed, |()| made)
}

fn causes(error: &Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts
}

/// The exception that code of the caller raised, in a transport or a token provider.
fn python_cause(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(raised) = cause.downcast_ref::<PyErr>() {
            return Some(raised.clone_ref(py));
        }
        source = cause.source();
    }
    None
}

pub(crate) fn headers<'py>(py: Python<'py>, headers: &HeaderMap) -> PyResult<Bound<'py, PyList>> {
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    PyList::new(py, pairs.collect::<Vec<_>>())
}

pub(crate) fn attempts<'py>(py: Python<'py>, attempts: &[Attempt]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for attempt in attempts {
        list.append((
            attempt.status,
            attempt.reason.as_str(),
            attempt.delay.map(|delay| delay.as_secs_f64()),
            attempt.elapsed.as_secs_f64(),
        ))?;
    }
    Ok(list)
}
