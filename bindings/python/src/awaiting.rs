//! What a coroutine awaits while its call is under way: a future that asyncio's tasks take, and that
//! goes on with its task as soon as the answer is there, without another turn of the loop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::asyncio::CancelledError;
use pyo3::exceptions::{PyBaseException, PyRuntimeError, PyStopIteration};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::job::Started;

#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Awaiting {
    event_loop: Py<PyAny>,
    /// What tasks look at: whether it was awaited, or merely yielded.
    is_blocking: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    call: Option<Started>,
    waiter: Option<Waiter>,
    end: Option<End>,
}

enum End {
    Result(PyResult<Py<PyAny>>),
    Cancelled(Option<Py<PyAny>>),
    /// The result was taken, or is not wanted.
    Over,
}

/// A task that is to go on.
struct Waiter {
    callback: Py<PyAny>,
    context: Option<Py<PyAny>>,
}

impl Awaiting {
    pub(crate) fn new(event_loop: Py<PyAny>) -> Self {
        Self { event_loop, is_blocking: AtomicBool::new(false), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call behind it, to be given up if nobody waits any more.
    pub(crate) fn begun(&self, call: Started) {
        let mut state = self.state();
        if state.end.is_none() {
            state.call = Some(call);
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state().end.is_some()
    }

    /// The call has ended; the task goes on here and now, on the loop's thread and outside of any task.
    pub(crate) fn settle(slf: &Bound<'_, Self>, result: PyResult<Py<PyAny>>) -> PyResult<()> {
        let mut state = slf.get().state();
        if state.end.is_some() {
            return Ok(());
        }
        state.end = Some(End::Result(result));
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

    fn give_up(&self, end: End) -> bool {
        let mut state = self.state();
        if state.end.is_some() {
            return false;
        }
        state.end = Some(end);
        let call = state.call.take();
        drop(state);
        if let Some(call) = call {
            call.abort();
        }
        true
    }

    /// Has the loop call a waiter, as it must not run inside of another task's step.
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

fn cancelled(py: Python<'_>, message: Option<Py<PyAny>>) -> PyErr {
    match message.filter(|message| !message.is_none(py)) {
        Some(message) => CancelledError::new_err((message,)),
        None => CancelledError::new_err(()),
    }
}

#[pymethods]
impl Awaiting {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(slf: Py<Self>, py: Python<'_>) -> PyResult<Py<Self>> {
        let this = slf.get();
        let mut state = this.state();
        match state.end.take() {
            None => {
                drop(state);
                this.is_blocking.store(true, Ordering::Relaxed);
                Ok(slf)
            }
            Some(end) => {
                state.end = Some(End::Over);
                drop(state);
                Err(match end {
                    End::Result(Ok(value)) => PyStopIteration::new_err((value,)),
                    End::Result(Err(error)) => error,
                    End::Cancelled(message) => cancelled(py, message),
                    End::Over => PyRuntimeError::new_err("this call was awaited already"),
                })
            }
        }
    }

    /// The coroutine is to end, or to handle an exception: the call is given up.
    #[pyo3(signature = (kind, value=None, traceback=None))]
    fn throw(
        &self,
        kind: Bound<'_, PyAny>,
        value: Option<Bound<'_, PyAny>>,
        traceback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.give_up(End::Over);
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
        self.give_up(End::Over);
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
        if state.end.is_none() && state.waiter.is_none() {
            state.waiter = Some(waiter);
            return Ok(());
        }
        let is_over = state.end.is_some();
        drop(state);
        if !is_over {
            return Err(PyRuntimeError::new_err("this call is awaited already"));
        }
        Self::call_soon(slf, &waiter)
    }

    fn remove_done_callback(&self, callback: &Bound<'_, PyAny>) -> PyResult<usize> {
        let mut state = self.state();
        let same = match &state.waiter {
            Some(waiter) => waiter.callback.bind(callback.py()).eq(callback)?,
            None => false,
        };
        let gone = if same { state.waiter.take() } else { None };
        drop(state);
        Ok(usize::from(gone.is_some()))
    }

    /// Tasks call it when they are cancelled; it gives the call up.
    #[pyo3(signature = (msg=None))]
    fn cancel(slf: &Bound<'_, Self>, msg: Option<Py<PyAny>>) -> PyResult<bool> {
        let this = slf.get();
        if !this.give_up(End::Cancelled(msg)) {
            return Ok(false);
        }
        let waiter = this.state().waiter.take();
        if let Some(waiter) = waiter {
            Self::call_soon(slf, &waiter)?;
        }
        Ok(true)
    }

    fn done(&self) -> bool {
        self.is_over()
    }

    fn cancelled(&self) -> bool {
        matches!(self.state().end, Some(End::Cancelled(_)))
    }

    /// A task that was woken asks whether it was cancelled; it gets the result by going on.
    fn result(&self, py: Python<'_>) -> PyResult<()> {
        match &self.state().end {
            Some(End::Cancelled(message)) => {
                Err(cancelled(py, message.as_ref().map(|message| message.clone_ref(py))))
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
        match &state.end {
            Some(End::Result(Ok(value))) => visit.call(value),
            Some(End::Cancelled(message)) => visit.call(message),
            _ => Ok(()),
        }
    }

    fn __clear__(&self) {
        let waiter = self.state().waiter.take();
        drop(waiter);
    }
}
