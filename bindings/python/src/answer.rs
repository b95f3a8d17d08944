//! A complete answer: its body scanned once, without the GIL; objects are made from it on demand.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{StatusCode, Version};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyType};
use vitable_groups::binding::PageSummary;
use vitable_groups::{Error, Metadata, RawResponse};

use crate::error::{self, Asked};
use crate::json::read;
use crate::json::tape::{Kind, NotJson, Tape};
use crate::record::{Converter, Lazy, Record};

/// A success of the server, undecoded.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Answer {
    body: Bytes,
    scanned: Result<Arc<Tape>, NotJson>,
    metadata: Metadata,
    operation: Option<String>,
}

impl Answer {
    pub(crate) fn new(response: RawResponse, operation: String) -> Self {
        Self { operation: Some(operation), ..Self::scanned(response, None) }
    }

    /// An answer whose body did not pass through the core; what has no envelope counts as no JSON.
    pub(crate) fn unchecked(response: RawResponse, operation: String) -> Self {
        let fits = response.clone().checked(&operation).is_ok();
        let mut answer = Self::new(response, operation);
        if !fits {
            answer.scanned = Err(NotJson { at: 0 });
        }
        answer
    }

    /// An answer whose body was scanned already.
    pub(crate) fn scanned(response: RawResponse, tape: Option<Arc<Tape>>) -> Self {
        let RawResponse { data: body, metadata, .. } = response;
        let scanned = tape.map_or_else(|| Tape::scan(body.clone()).map(Arc::new), Ok);
        Self { body, scanned, metadata, operation: None }
    }

    /// JSON, as it ought to be.
    pub(crate) fn is_plain(&self) -> bool {
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
    fn says_json(&self) -> bool {
        self.content_type().to_ascii_lowercase().ends_with("json")
    }
}

#[pymethods]
impl Answer {
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

    /// Whether the server says that the body is JSON.
    #[getter]
    fn is_json(&self) -> bool {
        self.says_json() || self.metadata.recovered
    }

    /// Whether the body is no JSON.
    #[getter]
    fn is_broken(&self) -> bool {
        self.scanned.is_err()
    }

    /// The core's error of a body that is no JSON, to be raised.
    fn unreadable(&self, py: Python<'_>) -> Py<PyBaseException> {
        let answer = RawResponse::new(self.body.clone(), self.metadata.clone());
        let operation = self.operation.as_deref().unwrap_or(self.metadata.method.as_str());
        let asked = Asked {
            client: None,
            method: self.metadata.method.clone(),
            path: self.metadata.url.to_string(),
            status_error: None,
        };
        error::to_python(py, &Error::unreadable(answer, operation), Some(&asked)).into_value(py)
    }

    /// The body as a model; what is no object comes as it is, what is no JSON as a text.
    fn model<'py>(
        &self,
        py: Python<'py>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.decoded(py, Some(class))
    }

    /// The body as the tuples of a converter say.
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

/// What a page says about its place in the list; the core decides whether the list goes on.
#[pyclass(frozen, module = "vitable_groups._native", name = "PageSummary")]
#[derive(Clone)]
pub(crate) struct Facts(pub(crate) PageSummary);

#[pymethods]
impl Facts {
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
        let facts = &slf.get().0;
        let arguments = (
            facts.requested,
            facts.page,
            facts.total_pages,
            facts.items,
            facts.first_id.as_deref(),
        );
        Ok((slf.get_type(), arguments).into_pyobject(slf.py())?.into_any())
    }
}
