//! A call that an event loop's own thread drives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use pyo3::prelude::*;
use vitable_groups::BoxFuture;

use crate::bridge::Queue;
use crate::job::{Asker, Outcome, fault};
use crate::runtime;

pub(crate) struct Task {
    queue: Arc<Queue>,
    state: Mutex<State>,
    is_queued: AtomicBool,
}

enum State {
    Idle(BoxFuture<'static, Outcome>, Asker),
    /// And whether it was woken meanwhile.
    Running(bool),
    Over,
}

impl Task {
    /// Runs a call as far as it goes without waiting; the loop's queue runs the rest.
    pub(crate) fn start(
        py: Python<'_>,
        queue: Arc<Queue>,
        work: BoxFuture<'static, Outcome>,
        asker: Asker,
    ) -> PyResult<Arc<Self>> {
        let state = Mutex::new(State::Idle(work, asker));
        let task = Arc::new(Self { queue, state, is_queued: AtomicBool::new(false) });
        task.poll(py)?;
        Ok(task)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the work out, if there is any.
    fn begin(&self) -> State {
        let mut state = self.state();
        match *state {
            State::Idle(..) => std::mem::replace(&mut *state, State::Running(false)),
            State::Running(woken) => State::Running(woken),
            State::Over => State::Over,
        }
    }

    fn poll(self: &Arc<Self>, py: Python<'_>) -> PyResult<()> {
        // What wakes it from here on asks for another poll.
        self.is_queued.store(false, Ordering::Release);
        let Some(reactor) = self.queue.reactor() else { return Ok(()) };
        let worker = runtime::worker()?;
        let state = self.begin();
        let State::Idle(mut work, asker) = state else { return Ok(()) };
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        // Names and timers are the worker's.
        let entered = worker.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            self.queue.within(|| reactor.poll(work.as_mut(), &mut cx))
        }));
        drop(entered);
        let outcome = match polled {
            Ok(Poll::Ready(outcome)) => outcome,
            Err(_) => fault(),
            Ok(Poll::Pending) => {
                let mut state = self.state();
                if let State::Running(woken) = *state {
                    *state = State::Idle(work, asker);
                    drop(state);
                    if woken {
                        waker.wake();
                    }
                }
                return Ok(());
            }
        };
        *self.state() = State::Over;
        if self.queue.has_work() {
            // What it left to be done, such as telling its progress, comes first.
            self.queue.push(move |py| asker.tell(py, outcome));
            return Ok(());
        }
        asker.tell(py, outcome)
    }

    /// Gives it up, on the loop's thread.
    pub(crate) fn abort(&self) {
        let given_up = std::mem::replace(&mut *self.state(), State::Over);
        drop(given_up);
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        // Its own parts wake each other while it is polled; most often that poll is the last.
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
