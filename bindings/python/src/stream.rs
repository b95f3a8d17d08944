//! An answer whose body is still to be read.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode, Version};
use pyo3::prelude::*;
use pyo3::types::PyList;
use vitable_groups::retry::Failure;
use vitable_groups::{Error, ErrorKind, TransportBody, TransportError, TransportResponse};

use crate::answer;
use crate::error::{self, Asked};
use crate::job::{Job, Output};

/// The head of a success, and its body to be read piece by piece.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct OpenAnswer {
    status: StatusCode,
    headers: HeaderMap,
    version: Version,
    asked: Asked,
    body: Arc<Mutex<Option<TransportBody>>>,
}

impl OpenAnswer {
    pub(crate) fn new(answer: TransportResponse, method: String) -> Self {
        let TransportResponse { status, headers, url, version, body } = answer;
        let url = url.as_ref().map(ToString::to_string).unwrap_or_default();
        let body = Arc::new(Mutex::new(Some(body)));
        Self { status, headers, version, asked: Asked { method, url, status_error: None }, body }
    }
}

#[pymethods]
impl OpenAnswer {
    #[getter]
    fn status(&self) -> u16 {
        self.status.as_u16()
    }

    #[getter]
    fn reason(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or_default()
    }

    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        error::headers(py, &self.headers)
    }

    #[getter]
    fn url(&self) -> &str {
        &self.asked.url
    }

    #[getter]
    fn method(&self) -> &str {
        &self.asked.method
    }

    #[getter]
    fn http_version(&self) -> &'static str {
        answer::version(self.version)
    }

    /// The next piece of the body; None at its end.
    fn read(&self) -> Job {
        let place = Arc::clone(&self.body);
        Job::new(Some(self.asked.clone()), async move {
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
