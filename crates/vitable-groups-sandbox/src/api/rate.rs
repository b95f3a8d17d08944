//! A rate limit, when one is set: so many requests per token in each window.

use std::collections::HashMap;
use std::sync::Mutex;

use super::{Code, Problem};
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
    pub(super) fn take(
        &self,
        limit: Option<RateLimit>,
        token: &str,
        now: Micros,
    ) -> Result<(), Problem> {
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
        Err(Problem {
            retry_after_seconds: Some(left.div_ceil(1_000_000)),
            ..Problem::new(Code::RateLimited, "Too many requests; try again later.")
        })
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
        let refused = counter.take(limit, "a", 1_500_000).unwrap_err();
        assert_eq!(refused.retry_after_seconds, Some(9));
        assert!(counter.take(limit, "b", 1_500_000).is_ok());
        assert!(counter.take(limit, "a", 10_000_000).is_ok());
        assert!(counter.take(None, "a", 0).is_ok());
    }
}
