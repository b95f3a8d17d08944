//! Between asyncio and the worker thread: one queue per event loop. The worker puts results and
//! requests for work in and writes one byte to wake the loop; the loop empties the queue on its own
//! thread. So the worker never touches Python, and many results cost one wake-up.

use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::oneshot;

/// What the loop's thread is to do.
type Work = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

pub(crate) struct Queue {
    work: Mutex<Vec<Work>>,
    wake: Wake,
}

enum Wake {
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
    /// `loop.call_soon_threadsafe` with the drain, for loops that cannot watch sockets.
    Callable(Py<PyAny>),
}

tokio::task_local! {
    /// The queue of the loop that the running call belongs to.
    static QUEUE: Arc<Queue>;
}

impl Queue {
    pub(crate) fn push(&self, work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
        let mut queue = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push(Box::new(work));
        let was_empty = queue.len() == 1;
        drop(queue);
        if was_empty {
            self.wake();
        }
    }

    fn wake(&self) {
        match &self.wake {
            // A full socket wakes the loop as well; a loop that is gone needs no waking.
            #[cfg(unix)]
            Wake::Socket(socket) => drop((&*socket).write(&[1])),
            Wake::Callable(callable) => Python::attach(|py| drop(callable.call0(py))),
        }
    }

    /// Runs a call's future with this queue as the way back to its loop.
    pub(crate) async fn scope<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        QUEUE.scope(self, work).await
    }
}

/// The loop's end of a queue.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Completions {
    pub(crate) queue: Arc<Queue>,
    #[cfg(unix)]
    reader: Option<std::os::unix::net::UnixStream>,
}

#[pymethods]
impl Completions {
    /// A queue that wakes the loop through `fileno()`, or by calling `wake`.
    #[new]
    #[pyo3(signature = (wake=None))]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        let work = Mutex::default();
        if let Some(callable) = wake {
            let queue = Arc::new(Queue { work, wake: Wake::Callable(callable) });
            #[cfg(unix)]
            return Ok(Self { queue, reader: None });
            #[cfg(not(unix))]
            return Ok(Self { queue });
        }
        Self::with_socket(work)
    }

    #[cfg(unix)]
    fn fileno(&self) -> Option<i32> {
        self.reader.as_ref().map(std::os::fd::AsRawFd::as_raw_fd)
    }

    /// Does what is queued; on the loop's thread.
    fn drain(&self, py: Python<'_>) {
        #[cfg(unix)]
        if let Some(reader) = &self.reader {
            let mut bytes = [0; 64];
            let _ = (&*reader).read(&mut bytes);
        }
        let work =
            std::mem::take(&mut *self.queue.work.lock().unwrap_or_else(PoisonError::into_inner));
        for work in work {
            // One that panics must not take the others with it: their calls would never end.
            if let Err(error) = contained(|| work(py)) {
                error.write_unraisable(py, None);
            }
        }
        crate::logs::drain(py);
    }
}

impl Completions {
    #[cfg(unix)]
    fn with_socket(work: Mutex<Vec<Work>>) -> PyResult<Self> {
        let (reader, writer) = std::os::unix::net::UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        let queue = Arc::new(Queue { work, wake: Wake::Socket(writer) });
        Ok(Self { queue, reader: Some(reader) })
    }

    #[cfg(not(unix))]
    fn with_socket(_: Mutex<Vec<Work>>) -> PyResult<Self> {
        Err(PyRuntimeError::new_err("pass the callable that wakes the loop"))
    }
}

/// Puts work in the queue of the loop that the running call belongs to.
pub(crate) fn push(work: impl FnOnce(Python<'_>) -> PyResult<()> + Send + 'static) {
    if let Ok(queue) = QUEUE.try_with(Arc::clone) {
        queue.push(work);
    }
}

/// A panic becomes an ordinary exception.
fn contained<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
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
