//! A call that an event loop's own thread runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use pyo3::prelude::*;
use vitable_groups::BoxFuture;

use crate::bridge::Queue;
use crate::call_future::Abort;
use crate::outcome::{CallWaiter, Outcome, internal_error};
use crate::runtime;

pub(crate) struct Task {
    queue: Arc<Queue>,
    state: Mutex<State>,
    is_queued: AtomicBool,
}

enum State {
    Idle(BoxFuture<'static, Outcome>, CallWaiter),
    /// Being polled; whether it was woken meanwhile.
    Running(bool),
    Done,
}

impl Task {
    /// Starts a call and polls it once; the loop's queue polls it from then on.
    pub(crate) fn start(
        py: Python<'_>,
        queue: Arc<Queue>,
        work: BoxFuture<'static, Outcome>,
        waiter: CallWaiter,
    ) -> PyResult<Arc<Self>> {
        let state = Mutex::new(State::Idle(work, waiter));
        let task = Arc::new(Self { queue, state, is_queued: AtomicBool::new(false) });
        task.poll(py)?;
        Ok(task)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the work, if the call is idle.
    fn begin(&self) -> State {
        let mut state = self.state();
        match *state {
            State::Idle(..) => std::mem::replace(&mut *state, State::Running(false)),
            State::Running(woken) => State::Running(woken),
            State::Done => State::Done,
        }
    }

    fn poll(self: &Arc<Self>, py: Python<'_>) -> PyResult<()> {
        // Any wake-up from here on requests another poll.
        self.is_queued.store(false, Ordering::Release);
        let Some(reactor) = self.queue.reactor() else { return Ok(()) };
        let worker = runtime::worker()?;
        let state = self.begin();
        let State::Idle(mut work, waiter) = state else { return Ok(()) };
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        // The worker's runtime resolves names and runs timers.
        let entered = worker.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            self.queue.within(|| reactor.poll(work.as_mut(), &mut cx))
        }));
        drop(entered);
        let outcome = match polled {
            Ok(Poll::Ready(outcome)) => outcome,
            Err(_) => internal_error(),
            Ok(Poll::Pending) => {
                let mut state = self.state();
                if let State::Running(woken) = *state {
                    *state = State::Idle(work, waiter);
                    drop(state);
                    if woken {
                        waker.wake();
                    }
                }
                return Ok(());
            }
        };
        *self.state() = State::Done;
        if self.queue.has_work() {
            // Work that the call has queued, such as progress callbacks, comes first.
            self.queue.push(move |py| waiter.complete(py, outcome));
            return Ok(());
        }
        waiter.complete(py, outcome)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        // A wake-up during a poll; most often, that poll is the last one.
        if let State::Running(woken) = &mut *self.state() {
            *woken = true;
            return;
        }
        if !self.is_queued.swap(true, Ordering::AcqRel) {
            let queue = Arc::clone(&self.queue);
            queue.push(move |py| self.poll(py));
        }
    }
}

impl Abort for Task {
    fn abort(&self) {
        let aborted = std::mem::replace(&mut *self.state(), State::Done);
        drop(aborted);
    }
}
