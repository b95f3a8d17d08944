//! Jobs: calls of the core, run to completion on this thread or started for an event loop.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyType;
use vitable_groups::BoxFuture;

use crate::bridge::CompletionQueue;
use crate::call_future::{Abort, CallFuture};
use crate::error::RequestInfo;
use crate::outcome::{CallWaiter, Outcome, finish, internal_error};
#[cfg(unix)]
use crate::task::Task;
use crate::{logs, runtime};

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
            future.get().set_call(Task::start(py, queue, work, waiter)?);
            return Ok(future);
        }
        let task = Arc::clone(&queue).scope(async move {
            let outcome = guarded(work).await;
            queue.push(move |py| waiter.complete(py, outcome));
        });
        let call = WorkerCall(runtime::worker()?.spawn(task).abort_handle());
        future.get().set_call(Arc::new(call));
        Ok(future)
    }
}

/// Runs work; a panic of the core becomes an ordinary error.
async fn guarded(work: BoxFuture<'static, Outcome>) -> Outcome {
    std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| internal_error())
}

/// A call on the runtime's worker.
struct WorkerCall(tokio::task::AbortHandle);

impl Abort for WorkerCall {
    fn abort(&self) {
        self.0.abort();
    }
}
