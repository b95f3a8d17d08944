//! Between asyncio and calls: one queue per event loop. The loop watches one descriptor for all of
//! its connections, and empties the queue on its own thread, so that many results cost one wake-up
//! and none a change of threads. A loop that cannot watch descriptors leaves its calls to the worker
//! thread, which never touches Python.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PySystemExit};
use pyo3::prelude::*;
use tokio::sync::oneshot;
#[cfg(unix)]
use vitable_groups::Reactor;

/// What the loop's thread is to do.
type Work = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Wake,
}

#[derive(Default)]
struct Waiting {
    work: Vec<Work>,
    /// The loop's thread is at it and will look again.
    is_awake: bool,
}

enum Wake {
    #[cfg(unix)]
    Reactor(Arc<Reactor>),
    /// `loop.call_soon_threadsafe` with the drain, for loops that cannot watch descriptors.
    Callable(Py<PyAny>),
}

tokio::task_local! {
    /// The queue of the loop that the running call belongs to.
    static QUEUE: Arc<Queue>;
}

impl Queue {
    pub(crate) fn push(&self, work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
        let mut waiting = self.waiting();
        waiting.work.push(Box::new(work));
        let sleeps = waiting.work.len() == 1 && !waiting.is_awake;
        drop(waiting);
        if sleeps {
            self.wake();
        }
    }

    #[cfg(unix)]
    pub(crate) fn has_work(&self) -> bool {
        !self.waiting().work.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        match &self.wake {
            #[cfg(unix)]
            Wake::Reactor(reactor) => reactor.wake(),
            Wake::Callable(callable) => Python::attach(|py| drop(callable.call0(py))),
        }
    }

    /// What the loop's own thread polls calls with.
    #[cfg(unix)]
    pub(crate) fn reactor(&self) -> Option<&Arc<Reactor>> {
        match &self.wake {
            Wake::Reactor(reactor) => Some(reactor),
            Wake::Callable(_) => None,
        }
    }

    /// Runs a call's future with this queue as the way back to its loop.
    pub(crate) async fn scope<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        QUEUE.scope(self, work).await
    }

    /// Polls a call with this queue as the way back to its loop.
    #[cfg(unix)]
    pub(crate) fn within<T>(self: &Arc<Self>, poll: impl FnOnce() -> T) -> T {
        QUEUE.sync_scope(Arc::clone(self), poll)
    }

    /// Leaves work to the next time: the loop is about to end, and may run again.
    fn put_back(&self, mut work: Vec<Work>) {
        let mut waiting = self.waiting();
        work.append(&mut waiting.work);
        let is_empty = work.is_empty();
        *waiting = Waiting { work, is_awake: false };
        drop(waiting);
        if !is_empty {
            self.wake();
        }
    }

    /// The next batch of work; none when all is done.
    fn take(&self) -> Vec<Work> {
        let mut waiting = self.waiting();
        waiting.is_awake = !waiting.work.is_empty();
        std::mem::take(&mut waiting.work)
    }
}

/// The loop's end of a queue.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Completions {
    pub(crate) queue: Arc<Queue>,
}

#[pymethods]
impl Completions {
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
        Ok(Self { queue: Arc::new(Queue { waiting: Mutex::default(), wake }) })
    }

    #[cfg(unix)]
    fn fileno(&self) -> Option<i32> {
        self.queue.reactor().map(|reactor| std::os::fd::AsRawFd::as_raw_fd(&**reactor))
    }

    /// Does what is to be done; on the loop's thread.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        #[cfg(unix)]
        if let Some(reactor) = self.queue.reactor() {
            self.queue.waiting().is_awake = true;
            reactor.dispatch()?;
        }
        loop {
            let mut work = self.queue.take().into_iter();
            if work.len() == 0 {
                break;
            }
            while let Some(next) = work.next() {
                // One that panics must not take the others with it: their calls would never end.
                match contained(|| next(py)) {
                    Err(error) if ends_the_loop(py, &error) => {
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

/// Puts work in the queue of the loop that the running call belongs to.
pub(crate) fn push(work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
    if let Ok(queue) = QUEUE.try_with(Arc::clone) {
        queue.push(work);
    }
}

/// What asyncio lets through as well: a task that is told to end the program.
fn ends_the_loop(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyKeyboardInterrupt>(py) || error.is_instance_of::<PySystemExit>(py)
}

/// A panic becomes an ordinary exception.
pub(crate) fn contained<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(PyRuntimeError::new_err("a fault of vitable-groups: a panic")))
}

/// Takes the result of something awaited on the loop; a callback of a task.
#[pyclass(module = "vitable_groups._native")]
struct Reply(Option<oneshot::Sender<PyResult<Py<PyAny>>>>);

#[pymethods]
impl Reply {
    fn __call__(&mut self, task: &Bound<'_, PyAny>) {
        if let Some(reply) = self.0.take() {
            // The request may have been given up meanwhile.
            let _ = reply.send(contained(|| task.call_method0("result").map(Bound::unbind)));
        }
    }
}

/// Ends the task if the request that waits for it is given up.
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

/// Calls Python on the loop of the running call; what it returns is awaited there if it can be.
pub(crate) async fn on_loop(
    start: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    let queue = QUEUE
        .try_with(Arc::clone)
        .map_err(|_| PyRuntimeError::new_err("this client needs a running event loop"))?;
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
            Ok(made) => {
                *task.lock().unwrap_or_else(PoisonError::into_inner) = Some(made.clone().unbind());
                made.call_method1("add_done_callback", (Reply(Some(sender)),))?;
            }
        }
        Ok(())
    });
    let result = receiver.await;
    // Finished by itself: nothing to cancel.
    cancel.task.lock().unwrap_or_else(PoisonError::into_inner).take();
    result.unwrap_or_else(|_| Err(PyRuntimeError::new_err("the event loop ended")))
}
