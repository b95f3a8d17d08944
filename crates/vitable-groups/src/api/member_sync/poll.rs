//! The poll schedule of a wait.

use std::time::Duration;

/// How often a wait polls.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::PollPolicy;
///
/// let policy = PollPolicy::default();
/// let waits: Vec<_> = (0..4).map(|n| policy.delay(n, 0.0).as_millis()).collect();
/// assert_eq!(waits, [500, 750, 1125, 1687]);
/// assert_eq!(policy.delay(20, 0.0), Duration::from_secs(5));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// The first interval.
    pub initial: Duration,
    /// The factor by which each interval grows.
    pub growth: f64,
    /// The longest interval.
    pub max: Duration,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self { initial: Duration::from_millis(500), growth: 1.5, max: Duration::from_secs(5) }
    }
}

impl PollPolicy {
    /// The default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the first interval.
    #[must_use]
    pub fn initial(mut self, interval: Duration) -> Self {
        self.initial = interval;
        self
    }

    /// Sets the factor by which each interval grows; less than 1 counts as 1.
    #[must_use]
    pub fn growth(mut self, factor: f64) -> Self {
        self.growth = factor;
        self
    }

    /// Sets the longest interval.
    #[must_use]
    pub fn max(mut self, interval: Duration) -> Self {
        self.max = interval;
        self
    }

    /// Polls at a fixed interval.
    pub fn every(interval: Duration) -> Self {
        Self { initial: interval, growth: 1.0, max: interval }
    }

    /// The delay before poll `n` (from 0), up to 25 % less by `jitter`, a number in `[0, 1)`.
    pub fn delay(&self, n: u32, jitter: f64) -> Duration {
        let exponent = i32::try_from(n).unwrap_or(i32::MAX);
        let grown = self.initial.as_secs_f64() * self.growth.max(1.0).powi(exponent);
        let max = self.max.as_secs_f64();
        let seconds = if grown.is_finite() { grown.min(max) } else { max };
        let delay = Duration::try_from_secs_f64(seconds).unwrap_or(self.max);
        delay.mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
    }
}

/// The last poll is at most this long before the deadline.
const LAST_POLL_MARGIN: Duration = Duration::from_millis(250);

/// What to do after a poll that found the sync in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Poll again after this time.
    Poll(Duration),
    /// Poll once more after this time, shortly before the deadline.
    Last(Duration),
    /// Wait this long until the deadline; no more polls.
    End(Duration),
    /// The server requested a delay that exceeds the deadline.
    ServerDelayTooLong(Duration),
}

/// Decides what to do after a poll, from the schedule's interval, the delay that the server
/// requested, and the time remaining. `was_last` means that the poll was a [`Next::Last`].
pub(crate) fn next(
    interval: Duration,
    server_delay: Option<Duration>,
    remaining: Option<Duration>,
    was_last: bool,
) -> Next {
    let server_delay = server_delay.unwrap_or_default();
    let Some(remaining) = remaining else { return Next::Poll(interval.max(server_delay)) };
    if server_delay >= remaining && !server_delay.is_zero() {
        return Next::ServerDelayTooLong(server_delay);
    }
    if was_last {
        return Next::End(remaining);
    }
    let latest = remaining.saturating_sub(LAST_POLL_MARGIN.min(remaining / 4));
    let delay = interval.max(server_delay);
    if delay < latest { Next::Poll(delay) } else { Next::Last(latest.max(server_delay)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_maximum_and_jitter_shortens_them() {
        let policy = PollPolicy::default();
        assert_eq!(policy.delay(0, 1.0), Duration::from_millis(375));
        assert_eq!(policy.delay(6, 0.0), Duration::from_secs(5));
        assert_eq!(policy.delay(u32::MAX, 0.0), Duration::from_secs(5));
    }

    #[test]
    fn a_fixed_interval_does_not_grow() {
        let policy = PollPolicy::every(Duration::from_millis(10));
        assert_eq!(policy.delay(9, 0.0), Duration::from_millis(10));
    }

    #[test]
    fn invalid_growth_stays_within_the_maximum() {
        let policy = PollPolicy { growth: f64::NAN, ..PollPolicy::default() };
        assert!(policy.delay(5, 0.0) <= Duration::from_secs(5));
        let policy = PollPolicy { growth: 1e308, ..PollPolicy::default() };
        assert_eq!(policy.delay(5, 0.0), Duration::from_secs(5));
    }

    #[test]
    fn the_last_poll_is_shortly_before_the_deadline() {
        let ms = Duration::from_millis;
        let next = |interval, server: Option<u64>, remaining: Option<u64>, was_last| {
            super::next(ms(interval), server.map(ms), remaining.map(ms), was_last)
        };
        let cases = [
            (next(500, None, None, false), Next::Poll(ms(500))),
            (next(500, Some(900), None, false), Next::Poll(ms(900))),
            (next(500, None, Some(3000), false), Next::Poll(ms(500))),
            (next(5000, None, Some(3000), false), Next::Last(ms(2750))),
            (next(500, None, Some(100), false), Next::Last(ms(75))),
            // A regular poll this close to the deadline becomes the last one.
            (next(2800, None, Some(3000), false), Next::Last(ms(2750))),
            // Never earlier than the server requested.
            (next(500, Some(2900), Some(3000), false), Next::Last(ms(2900))),
            (next(500, Some(3000), Some(3000), false), Next::ServerDelayTooLong(ms(3000))),
            (next(500, Some(60_000), Some(100), true), Next::ServerDelayTooLong(ms(60_000))),
            (next(500, None, Some(100), true), Next::End(ms(100))),
            (next(500, Some(50), Some(100), true), Next::End(ms(100))),
            (next(500, None, Some(0), true), Next::End(ms(0))),
        ];
        for (index, (next, expected)) in cases.into_iter().enumerate() {
            assert_eq!(next, expected, "case {index}");
        }
    }
}
