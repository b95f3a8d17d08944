//! A complete response: its body is scanned once, without the GIL; objects are created on demand.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{StatusCode, Version};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyType};
use vitable_groups::binding::PageSummary;
use vitable_groups::{Error, Metadata, RawResponse};

use crate::error::{self, RequestInfo};
use crate::json::read;
use crate::json::record::{Converter, Lazy, Record};
use crate::json::tape::{Kind, NotJson, Tape};

/// A successful response, not decoded.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct NativeResponse {
    body: Bytes,
    scanned: Result<Arc<Tape>, NotJson>,
    metadata: Metadata,
    operation: Option<String>,
}

impl NativeResponse {
    pub(crate) fn new(response: RawResponse, operation: String) -> Self {
        Self { operation: Some(operation), ..Self::scanned(response, None) }
    }

    /// A response whose body the core has not checked; one without an envelope counts as not JSON.
    pub(crate) fn unchecked(response: RawResponse, operation: String) -> Self {
        let is_valid = response.clone().checked(&operation).is_ok();
        let mut unchecked = Self::new(response, operation);
        if !is_valid {
            unchecked.scanned = Err(NotJson { at: 0 });
        }
        unchecked
    }

    /// A response whose body may have been scanned already.
    pub(crate) fn scanned(response: RawResponse, tape: Option<Arc<Tape>>) -> Self {
        let RawResponse { data: body, metadata, .. } = response;
        let scanned = tape.map_or_else(|| Tape::scan(body.clone()).map(Arc::new), Ok);
        Self { body, scanned, metadata, operation: None }
    }

    /// Whether the body is valid JSON and the status allows one.
    pub(crate) fn has_json(&self) -> bool {
        self.scanned.is_ok() && self.metadata.status != StatusCode::NO_CONTENT
    }

    pub(crate) fn decoded<'py>(
        &self,
        py: Python<'py>,
        class: Option<&Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Ok(tape) = &self.scanned else {
            return Ok(PyString::new(py, &String::from_utf8_lossy(&self.body)).into_any());
        };
        match (tape.node(0).map(|node| node.kind), class) {
            (Some(Kind::Object), Some(class)) => Record::of(class, Lazy::new(Arc::clone(tape), 0)),
            _ => read::value(py, tape, 0, &Converter::Any),
        }
    }

    fn content_type(&self) -> &str {
        let header = self.metadata.headers.get(CONTENT_TYPE);
        let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim()
    }

    /// `application/json`, with a charset or a `+json` suffix.
    fn has_json_content_type(&self) -> bool {
        self.content_type().to_ascii_lowercase().ends_with("json")
    }
}

#[pymethods]
impl NativeResponse {
    #[getter]
    fn status(&self) -> u16 {
        self.metadata.status.as_u16()
    }

    #[getter]
    fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    #[getter]
    fn reason(&self) -> &'static str {
        self.metadata.status.canonical_reason().unwrap_or_default()
    }

    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        error::headers(py, &self.metadata.headers)
    }

    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    #[getter]
    fn url(&self) -> &str {
        self.metadata.url.as_str()
    }

    #[getter]
    fn method(&self) -> &str {
        self.metadata.method.as_str()
    }

    #[getter]
    fn http_version(&self) -> &'static str {
        version(self.metadata.version)
    }

    #[getter]
    fn elapsed(&self) -> f64 {
        self.metadata.elapsed.as_secs_f64()
    }

    #[getter]
    fn retries(&self) -> usize {
        self.metadata.retries()
    }

    #[getter]
    fn attempts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        error::attempts(py, &self.metadata.attempts)
    }

    #[getter]
    fn idempotency_key(&self) -> Option<&str> {
        self.metadata.idempotency_key.as_deref()
    }

    #[getter]
    fn recovered(&self) -> bool {
        self.metadata.recovered
    }

    #[getter]
    fn repeated(&self) -> bool {
        self.metadata.repeated
    }

    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.metadata.request_id()
    }

    /// Whether the server declares the body as JSON.
    #[getter]
    fn is_json(&self) -> bool {
        self.has_json_content_type() || self.metadata.recovered
    }

    /// Whether the body is valid JSON.
    #[getter]
    fn is_valid_json(&self) -> bool {
        self.scanned.is_ok()
    }

    /// The core's error for a body that is not JSON, to be raised.
    fn unreadable(&self, py: Python<'_>) -> Py<PyBaseException> {
        let response = RawResponse::new(self.body.clone(), self.metadata.clone());
        let operation = self.operation.as_deref().unwrap_or(self.metadata.method.as_str());
        let request = RequestInfo {
            client: None,
            method: self.metadata.method.clone(),
            path: self.metadata.url.to_string(),
            status_error: None,
        };
        error::to_python(py, &Error::unreadable(response, operation), Some(&request)).into_value(py)
    }

    /// The body as a model; JSON that is not an object as a plain value, other bodies as text.
    fn model<'py>(
        &self,
        py: Python<'py>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.decoded(py, Some(class))
    }

    /// The body, converted by the tuples of a converter.
    fn value<'py>(
        &self,
        py: Python<'py>,
        converter: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match &self.scanned {
            Ok(tape) => read::value(py, tape, 0, &Converter::from_python(converter)?),
            Err(_) => Ok(PyString::new(py, &String::from_utf8_lossy(&self.body)).into_any()),
        }
    }
}

pub(crate) fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    }
}

/// A page's position in its list; the core decides whether there are more pages.
#[pyclass(frozen, module = "vitable_groups._native", name = "PageSummary")]
#[derive(Clone)]
pub(crate) struct NativePageSummary(pub(crate) PageSummary);

#[pymethods]
impl NativePageSummary {
    #[new]
    fn new(
        requested: i64,
        page: Option<i64>,
        total_pages: Option<i64>,
        items: usize,
        first_id: Option<String>,
    ) -> Self {
        Self(PageSummary { requested, page, total_pages, items, first_id })
    }

    fn next(&self) -> Option<i64> {
        self.0.next()
    }

    fn repeats(&self, previous: &Self) -> bool {
        self.0.repeats(&previous.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let PageSummary { requested, page, total_pages, items, first_id } = &slf.get().0;
        let arguments = (requested, page, total_pages, items, first_id.as_deref());
        Ok((slf.get_type(), arguments).into_pyobject(slf.py())?.into_any())
    }
}
