//! The result of a job, converted to Python where its caller waits.

use bytes::Bytes;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyType};
use serde::Serialize;
use serde_json::json;
use vitable_groups::{ApplyResult, Error, ErrorKind};

use crate::call_future::CallFuture;
use crate::error::{self, RequestInfo};
use crate::new_items::NewItems;
use crate::response::NativeResponse;
use crate::roster::Roster;

type CreateObject = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// The result of a job.
#[expect(clippy::large_enum_variant, reason = "most are responses, which a box would slow down")]
pub(crate) enum Output {
    Nothing,
    Json(Vec<u8>),
    /// The result of an apply as JSON, and the roster that the group holds.
    ApplyResult(Vec<u8>, Option<Roster>),
    Response(NativeResponse),
    /// The new items of a page; `Empty` for a page without items.
    Items(NewItems),
    Empty,
    /// Another object, created where Python is attached.
    Object(CreateObject),
    /// A chunk of a body; none at its end.
    Chunk(Option<Bytes>),
}

/// An error of the core, or an exception of the caller's code.
pub(crate) enum JobError {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

pub(crate) type Outcome = Result<Output, JobError>;

impl Output {
    pub(crate) fn json(value: &impl Serialize) -> Outcome {
        Ok(Self::Json(text_of(value)?))
    }

    pub(crate) fn applied(applied: ApplyResult) -> Outcome {
        let ApplyResult { state, outcome, report, group_after, .. } = applied;
        let text = text_of(&json!({ "state": state, "outcome": outcome, "report": report }))?;
        Ok(Self::ApplyResult(text, group_after.map(Roster::from)))
    }

    fn into_python(self, py: Python<'_>, class: Option<&Py<PyType>>) -> PyResult<Py<PyAny>> {
        Ok(match self {
            Self::Response(response) if class.is_some() && response.has_json() => {
                let class = class.map(|class| class.bind(py));
                response.decoded(py, class)?.unbind()
            }
            Self::Nothing | Self::Chunk(None) => py.None(),
            Self::Json(text) => PyBytes::new(py, &text).into_any().unbind(),
            Self::ApplyResult(text, held) => {
                (PyBytes::new(py, &text), held).into_pyobject(py)?.into_any().unbind()
            }
            Self::Chunk(Some(chunk)) => PyBytes::new(py, &chunk).into_any().unbind(),
            Self::Response(response) => Py::new(py, response)?.into_any(),
            Self::Items(items) => items.into_python(py, class)?,
            Self::Empty => PyList::empty(py).into_any().unbind(),
            Self::Object(create) => create(py)?,
        })
    }
}

fn text_of(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("cannot serialize the result: {error}"))
    })
}

pub(crate) fn internal_error() -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let message = format!("a bug in vitable-groups {version}; please report it");
    Err(Error::new(ErrorKind::Internal, message).into())
}

pub(crate) fn finish(
    py: Python<'_>,
    outcome: Outcome,
    request: Option<&RequestInfo>,
    class: Option<&Py<PyType>>,
) -> PyResult<Py<PyAny>> {
    match outcome {
        Ok(output) => output.into_python(py, class),
        Err(JobError::Core(error)) => Err(error::to_python(py, &error, request)),
        Err(JobError::Python(error)) => Err(error),
    }
}

/// The waiter of a call on an event loop: its future, and how to convert the outcome.
pub(crate) struct CallWaiter {
    pub(crate) future: Py<CallFuture>,
    pub(crate) request: Option<RequestInfo>,
    pub(crate) class: Option<Py<PyType>>,
}

impl CallWaiter {
    pub(crate) fn complete(self, py: Python<'_>, outcome: Outcome) -> PyResult<()> {
        let future = self.future.bind(py);
        if future.get().is_done() {
            return Ok(());
        }
        let result = finish(py, outcome, self.request.as_ref(), self.class.as_ref());
        CallFuture::complete(future, result)
    }
}
