//! Hands calls over to the runtime and their results back to JavaScript, in batches: calls that start
//! together are submitted together, and one wake-up delivers all results.
//!
//! A hand-over between the two threads costs as much as the HTTP of a small response.

#![allow(dead_code)] // in tests, nothing is exported

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{Array, spawn};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status};
use napi_derive::napi;

use crate::native_response::NativeResponse;
use crate::slab::Slab;

/// Notifies JavaScript that calls have completed. It does not keep the process alive.
pub(crate) type WakeFn = ThreadsafeFunction<(), (), (), Status, false, true>;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// With this many results, JavaScript is woken at once, even if the runtime has more work.
const WAKE_BATCH: usize = 64;

/// Where the calls of one JavaScript thread start and complete.
#[napi]
pub struct CompletionQueue {
    pub(crate) queue: Arc<Queue>,
    slot: u32,
}

/// Calls that were started but not submitted, and results that were not drained.
pub(crate) struct Queue {
    started: Mutex<Vec<Job>>,
    completed: Mutex<Vec<(u32, Option<NativeResponse>)>>,
    wake: WakeFn,
}

thread_local! {
    static QUEUES: RefCell<Slab<Arc<Queue>>> = const { RefCell::new(Slab::new()) };
    static IN_RUNTIME: Cell<bool> = const { Cell::new(false) };
    /// Queues to notify before this thread of the runtime parks.
    static PENDING_WAKES: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) };
}

/// Marks a thread as one of the runtime's.
pub(crate) fn on_thread_start() {
    IN_RUNTIME.set(true);
}

/// Sends the pending notifications when the runtime has no work left.
pub(crate) fn on_thread_park() {
    // Taken first: waking a thread may run this function again.
    let pending = PENDING_WAKES.take();
    for queue in pending {
        queue.notify();
    }
}

#[napi]
impl CompletionQueue {
    /// Creates a queue that calls `wake` when calls have completed.
    #[napi(constructor)]
    pub fn new(wake: WakeFn) -> Self {
        let queue =
            Arc::new(Queue { started: Mutex::default(), completed: Mutex::default(), wake });
        let slot = QUEUES.with_borrow_mut(|queues| queues.insert(Arc::clone(&queue)));
        Self { queue, slot }
    }

    /// The slot that [`flush`] and [`drain`] take.
    #[napi(getter)]
    pub fn slot(&self) -> u32 {
        self.slot
    }
}

impl Drop for CompletionQueue {
    fn drop(&mut self) {
        QUEUES.try_with(|queues| queues.borrow_mut().remove(self.slot)).unwrap_or_default();
    }
}

/// Submits the started calls. A function, as calling a method costs several times as much.
#[napi(catch_unwind)]
pub fn flush(queue: u32) {
    let Some(queue) = QUEUES.with_borrow(|queues| queues.get(queue)) else { return };
    let mut jobs = std::mem::take(&mut *locked(&queue.started));
    match (jobs.pop(), jobs.is_empty()) {
        (Some(job), true) => drop(spawn(job)),
        (Some(last), false) => {
            jobs.push(last);
            drop(spawn(async move {
                for job in jobs {
                    drop(tokio::spawn(job));
                }
            }));
        }
        (None, _) => {}
    }
}

/// The completed calls: for each its id, and the three parts of its response.
#[napi(catch_unwind)]
pub fn drain(env: &Env, queue: u32) -> Result<Array<'_>> {
    let queue = QUEUES.with_borrow(|queues| queues.get(queue));
    let completed =
        queue.map(|queue| std::mem::take(&mut *locked(&queue.completed))).unwrap_or_default();
    let mut parts = env.create_array(0)?;
    for (index, (call_id, response)) in (0..).step_by(4).zip(completed) {
        parts.set(index, call_id)?;
        match response {
            Some(response) => response.write(*env, &mut parts, index + 1)?,
            None => parts.set(index + 3, ())?,
        }
    }
    Ok(parts)
}

impl Queue {
    fn push(self: &Arc<Self>, call_id: u32, response: Option<NativeResponse>) {
        let mut completed = locked(&self.completed);
        completed.push((call_id, response));
        let count = completed.len();
        drop(completed);
        // JavaScript drains all results at once, so that the first one is enough to wake it.
        match count {
            1 if IN_RUNTIME.get() => {
                PENDING_WAKES.with_borrow_mut(|pending| pending.push(Arc::clone(self)));
            }
            1 | WAKE_BATCH => self.notify(),
            _ => {}
        }
    }

    fn notify(&self) {
        // This fails only when the JavaScript thread has ended.
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Runs a future off the event loop once it is [flushed](flush). Its result is delivered under
    /// the id of the call.
    pub(crate) fn start(
        self: &Arc<Self>,
        call_id: u32,
        work: impl Future<Output = Option<NativeResponse>> + Send + 'static,
    ) {
        let mut guard = CompletionGuard { queue: Some(Arc::clone(self)), call_id };
        let job = Box::pin(async move {
            let response = work.await;
            if let Some(queue) = guard.queue.take() {
                queue.push(guard.call_id, response);
            }
        });
        locked(&self.started).push(job);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Completes a call with an error if its future panics.
struct CompletionGuard {
    queue: Option<Arc<Queue>>,
    call_id: u32,
}

impl Drop for CompletionGuard {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.push(self.call_id, Some(NativeResponse::panicked()));
        }
    }
}
