//! Jobs: calls of the core, run to completion on this thread or started for an event loop.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyType};
use serde::Serialize;
use serde_json::json;
use vitable_groups::{ApplyResult, BoxFuture, Error, ErrorKind};

use crate::bridge::CompletionQueue;
use crate::call_future::CallFuture;
use crate::error::{self, RequestInfo};
use crate::pages::NewItems;
use crate::response::NativeResponse;
use crate::roster::Roster;
use crate::stream::NativeStreamedResponse;
#[cfg(unix)]
use crate::task::Task;
use crate::{logs, runtime};

/// The result of a job.
pub(crate) enum Output {
    Nothing,
    Json(Vec<u8>),
    /// The result of an apply as JSON, and the roster that the group holds.
    ApplyResult(Vec<u8>, Option<Roster>),
    Response(NativeResponse),
    /// The new items of a page; `Empty` for a page without items.
    Items(NewItems),
    Empty,
    Streamed(NativeStreamedResponse),
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
            Self::Streamed(response) => Py::new(py, response)?.into_any(),
        })
    }
}

fn text_of(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("cannot serialize the result: {error}"))
    })
}

/// A call that can be run once.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Job {
    request: Option<RequestInfo>,
    work: Mutex<Option<BoxFuture<'static, Outcome>>>,
    /// It makes several calls: concurrently, or with a callback after each that may abort them. A
    /// thread that blocks on one socket would notice neither.
    several_calls: bool,
    class: Option<Py<PyType>>,
}

impl Job {
    pub(crate) fn new(
        request: Option<RequestInfo>,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        Self { request, work: Mutex::new(Some(Box::pin(work))), several_calls: false, class: None }
    }

    pub(crate) fn with_several_calls(self, several_calls: bool) -> Self {
        Self { several_calls, ..self }
    }

    /// A JSON response becomes a model of the class.
    pub(crate) fn decoded_as(self, class: Option<Py<PyType>>) -> Self {
        Self { class, ..self }
    }

    fn take(&self) -> PyResult<BoxFuture<'static, Outcome>> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| PyRuntimeError::new_err("this call was already made"))
    }
}

#[pymethods]
impl Job {
    /// Runs to completion on this thread, without the GIL; Ctrl-C interrupts it.
    fn run(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let work = Box::pin(guarded(self.take()?));
        let outcome = runtime::block(py, work, self.several_calls);
        logs::drain(py);
        let class = self.class.as_ref();
        finish(py, outcome?, self.request.as_ref(), class)
    }

    /// Starts the call for an event loop, where its result is awaited.
    fn start<'py>(
        &self,
        py: Python<'py>,
        queue: &CompletionQueue,
        event_loop: Py<PyAny>,
    ) -> PyResult<Bound<'py, CallFuture>> {
        let queue = Arc::clone(&queue.queue);
        let future = Bound::new(py, CallFuture::new(event_loop))?;
        let waiter = CallWaiter {
            future: future.clone().unbind(),
            request: self.request.clone(),
            class: self.class.as_ref().map(|class| class.clone_ref(py)),
        };
        let work = self.take()?;
        #[cfg(unix)]
        if queue.reactor().is_some() {
            future.get().set_call(Started::OnLoop(Task::start(py, queue, work, waiter)?));
            return Ok(future);
        }
        let task = Arc::clone(&queue).scope(async move {
            let outcome = guarded(work).await;
            queue.push(move |py| waiter.complete(py, outcome));
        });
        future.get().set_call(Started::OnWorker(runtime::worker()?.spawn(task).abort_handle()));
        Ok(future)
    }
}

/// A call in flight for an event loop.
pub(crate) enum Started {
    OnWorker(tokio::task::AbortHandle),
    #[cfg(unix)]
    OnLoop(Arc<Task>),
}

impl Started {
    /// Aborts the call.
    pub(crate) fn abort(&self) {
        match self {
            Self::OnWorker(handle) => handle.abort(),
            #[cfg(unix)]
            Self::OnLoop(task) => task.abort(),
        }
    }
}

/// Runs work; a panic of the core becomes an ordinary error.
async fn guarded(work: BoxFuture<'static, Outcome>) -> Outcome {
    std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| internal_error())
}

pub(crate) fn internal_error() -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let message = format!("a bug in vitable-groups {version}; please report it");
    Err(Error::new(ErrorKind::Internal, message).into())
}

fn finish(
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
    future: Py<CallFuture>,
    request: Option<RequestInfo>,
    class: Option<Py<PyType>>,
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
