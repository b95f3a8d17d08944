//! How often a running sync is looked at: a pure schedule.

use std::time::Duration;

/// How a wait polls.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::poll::PollPolicy;
///
/// let policy = PollPolicy::default();
/// let waits: Vec<_> = (0..4).map(|n| policy.delay(n, 0.0).as_millis()).collect();
/// assert_eq!(waits, [500, 750, 1125, 1687]);
/// assert_eq!(policy.delay(20, 0.0), Duration::from_secs(5));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PollPolicy {
    /// The first wait.
    pub initial: Duration,
    /// By how much each wait grows.
    pub growth: f64,
    /// The longest wait.
    pub max: Duration,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self { initial: Duration::from_millis(500), growth: 1.5, max: Duration::from_secs(5) }
    }
}

impl PollPolicy {
    /// Polls at a steady interval.
    pub fn every(interval: Duration) -> Self {
        Self { initial: interval, growth: 1.0, max: interval }
    }

    /// The wait before look `n` (from 0), up to 25 % less by `spread`, a number in `[0, 1)`.
    pub fn delay(&self, n: u32, spread: f64) -> Duration {
        let exponent = i32::try_from(n).unwrap_or(i32::MAX);
        let grown = self.initial.as_secs_f64() * self.growth.max(1.0).powi(exponent);
        let max = self.max.as_secs_f64();
        let seconds = if grown.is_finite() { grown.min(max) } else { max };
        let delay = Duration::try_from_secs_f64(seconds).unwrap_or(self.max);
        delay.mul_f64(1.0 - 0.25 * spread.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_are_spread_downwards() {
        let policy = PollPolicy::default();
        assert_eq!(policy.delay(0, 1.0), Duration::from_millis(375));
        assert_eq!(policy.delay(6, 0.0), Duration::from_secs(5));
        assert_eq!(policy.delay(u32::MAX, 0.0), Duration::from_secs(5));
    }

    #[test]
    fn a_steady_interval_does_not_grow() {
        let policy = PollPolicy::every(Duration::from_millis(10));
        assert_eq!(policy.delay(9, 0.0), Duration::from_millis(10));
    }

    #[test]
    fn senseless_growth_neither_shrinks_nor_breaks() {
        let policy = PollPolicy { growth: f64::NAN, ..PollPolicy::default() };
        assert!(policy.delay(5, 0.0) <= Duration::from_secs(5));
        let policy = PollPolicy { growth: 1e308, ..PollPolicy::default() };
        assert_eq!(policy.delay(5, 0.0), Duration::from_secs(5));
    }
}
