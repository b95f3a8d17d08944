//! The future that a coroutine awaits while its call is in flight. asyncio tasks accept it as a
//! future; it resumes its task as soon as the call completes, without another loop iteration.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::asyncio::CancelledError;
use pyo3::exceptions::{PyBaseException, PyRuntimeError, PyStopIteration};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A call in flight.
pub(crate) trait Abort: Send + Sync {
    fn abort(&self);
}

#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct CallFuture {
    event_loop: Py<PyAny>,
    /// Read by tasks: whether the future was awaited or merely yielded.
    is_blocking: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    call: Option<Arc<dyn Abort>>,
    waiter: Option<Waiter>,
    outcome: Option<FutureOutcome>,
}

enum FutureOutcome {
    Result(PyResult<Py<PyAny>>),
    Canceled(Option<Py<PyAny>>),
    /// The result was consumed or discarded.
    Consumed,
}

/// A task to resume.
struct Waiter {
    callback: Py<PyAny>,
    context: Option<Py<PyAny>>,
}

impl CallFuture {
    pub(crate) fn new(event_loop: Py<PyAny>) -> Self {
        Self { event_loop, is_blocking: AtomicBool::new(false), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the call, to abort it if the future is canceled.
    pub(crate) fn set_call(&self, call: Arc<dyn Abort>) {
        let mut state = self.state();
        if state.outcome.is_none() {
            state.call = Some(call);
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state().outcome.is_some()
    }

    /// Completes the call and resumes the task at once, on the loop's thread and outside any task.
    pub(crate) fn complete(slf: &Bound<'_, Self>, result: PyResult<Py<PyAny>>) -> PyResult<()> {
        let mut state = slf.get().state();
        if state.outcome.is_some() {
            return Ok(());
        }
        state.outcome = Some(FutureOutcome::Result(result));
        let (call, waiter) = (state.call.take(), state.waiter.take());
        drop(state);
        drop(call);
        let Some(Waiter { callback, context }) = waiter else { return Ok(()) };
        match context {
            Some(context) => {
                context.call_method1(slf.py(), intern!(slf.py(), "run"), (callback, slf))
            }
            None => callback.call1(slf.py(), (slf,)),
        }
        .map(drop)
    }

    fn abort(&self, outcome: FutureOutcome) -> bool {
        let mut state = self.state();
        if state.outcome.is_some() {
            return false;
        }
        state.outcome = Some(outcome);
        let call = state.call.take();
        drop(state);
        if let Some(call) = call {
            call.abort();
        }
        true
    }

    /// Schedules a waiter on the loop, as it must not run within another task's step.
    fn call_soon(slf: &Bound<'_, Self>, waiter: &Waiter) -> PyResult<()> {
        let py = slf.py();
        let arguments = (&waiter.callback, slf);
        let event_loop = slf.get().event_loop.bind(py);
        let options = PyDict::new(py);
        if let Some(context) = &waiter.context {
            options.set_item(intern!(py, "context"), context)?;
        }
        event_loop.call_method("call_soon", arguments, Some(&options)).map(drop)
    }
}

fn canceled_error(py: Python<'_>, message: Option<Py<PyAny>>) -> PyErr {
    match message.filter(|message| !message.is_none(py)) {
        Some(message) => CancelledError::new_err((message,)),
        None => CancelledError::new_err(()),
    }
}

#[pymethods]
impl CallFuture {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(slf: Py<Self>, py: Python<'_>) -> PyResult<Py<Self>> {
        let this = slf.get();
        let mut state = this.state();
        match state.outcome.take() {
            None => {
                drop(state);
                this.is_blocking.store(true, Ordering::Relaxed);
                Ok(slf)
            }
            Some(outcome) => {
                state.outcome = Some(FutureOutcome::Consumed);
                drop(state);
                Err(match outcome {
                    FutureOutcome::Result(Ok(value)) => PyStopIteration::new_err((value,)),
                    FutureOutcome::Result(Err(error)) => error,
                    FutureOutcome::Canceled(message) => canceled_error(py, message),
                    FutureOutcome::Consumed => {
                        PyRuntimeError::new_err("this call was already awaited")
                    }
                })
            }
        }
    }

    /// Raises an exception in the coroutine, or ends it; aborts the call.
    #[pyo3(signature = (kind, value=None, traceback=None))]
    fn throw(
        &self,
        kind: Bound<'_, PyAny>,
        value: Option<Bound<'_, PyAny>>,
        traceback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.abort(FutureOutcome::Consumed);
        let error = match value.filter(|value| !value.is_none()) {
            Some(value) if value.is_instance_of::<PyBaseException>() => value,
            Some(value) => kind.call1((value,))?,
            None if kind.is_instance_of::<PyBaseException>() => kind,
            None => kind.call0()?,
        };
        if let Some(traceback) = traceback {
            error.call_method1("with_traceback", (traceback,))?;
        }
        Err(PyErr::from_value(error))
    }

    fn close(&self) {
        self.abort(FutureOutcome::Consumed);
    }

    #[getter(_asyncio_future_blocking)]
    fn is_blocking(&self) -> bool {
        self.is_blocking.load(Ordering::Relaxed)
    }

    #[setter(_asyncio_future_blocking)]
    fn set_blocking(&self, is_blocking: bool) {
        self.is_blocking.store(is_blocking, Ordering::Relaxed);
    }

    fn get_loop(&self, py: Python<'_>) -> Py<PyAny> {
        self.event_loop.clone_ref(py)
    }

    #[pyo3(signature = (callback, *, context=None))]
    fn add_done_callback(
        slf: &Bound<'_, Self>,
        callback: Py<PyAny>,
        context: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let waiter = Waiter { callback, context };
        let mut state = slf.get().state();
        if state.outcome.is_none() && state.waiter.is_none() {
            state.waiter = Some(waiter);
            return Ok(());
        }
        let is_done = state.outcome.is_some();
        drop(state);
        if !is_done {
            return Err(PyRuntimeError::new_err("this call is already awaited"));
        }
        Self::call_soon(slf, &waiter)
    }

    fn remove_done_callback(&self, callback: &Bound<'_, PyAny>) -> PyResult<usize> {
        let mut state = self.state();
        let same = match &state.waiter {
            Some(waiter) => waiter.callback.bind(callback.py()).eq(callback)?,
            None => false,
        };
        let removed = if same { state.waiter.take() } else { None };
        drop(state);
        Ok(usize::from(removed.is_some()))
    }

    /// Aborts the call; tasks call it when they are canceled.
    #[pyo3(signature = (msg=None))]
    fn cancel(slf: &Bound<'_, Self>, msg: Option<Py<PyAny>>) -> PyResult<bool> {
        let this = slf.get();
        if !this.abort(FutureOutcome::Canceled(msg)) {
            return Ok(false);
        }
        let waiter = this.state().waiter.take();
        if let Some(waiter) = waiter {
            Self::call_soon(slf, &waiter)?;
        }
        Ok(true)
    }

    fn done(&self) -> bool {
        self.is_done()
    }

    fn cancelled(&self) -> bool {
        matches!(self.state().outcome, Some(FutureOutcome::Canceled(_)))
    }

    /// Raises if the call was canceled: a task checks this before it resumes and gets the result.
    fn result(&self, py: Python<'_>) -> PyResult<()> {
        match &self.state().outcome {
            Some(FutureOutcome::Canceled(message)) => {
                Err(canceled_error(py, message.as_ref().map(|message| message.clone_ref(py))))
            }
            _ => Ok(()),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.event_loop)?;
        let Ok(state) = self.state.try_lock() else { return Ok(()) };
        if let Some(waiter) = &state.waiter {
            visit.call(&waiter.callback)?;
            visit.call(&waiter.context)?;
        }
        match &state.outcome {
            Some(FutureOutcome::Result(Ok(value))) => visit.call(value),
            Some(FutureOutcome::Canceled(message)) => visit.call(message),
            _ => Ok(()),
        }
    }

    fn __clear__(&self) {
        let waiter = self.state().waiter.take();
        drop(waiter);
    }
}
