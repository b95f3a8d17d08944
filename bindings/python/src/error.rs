//! Converts errors of the core to the package's exceptions.

use std::error::Error as _;
use std::sync::Arc;

use http::HeaderMap;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use serde::Serialize;
use vitable_groups::{Attempt, Error, ErrorKind};

/// The request of a call, for the exception's `request`.
#[derive(Clone)]
pub(crate) struct RequestInfo {
    /// The client whose base URL the path is relative to.
    pub(crate) client: Option<vitable_groups::Client>,
    pub(crate) method: http::Method,
    /// The path, or the full URL.
    pub(crate) path: String,
    pub(crate) status_error: Option<Arc<Py<PyAny>>>,
}

impl RequestInfo {
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

/// An exception, created by `_exceptions.from_native` from all details of the error.
pub(crate) fn to_python(py: Python<'_>, error: &Error, request: Option<&RequestInfo>) -> PyErr {
    exception(py, error, request).unwrap_or_else(|failed| failed)
}

fn exception(py: Python<'_>, error: &Error, request: Option<&RequestInfo>) -> PyResult<PyErr> {
    let native = PyDict::new(py);
    native.set_item("kind", error.kind().code())?;
    native.set_item("class", error.kind().class())?;
    native.set_item("message", error.message())?;
    native.set_item("text", error.to_string())?;
    native.set_item("operation", error.operation())?;
    native.set_item("status", error.status())?;
    native.set_item("headers", headers(py, error.headers())?)?;
    native.set_item("content", error.body().map(|body| PyBytes::new(py, body)))?;
    native.set_item("code", error.code())?;
    native.set_item("trace_id", error.trace_id())?;
    native.set_item("request_id", error.request_id())?;
    native.set_item("attempts", attempts(py, error.attempts())?)?;
    native.set_item("retry_after", error.retry_after().map(|delay| delay.as_secs_f64()))?;
    native.set_item("outcome_unknown", error.outcome_unknown())?;
    native.set_item("idempotency_key", error.idempotency_key())?;
    let handle = error.sync_handle().map(|handle| (&handle.group_id, &handle.request_id));
    native.set_item("sync_handle", handle)?;
    native.set_item("page", error.page())?;
    native.set_item("details", error.details().map(|details| details.to_json().to_string()))?;
    native.set_item("method", request.map(|request| request.method.as_str()))?;
    native.set_item("url", request.map(RequestInfo::url))?;
    let hook = request.and_then(|request| request.status_error.as_deref());
    native.set_item("causes", causes(error))?;
    let converted =
        py.import("vitable_groups._exceptions")?.call_method1("from_native", (native, hook))?;
    let exception = PyErr::from_value(converted);
    if let Some(cause) = python_cause(py, error) {
        exception.set_cause(py, Some(cause));
    }
    Ok(exception)
}

/// An exception outside of any call, with its findings as data.
pub(crate) fn with_details(
    py: Python<'_>,
    kind: ErrorKind,
    text: String,
    details: &impl Serialize,
) -> PyErr {
    let exception = to_python(py, &Error::new(kind, text), None);
    let attached = serde_json::to_string(details)
        .map_err(|error| PyValueError::new_err(error.to_string()))
        .and_then(|text| py.import("json")?.call_method1("loads", (text,)))
        .and_then(|details| exception.value(py).setattr("details", details));
    attached.map_or_else(|failed| failed, |()| exception)
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

/// The exception that the caller's code raised, in a transport or a token provider.
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
