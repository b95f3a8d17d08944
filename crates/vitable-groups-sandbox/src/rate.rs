//! The optional rate limit: a number of requests per token and window.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::clock::Micros;
use crate::lock::lock;
use crate::settings::RateLimit;

#[derive(Debug, Default)]
pub(crate) struct RateCounter(Mutex<HashMap<String, Window>>);

#[derive(Debug)]
struct Window {
    ends_at: Micros,
    used: u64,
}

impl RateCounter {
    /// Counts a request. If the window is full, returns the seconds until it ends.
    pub(crate) fn take(
        &self,
        limit: Option<RateLimit>,
        token: &str,
        now: Micros,
    ) -> Result<(), u64> {
        let Some(limit) = limit else { return Ok(()) };
        let length = Micros::from(limit.per_seconds.max(1)) * 1_000_000;
        let mut windows = lock(&self.0);
        windows.retain(|_, window| window.ends_at > now);
        let window = windows
            .entry(token.to_owned())
            .or_insert_with(|| Window { ends_at: now.saturating_add(length), used: 0 });
        if window.used < limit.requests {
            window.used += 1;
            return Ok(());
        }
        let left = u64::try_from(window.ends_at - now).unwrap_or(0);
        Err(left.div_ceil(1_000_000))
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_fills_and_empties() {
        let counter = RateCounter::default();
        let limit = Some(RateLimit { requests: 2, per_seconds: 10 });
        assert!(counter.take(limit, "a", 0).is_ok());
        assert!(counter.take(limit, "a", 1_000_000).is_ok());
        let retry_after = counter.take(limit, "a", 1_500_000).unwrap_err();
        assert_eq!(retry_after, 9);
        assert!(counter.take(limit, "b", 1_500_000).is_ok());
        assert!(counter.take(limit, "a", 10_000_000).is_ok());
        assert!(counter.take(None, "a", 0).is_ok());
    }
}
