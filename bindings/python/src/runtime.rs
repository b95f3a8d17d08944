//! The tokio runtimes of this process, built at the first call and again after a fork.
//!
//! Sync calls do their I/O on the calling thread: a handover to another thread would cost more than
//! the HTTP itself. asyncio calls share one worker thread, which never touches Python.
//!
//! After a fork, the parent's threads are gone and its sockets and epoll descriptor are shared, so
//! the child builds its own runtimes and leaves the parent's alone. No lock is involved, as a lock
//! held during the fork would stay held.

use std::pin::Pin;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};
use vitable_groups::{Clock as _, SystemClock};

use crate::process;

/// How often a waiting call checks for signals such as Ctrl-C.
const TICK: Duration = Duration::from_millis(50);
/// How long calls in flight may take to stop when the interpreter exits.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// One entry per process in a chain of forks; the last one belongs to this process.
struct Slot {
    pid: u32,
    caller: Runtime,
    worker: OnceLock<Worker>,
    next: OnceLock<Box<Slot>>,
}

struct Worker {
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

static FIRST: OnceLock<Box<Slot>> = OnceLock::new();

fn failed(error: &std::io::Error) -> PyErr {
    PyRuntimeError::new_err(format!("cannot start the I/O runtime: {error}"))
}

fn slot() -> PyResult<&'static Slot> {
    let pid = process::id();
    let mut cell = &FIRST;
    loop {
        let slot = if let Some(slot) = cell.get() {
            slot
        } else {
            let caller =
                Builder::new_current_thread().enable_all().build().map_err(|e| failed(&e))?;
            let (worker, next) = (OnceLock::new(), OnceLock::new());
            cell.get_or_init(|| Box::new(Slot { pid, caller, worker, next }))
        };
        if slot.pid == pid {
            return Ok(slot);
        }
        cell = &slot.next;
    }
}

/// The runtime for asyncio calls.
pub(crate) fn worker() -> PyResult<Handle> {
    let slot = slot()?;
    if let Some(worker) = slot.worker.get() {
        return Ok(worker.handle.clone());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("vitable-groups")
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    let handle = runtime.handle().clone();
    let worker = Worker { handle, runtime: Mutex::new(Some(runtime)) };
    Ok(slot.worker.get_or_init(|| worker).handle.clone())
}

/// Stops the worker before the interpreter exits.
#[pyfunction]
pub(crate) fn shutdown(py: Python<'_>) -> PyResult<()> {
    let worker = slot()?.worker.get();
    let runtime = worker
        .and_then(|worker| worker.runtime.lock().unwrap_or_else(PoisonError::into_inner).take());
    if let Some(runtime) = runtime {
        py.detach(|| runtime.shutdown_timeout(SHUTDOWN));
    }
    Ok(())
}

/// Runs a call on this thread, without the GIL, until it completes or a signal handler raises.
pub(crate) fn block<T: Send, E: Send>(
    py: Python<'_>,
    work: impl Future<Output = Result<T, E>> + Send + Unpin,
    several_calls: bool,
) -> PyResult<Result<T, E>> {
    let caller = &slot()?.caller;
    py.detach(|| {
        let mut work = work;
        #[cfg(unix)]
        if !several_calls {
            let _entered = caller.enter();
            if let Poll::Ready(result) = vitable_groups::binding::poll_inline(Pin::new(&mut work)) {
                return Ok(result);
            }
        }
        signals()?;
        caller.block_on(async {
            // Connections are polled only during calls: let them handle what happened since.
            poll_connections().await;
            let outcome = interruptible(work).await;
            if !matches!(outcome, Ok(Ok(_))) {
                // Close the connection of an aborted call now, not during the next call.
                poll_connections().await;
            }
            outcome
        })
    })
}

/// Lets the connections of sync calls close after their client was closed.
pub(crate) fn close_connections(py: Python<'_>) -> PyResult<()> {
    block::<_, std::convert::Infallible>(py, Box::pin(async { Ok(()) }), true).map(drop)
}

async fn poll_connections() {
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
}

async fn interruptible<T>(work: impl Future<Output = T>) -> PyResult<T> {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            biased;
            result = &mut work => return Ok(result),
            () = SystemClock.sleep(TICK) => signals()?,
        }
    }
}

/// Runs signal handlers; an exception raised by one aborts the call.
///
/// A daemon thread may outlive the interpreter; then there are no handlers to run.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method is bound to one lifetime"
)]
fn signals() -> PyResult<()> {
    Python::try_attach(|attached| attached.check_signals()).unwrap_or(Ok(()))
}
