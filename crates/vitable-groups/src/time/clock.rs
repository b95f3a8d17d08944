//! Clocks, which a client uses for time and waits.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A boxed future, as returned by asynchronous methods of trait objects.
///
/// ```
/// let future: vitable_groups::BoxFuture<'_, i32> = Box::pin(async { 1 });
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The clock of a client, for time and waits.
///
/// [`SystemClock`] is the real one; [`testing::VirtualClock`](crate::testing::VirtualClock) advances
/// only when everything waits.
///
/// ```
/// use vitable_groups::{Clock, SystemClock};
///
/// let clock = SystemClock;
/// assert!(clock.now() <= clock.now());
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Monotonic time since a fixed point.
    fn now(&self) -> Duration;

    /// The time of day.
    fn wall(&self) -> jiff::Timestamp;

    /// Waits for `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A number in `[0, 1)` for the jitter of waits, so that clients do not retry simultaneously.
    fn jitter(&self) -> f64 {
        super::jitter::fraction()
    }
}

/// The system's clock; waits need a tokio runtime.
///
/// ```
/// use vitable_groups::{Clock, SystemClock};
///
/// assert!(SystemClock.wall() > "2026-01-01T00:00:00Z".parse()?);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

static START: OnceLock<Instant> = OnceLock::new();

#[expect(clippy::disallowed_methods, reason = "all other code uses the clock")]
impl Clock for SystemClock {
    fn now(&self) -> Duration {
        START.get_or_init(Instant::now).elapsed()
    }

    fn wall(&self) -> jiff::Timestamp {
        // Only a clock beyond the year 9999 is out of range for jiff.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|time| jiff::SignedDuration::try_from(time).ok())
            .and_then(|time| jiff::Timestamp::from_duration(time).ok())
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::unconstrained(tokio::time::sleep(duration)))
    }
}
