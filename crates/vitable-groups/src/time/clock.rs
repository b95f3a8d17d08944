//! Time, as a value that is passed in.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A boxed future, the shape of asynchronous methods behind a trait object.
///
/// ```
/// let future: vitable_groups::BoxFuture<'_, i32> = Box::pin(async { 1 });
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the client reads time and how it waits.
///
/// [`SystemClock`] is the real one; [`testing::VirtualClock`](crate::testing::VirtualClock) turns
/// only when everything waits.
///
/// ```
/// use vitable_groups::{Clock, SystemClock};
///
/// let clock = SystemClock;
/// assert!(clock.now() <= clock.now());
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Monotonic time since some fixed point.
    fn now(&self) -> Duration;

    /// The time of day.
    fn wall(&self) -> jiff::Timestamp;

    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A number in `[0, 1)` by which waits are spread, so that clients do not come back together.
    fn spread(&self) -> f64 {
        super::spread::fraction()
    }
}

/// The time of this machine; waits need a running tokio runtime.
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

#[expect(clippy::disallowed_methods, reason = "the one owner of time")]
impl Clock for SystemClock {
    fn now(&self) -> Duration {
        START.get_or_init(Instant::now).elapsed()
    }

    fn wall(&self) -> jiff::Timestamp {
        // A time of day outside what jiff can hold would need a clock set to the year 10,000.
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
