//! A streamed response, whose body is not read yet.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use pyo3::prelude::*;
use pyo3::types::PyList;
use vitable_groups::Failure;
use vitable_groups::{Error, ErrorKind, Metadata, Response, TransportBody, TransportError};

use crate::error::{self, RequestInfo};
use crate::job::Job;
use crate::outcome::Output;
use crate::response::{self, NativeResponse};

/// Status and headers of a successful response, and its body to be read in chunks.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct NativeStreamedResponse {
    metadata: Metadata,
    body: Arc<Mutex<Option<TransportBody>>>,
    operation: String,
}

impl NativeStreamedResponse {
    pub(crate) fn new(response: Response<TransportBody>, operation: String) -> Self {
        let Response { data: body, metadata, .. } = response;
        Self { metadata, body: Arc::new(Mutex::new(Some(body))), operation }
    }
}

#[pymethods]
impl NativeStreamedResponse {
    #[getter]
    fn status(&self) -> u16 {
        self.metadata.status.as_u16()
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
    fn url(&self) -> &str {
        self.metadata.url.as_str()
    }

    #[getter]
    fn method(&self) -> &str {
        self.metadata.method.as_str()
    }

    #[getter]
    fn http_version(&self) -> &'static str {
        response::version(self.metadata.version)
    }

    /// Seconds from the first attempt to the end of the headers, including waits.
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

    /// The next chunk of the body; None at its end.
    fn read(&self) -> Job {
        let slot = Arc::clone(&self.body);
        let (method, path) = (self.metadata.method.clone(), self.url().to_owned());
        let request = RequestInfo { client: None, method, path, status_error: None };
        Job::new(Some(request), async move {
            // Taken out while it is read, so that aborting a read closes the connection.
            let body = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            match body {
                None => Ok(Output::Chunk(None)),
                Some(TransportBody::Full(bytes)) => Ok(Output::Chunk(Some(bytes))),
                Some(TransportBody::Stream(mut chunks)) => match chunks.next().await {
                    None => Ok(Output::Chunk(None)),
                    Some(Err(error)) => Err(read_error(&error).into()),
                    Some(Ok(chunk)) => {
                        let rest = Some(TransportBody::Stream(chunks));
                        *slot.lock().unwrap_or_else(PoisonError::into_inner) = rest;
                        Ok(Output::Chunk(Some(chunk)))
                    }
                },
            }
        })
    }

    /// The response with its complete body, as if it had not been streamed.
    fn completed(&self, body: Vec<u8>) -> NativeResponse {
        let response = Response::new(Bytes::from(body), self.metadata.clone());
        NativeResponse::unchecked(response, self.operation.clone())
    }

    /// Closes the connection without reading the rest of the body.
    fn close(&self) {
        drop(self.body.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn read_error(error: &TransportError) -> Error {
    let kind = match error.failure() {
        Failure::TimedOut => ErrorKind::Timeout,
        _ => ErrorKind::Connection,
    };
    Error::new(kind, error.to_string())
}
