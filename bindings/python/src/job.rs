//! One call under way, whatever it is: run to its end on this thread, or started for an event loop.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyType};
use serde::Serialize;
use serde_json::json;
use vitable_groups::{ApplyResult, BoxFuture, Error, ErrorKind};

use crate::answer::Answer;
use crate::awaiting::Awaiting;
use crate::bridge::Completions;
use crate::error::{self, Asked};
use crate::pages::Fresh;
use crate::roster::Roster;
use crate::stream::OpenAnswer;
#[cfg(unix)]
use crate::task::Task;
use crate::{logs, runtime};

/// What a job comes to.
pub(crate) enum Output {
    Nothing,
    Json(Vec<u8>),
    /// JSON of the facts, and what the group holds.
    ApplyResult(Vec<u8>, Option<Roster>),
    Answer(Answer),
    /// A page's items; those of a page that has none are `Empty`.
    Items(Fresh),
    Empty,
    Open(OpenAnswer),
    Piece(Option<Bytes>),
}

/// What went wrong: in the core, or in code of the caller that ran on the way.
pub(crate) enum Fault {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

pub(crate) type Outcome = Result<Output, Fault>;

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
            Self::Answer(answer) if class.is_some() && answer.is_plain() => {
                let class = class.map(|class| class.bind(py));
                answer.decoded(py, class)?.unbind()
            }
            Self::Nothing | Self::Piece(None) => py.None(),
            Self::Json(text) => PyBytes::new(py, &text).into_any().unbind(),
            Self::ApplyResult(text, held) => {
                (PyBytes::new(py, &text), held).into_pyobject(py)?.into_any().unbind()
            }
            Self::Piece(Some(piece)) => PyBytes::new(py, &piece).into_any().unbind(),
            Self::Answer(answer) => Py::new(py, answer)?.into_any(),
            Self::Items(items) => items.into_python(py, class)?,
            Self::Empty => PyList::empty(py).into_any().unbind(),
            Self::Open(answer) => Py::new(py, answer)?.into_any(),
        })
    }
}

fn text_of(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("a result cannot be written: {error}"))
    })
}

/// A call that is ready to run, once.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Job {
    asked: Option<Asked>,
    work: Mutex<Option<BoxFuture<'static, Outcome>>>,
    /// It makes several calls: some at the same time, or with a callback after each that may end
    /// them. A thread that waits at one socket would see neither.
    several: bool,
    class: Option<Py<PyType>>,
}

impl Job {
    pub(crate) fn new(
        asked: Option<Asked>,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        Self { asked, work: Mutex::new(Some(Box::pin(work))), several: false, class: None }
    }

    pub(crate) fn several(self, several: bool) -> Self {
        Self { several, ..self }
    }

    /// An answer that is JSON comes as a model of the class.
    pub(crate) fn decoded_as(self, class: Option<Py<PyType>>) -> Self {
        Self { class, ..self }
    }

    fn take(&self) -> PyResult<BoxFuture<'static, Outcome>> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| PyRuntimeError::new_err("this call was made already"))
    }
}

#[pymethods]
impl Job {
    /// Runs to the end on this thread, without the GIL; Ctrl-C ends it.
    fn run(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let work = Box::pin(guarded(self.take()?));
        let outcome = runtime::block(py, work, self.several);
        logs::drain(py);
        let class = self.class.as_ref();
        finish(py, outcome?, self.asked.as_ref(), class)
    }

    /// Starts it for a loop; what it comes to is awaited there.
    fn start<'py>(
        &self,
        py: Python<'py>,
        completions: &Completions,
        event_loop: Py<PyAny>,
    ) -> PyResult<Bound<'py, Awaiting>> {
        let queue = Arc::clone(&completions.queue);
        let awaiting = Bound::new(py, Awaiting::new(event_loop))?;
        let asker = Asker {
            awaiting: awaiting.clone().unbind(),
            asked: self.asked.clone(),
            class: self.class.as_ref().map(|class| class.clone_ref(py)),
        };
        let work = self.take()?;
        #[cfg(unix)]
        if queue.reactor().is_some() {
            awaiting.get().begun(Started::OnLoop(Task::start(py, queue, work, asker)?));
            return Ok(awaiting);
        }
        let task = Arc::clone(&queue).scope(async move {
            let outcome = guarded(work).await;
            queue.push(move |py| asker.tell(py, outcome));
        });
        awaiting.get().begun(Started::OnWorker(runtime::worker()?.spawn(task).abort_handle()));
        Ok(awaiting)
    }
}

/// A call that is under way for a loop.
pub(crate) enum Started {
    OnWorker(tokio::task::AbortHandle),
    #[cfg(unix)]
    OnLoop(Arc<Task>),
}

impl Started {
    /// Gives it up.
    pub(crate) fn abort(&self) {
        match self {
            Self::OnWorker(handle) => handle.abort(),
            #[cfg(unix)]
            Self::OnLoop(task) => task.abort(),
        }
    }
}

/// A panic of the core becomes an ordinary error.
async fn guarded(work: BoxFuture<'static, Outcome>) -> Outcome {
    std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| fault())
}

pub(crate) fn fault() -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let message = format!("a fault of vitable-groups {version}; please report it");
    Err(Error::new(ErrorKind::Internal, message).into())
}

fn finish(
    py: Python<'_>,
    outcome: Outcome,
    asked: Option<&Asked>,
    class: Option<&Py<PyType>>,
) -> PyResult<Py<PyAny>> {
    match outcome {
        Ok(output) => output.into_python(py, class),
        Err(Fault::Core(error)) => Err(error::to_python(py, &error, asked)),
        Err(Fault::Python(error)) => Err(error),
    }
}

/// Who waits for a call on an event loop.
pub(crate) struct Asker {
    awaiting: Py<Awaiting>,
    asked: Option<Asked>,
    class: Option<Py<PyType>>,
}

impl Asker {
    pub(crate) fn tell(self, py: Python<'_>, outcome: Outcome) -> PyResult<()> {
        let awaiting = self.awaiting.bind(py);
        if awaiting.get().is_over() {
            return Ok(());
        }
        let result = finish(py, outcome, self.asked.as_ref(), self.class.as_ref());
        Awaiting::settle(awaiting, result)
    }
}
