//! A clock that advances only when everything waits.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use jiff::Timestamp;

use crate::time::{BoxFuture, Clock};

/// A clock for tests: when nothing else can run, time jumps to the end of the earliest wait. Tests are
/// fast and deterministic.
///
/// See the [module](super) for an example.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::Clock;
/// use vitable_groups::testing::VirtualClock;
///
/// let clock = VirtualClock::new();
/// clock.run(clock.sleep(Duration::from_secs(600)));
/// assert_eq!(clock.elapsed(), Duration::from_secs(600));
/// ```
#[derive(Clone)]
pub struct VirtualClock(Arc<Mutex<State>>);

struct State {
    now: Duration,
    start: Timestamp,
    jitter: f64,
    timers: Vec<Arc<Timer>>,
}

struct Timer {
    end: Duration,
    fired: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl VirtualClock {
    /// A clock at 2026-01-15T10:30:00Z whose waits have no jitter.
    pub fn new() -> Self {
        let start = Timestamp::from_second(1_768_473_000).unwrap_or(Timestamp::UNIX_EPOCH);
        let state = State { now: Duration::ZERO, start, jitter: 0.0, timers: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Sets the jitter of all waits, a number in `[0, 1)`.
    pub fn set_jitter(&self, jitter: f64) {
        self.state().jitter = jitter;
    }

    /// Sets the time of day, as an operator or a time server would; waits are not affected.
    pub fn set_wall(&self, wall: Timestamp) {
        let mut state = self.state();
        if let Ok(start) = wall.checked_sub(state.now) {
            state.start = start;
        }
    }

    /// The time elapsed.
    pub fn elapsed(&self) -> Duration {
        self.state().now
    }

    /// Runs a future to completion, advancing the clock whenever it waits. It must wait only for this
    /// clock: use it with a [`ScriptedTransport`](super::ScriptedTransport).
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        struct Flag(AtomicBool);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Release);
            }
        }
        let flag = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return value;
            }
            if !flag.0.swap(false, Ordering::AcqRel) && !self.advance() {
                // The future waits for something other than this clock.
                std::thread::yield_now();
            }
        }
    }

    /// Advances to the end of the earliest wait; `false` if there is none.
    fn advance(&self) -> bool {
        let mut state = self.state();
        state.timers.retain(|timer| Arc::strong_count(timer) > 1);
        let earliest = state.timers.iter().map(|timer| timer.end).min();
        let Some(end) = earliest else { return false };
        state.now = state.now.max(end);
        let (due, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.timers).into_iter().partition(|timer| timer.end <= end);
        state.timers = waiting;
        drop(state);
        for timer in due {
            timer.fired.store(true, Ordering::Release);
            let waker = timer.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sleep(Arc<Timer>);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut waker = self.0.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.fired.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        *waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.state().now
    }

    fn wall(&self) -> Timestamp {
        let state = self.state();
        state.start.checked_add(state.now).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        let timer = Arc::new(Timer {
            end: state.now.saturating_add(duration),
            fired: AtomicBool::new(duration.is_zero()),
            waker: Mutex::new(None),
        });
        state.timers.push(Arc::clone(&timer));
        Box::pin(Sleep(timer))
    }

    fn jitter(&self) -> f64 {
        self.state().jitter
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VirtualClock({:?})", self.elapsed())
    }
}
