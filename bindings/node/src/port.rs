//! The way to the runtime and back: what JavaScript starts together is handed over together, and
//! what ends together is fetched by one wake-up.
//!
//! Each hand-over between the two threads costs as much as the HTTP of a small answer.

#![allow(dead_code)] // in tests, nothing is exported

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{Array, spawn};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status};
use napi_derive::napi;

use crate::numbered::Numbered;
use crate::reply::Reply;

/// Tells JavaScript to take what ended. It does not keep the process alive.
pub(crate) type WakeFn = ThreadsafeFunction<(), (), (), Status, false, true>;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// So many ended calls are told at once, though the runtime has more to do.
const MANY: usize = 64;

/// Where calls of one JavaScript thread start and end.
#[napi]
pub struct Port {
    pub(crate) calls: Arc<Calls>,
    number: u32,
}

/// Calls that were started and not handed over, and those that ended and were not taken.
pub(crate) struct Calls {
    started: Mutex<Vec<Job>>,
    ended: Mutex<Vec<(u32, Option<Reply>)>>,
    wake: WakeFn,
}

thread_local! {
    static PORTS: RefCell<Numbered<Arc<Calls>>> = const { RefCell::new(Numbered::new()) };
    static IN_RUNTIME: Cell<bool> = const { Cell::new(false) };
    /// Ports that have to be told before this thread of the runtime sleeps.
    static DUE: RefCell<Vec<Arc<Calls>>> = const { RefCell::new(Vec::new()) };
}

/// What a thread of the runtime does first.
pub(crate) fn thread_started() {
    IN_RUNTIME.set(true);
}

/// What a thread of the runtime does when it has nothing left to do.
pub(crate) fn thread_sleeps() {
    // Taken out before, as a thread that is woken may come back here.
    let due = DUE.take();
    for port in due {
        port.tell();
    }
}

#[napi]
impl Port {
    /// Calls `wake` when something ended.
    #[napi(constructor)]
    pub fn new(wake: WakeFn) -> Self {
        let calls = Arc::new(Calls { started: Mutex::default(), ended: Mutex::default(), wake });
        let number = PORTS.with_borrow_mut(|ports| ports.add(Arc::clone(&calls)));
        Self { calls, number }
    }

    /// The number by which the functions below know it.
    #[napi(getter)]
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        PORTS.try_with(|ports| ports.borrow_mut().remove(self.number)).unwrap_or_default();
    }
}

/// Hands over what was started. A function, as methods cost several times as much to call.
#[napi(catch_unwind)]
pub fn flush(port: u32) {
    let Some(calls) = PORTS.with_borrow(|ports| ports.get(port)) else { return };
    let mut jobs = std::mem::take(&mut *locked(&calls.started));
    match (jobs.pop(), jobs.is_empty()) {
        (Some(job), true) => drop(spawn(job)),
        (Some(last), false) => {
            jobs.push(last);
            drop(spawn(async move { jobs.into_iter().for_each(|job| drop(tokio::spawn(job))) }));
        }
        (None, _) => {}
    }
}

/// What ended: for each call its number, and the three parts of its reply.
#[napi(catch_unwind)]
pub fn take(env: &Env, port: u32) -> Result<Array<'_>> {
    let calls = PORTS.with_borrow(|ports| ports.get(port));
    let ended = calls.map(|calls| std::mem::take(&mut *locked(&calls.ended))).unwrap_or_default();
    let mut parts = env.create_array(0)?;
    for (place, (call, reply)) in (0..).step_by(4).zip(ended) {
        parts.set(place, call)?;
        match reply {
            Some(reply) => reply.write(env, &mut parts, place + 1)?,
            None => parts.set(place + 3, ())?,
        }
    }
    Ok(parts)
}

impl Calls {
    fn push(self: &Arc<Self>, call: u32, reply: Option<Reply>) {
        let mut ended = locked(&self.ended);
        ended.push((call, reply));
        let count = ended.len();
        drop(ended);
        // Whoever takes the first takes the others too.
        match count {
            1 if IN_RUNTIME.get() => DUE.with_borrow_mut(|due| due.push(Arc::clone(self))),
            1 | MANY => self.tell(),
            _ => {}
        }
    }

    fn tell(&self) {
        // A failure means that nobody is left to be told.
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Runs work beside the event loop once it is [flushed](flush); its end goes to the
    /// call's place in JavaScript.
    pub(crate) fn start(
        self: &Arc<Self>,
        call: u32,
        work: impl Future<Output = Option<Reply>> + Send + 'static,
    ) {
        let mut ticket = Ticket { ended: Some(Arc::clone(self)), call };
        let job = Box::pin(async move {
            let reply = work.await;
            if let Some(ended) = ticket.ended.take() {
                ended.push(ticket.call, reply);
            }
        });
        locked(&self.started).push(job);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call that has to end, also where its work panics.
struct Ticket {
    ended: Option<Arc<Calls>>,
    call: u32,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(ended) = self.ended.take() {
            ended.push(self.call, Some(Reply::lost()));
        }
    }
}
