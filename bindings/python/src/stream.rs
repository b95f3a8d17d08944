//! An answer whose body is still to be read.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use pyo3::prelude::*;
use pyo3::types::PyList;
use vitable_groups::Failure;
use vitable_groups::{Error, ErrorKind, Metadata, Response, TransportBody, TransportError};

use crate::answer::{self, Answer};
use crate::error::{self, Asked};
use crate::job::{Job, Output};

/// The head of a success, and its body to be read piece by piece.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct OpenAnswer {
    metadata: Metadata,
    body: Arc<Mutex<Option<TransportBody>>>,
    operation: String,
}

impl OpenAnswer {
    pub(crate) fn new(answer: Response<TransportBody>, operation: String) -> Self {
        let Response { data: body, metadata, .. } = answer;
        Self { metadata, body: Arc::new(Mutex::new(Some(body))), operation }
    }
}

#[pymethods]
impl OpenAnswer {
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
        answer::version(self.metadata.version)
    }

    /// Seconds from the first attempt to the head, waits included.
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

    /// The next piece of the body; None at its end.
    fn read(&self) -> Job {
        let place = Arc::clone(&self.body);
        let (method, path) = (self.metadata.method.clone(), self.url().to_owned());
        let asked = Asked { client: None, method, path, status_error: None };
        Job::new(Some(asked), async move {
            // Taken out while it is read: a read that is given up closes the connection.
            let body = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            match body {
                None => Ok(Output::Piece(None)),
                Some(TransportBody::Full(bytes)) => Ok(Output::Piece(Some(bytes))),
                Some(TransportBody::Stream(mut pieces)) => match pieces.next().await {
                    None => Ok(Output::Piece(None)),
                    Some(Err(error)) => Err(broken(&error).into()),
                    Some(Ok(piece)) => {
                        let rest = Some(TransportBody::Stream(pieces));
                        *place.lock().unwrap_or_else(PoisonError::into_inner) = rest;
                        Ok(Output::Piece(Some(piece)))
                    }
                },
            }
        })
    }

    /// The answer with its whole body, as if it had come at once.
    fn completed(&self, body: Vec<u8>) -> Answer {
        let answer = Response::new(Bytes::from(body), self.metadata.clone());
        Answer::unchecked(answer, self.operation.clone())
    }

    /// Gives the rest of the body up.
    fn close(&self) {
        drop(self.body.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn broken(error: &TransportError) -> Error {
    let kind = match error.failure() {
        Failure::TimedOut => ErrorKind::Timeout,
        _ => ErrorKind::Connection,
    };
    Error::new(kind, error.to_string())
}
