//! The bridge between asyncio and calls: one queue per event loop. The loop watches one descriptor
//! for all of its connections and drains the queue on its own thread, so that many results cost one
//! wake-up and no thread switch. If a loop cannot watch descriptors, a worker thread that never
//! touches Python runs its calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PySystemExit};
use pyo3::prelude::*;
use tokio::sync::oneshot;
#[cfg(unix)]
use vitable_groups::binding::Reactor;

/// Work for the loop's thread.
type Work = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

pub(crate) struct Queue {
    pending: Mutex<Pending>,
    wake: Wake,
}

#[derive(Default)]
struct Pending {
    work: Vec<Work>,
    /// The loop's thread is draining the queue and will check it again.
    is_draining: bool,
}

enum Wake {
    #[cfg(unix)]
    Reactor(Arc<Reactor>),
    /// Schedules the drain by `loop.call_soon_threadsafe`, for loops that cannot watch descriptors.
    Callable(Py<PyAny>),
}

tokio::task_local! {
    /// The queue of the loop that the running call belongs to.
    static QUEUE: Arc<Queue>;
}

impl Queue {
    pub(crate) fn push(&self, work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
        let mut pending = self.pending();
        pending.work.push(Box::new(work));
        let must_wake = pending.work.len() == 1 && !pending.is_draining;
        drop(pending);
        if must_wake {
            self.wake();
        }
    }

    #[cfg(unix)]
    pub(crate) fn has_work(&self) -> bool {
        !self.pending().work.is_empty()
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        match &self.wake {
            #[cfg(unix)]
            Wake::Reactor(reactor) => reactor.wake(),
            Wake::Callable(callable) => Python::attach(|py| drop(callable.call0(py))),
        }
    }

    /// The reactor with which the loop's own thread polls calls.
    #[cfg(unix)]
    pub(crate) fn reactor(&self) -> Option<&Arc<Reactor>> {
        match &self.wake {
            Wake::Reactor(reactor) => Some(reactor),
            Wake::Callable(_) => None,
        }
    }

    /// Runs a call's future; its callbacks reach the loop through this queue.
    pub(crate) async fn scope<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        QUEUE.scope(self, work).await
    }

    /// Polls a call; its callbacks reach the loop through this queue.
    #[cfg(unix)]
    pub(crate) fn within<T>(self: &Arc<Self>, poll: impl FnOnce() -> T) -> T {
        QUEUE.sync_scope(Arc::clone(self), poll)
    }

    /// Keeps work for later: the loop is about to stop and may run again.
    fn put_back(&self, mut work: Vec<Work>) {
        let mut pending = self.pending();
        work.append(&mut pending.work);
        let is_empty = work.is_empty();
        *pending = Pending { work, is_draining: false };
        drop(pending);
        if !is_empty {
            self.wake();
        }
    }

    /// Takes the next batch of work; empty if there is none.
    fn take(&self) -> Vec<Work> {
        let mut pending = self.pending();
        pending.is_draining = !pending.work.is_empty();
        std::mem::take(&mut pending.work)
    }
}

/// The loop's end of a queue.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct CompletionQueue {
    pub(crate) queue: Arc<Queue>,
}

#[pymethods]
impl CompletionQueue {
    /// A queue that wakes the loop through `fileno()`, or by calling `wake`.
    #[new]
    #[pyo3(signature = (wake=None))]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        let wake = match wake {
            Some(callable) => Wake::Callable(callable),
            #[cfg(unix)]
            None => Wake::Reactor(Arc::new(Reactor::new()?)),
            #[cfg(not(unix))]
            None => return Err(PyRuntimeError::new_err("pass the callable that wakes the loop")),
        };
        Ok(Self { queue: Arc::new(Queue { pending: Mutex::default(), wake }) })
    }

    #[cfg(unix)]
    fn fileno(&self) -> Option<i32> {
        self.queue.reactor().map(|reactor| std::os::fd::AsRawFd::as_raw_fd(&**reactor))
    }

    /// Runs the queued work; on the loop's thread.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        #[cfg(unix)]
        if let Some(reactor) = self.queue.reactor() {
            self.queue.pending().is_draining = true;
            reactor.dispatch()?;
        }
        loop {
            let mut work = self.queue.take().into_iter();
            if work.len() == 0 {
                break;
            }
            while let Some(next) = work.next() {
                // A panic must not stop the rest of the work: its calls would never complete.
                match contained(|| next(py)) {
                    Err(error) if stops_the_loop(py, &error) => {
                        self.queue.put_back(work.collect());
                        return Err(error);
                    }
                    Err(error) => error.write_unraisable(py, None),
                    Ok(()) => {}
                }
            }
        }
        crate::logs::drain(py);
        Ok(())
    }
}

/// Queues work for the loop that the running call belongs to.
pub(crate) fn push(work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
    if let Ok(queue) = QUEUE.try_with(Arc::clone) {
        queue.push(work);
    }
}

/// Whether an exception stops the loop, as in asyncio.
fn stops_the_loop(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyKeyboardInterrupt>(py) || error.is_instance_of::<PySystemExit>(py)
}

/// Runs Python code; a panic becomes an ordinary exception.
pub(crate) fn contained<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(PyRuntimeError::new_err("a bug in vitable-groups: a panic")))
}

/// A task's done callback, which sends the task's result to the waiting request.
#[pyclass(module = "vitable_groups._native")]
struct DoneCallback(Option<oneshot::Sender<PyResult<Py<PyAny>>>>);

#[pymethods]
impl DoneCallback {
    fn __call__(&mut self, task: &Bound<'_, PyAny>) {
        if let Some(sender) = self.0.take() {
            // The request may have been aborted meanwhile.
            let _ = sender.send(contained(|| task.call_method0("result").map(Bound::unbind)));
        }
    }
}

/// Cancels the task if the request that waits for it is aborted.
struct Cancel {
    queue: Arc<Queue>,
    task: Arc<Mutex<Option<Py<PyAny>>>>,
}

impl Drop for Cancel {
    fn drop(&mut self) {
        let task = Arc::clone(&self.task);
        self.queue.push(move |py| {
            let task = task.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(task) = task {
                task.call_method0(py, "cancel")?;
            }
            Ok(())
        });
    }
}

/// Calls Python on the loop of the running call; an awaitable that it returns is awaited there.
pub(crate) async fn on_loop(
    start: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    let queue = QUEUE
        .try_with(Arc::clone)
        .map_err(|_| PyRuntimeError::new_err("this client requires a running event loop"))?;
    let (sender, receiver) = oneshot::channel();
    let task = Arc::new(Mutex::new(None));
    let cancel = Cancel { queue: Arc::clone(&queue), task: Arc::clone(&task) };
    queue.push(move |py| {
        let started = contained(|| {
            let value = start(py)?;
            py.import("vitable_groups._aio")?.call_method1("ensure_task", (value,))
        });
        match started {
            Err(error) => drop(sender.send(Err(error))),
            Ok(future) => {
                *task.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(future.clone().unbind());
                future.call_method1("add_done_callback", (DoneCallback(Some(sender)),))?;
            }
        }
        Ok(())
    });
    let result = receiver.await;
    // The task has finished: there is nothing to cancel.
    cancel.task.lock().unwrap_or_else(PoisonError::into_inner).take();
    result.unwrap_or_else(|_| Err(PyRuntimeError::new_err("the event loop was closed")))
}
