//! A quota shared by all calls of a client, so that retries do not worsen an outage.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Failure;

const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 5;
const TIMEOUT_COST: u32 = 10;
const SUCCESS_GAIN: u32 = 1;

/// A token bucket: a retry costs 5 tokens, or 10 after a timeout, and a success returns 1. It starts
/// full, with 500 tokens.
///
/// ```
/// use vitable_groups::Failure;
/// use vitable_groups::binding::RetryQuota;
///
/// let quota = RetryQuota::default();
/// assert_eq!((0..200).filter(|_| quota.try_acquire(Failure::ConnectionLost)).count(), 100);
/// ```
#[derive(Debug)]
pub struct RetryQuota(AtomicU32);

impl Default for RetryQuota {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl RetryQuota {
    /// Takes the tokens for a retry; `false` if there are not enough.
    pub fn try_acquire(&self, failure: Failure) -> bool {
        let cost = if failure == Failure::TimedOut { TIMEOUT_COST } else { RETRY_COST };
        let take = |tokens: u32| tokens.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Returns the token of a success.
    pub fn refill(&self) {
        // A full bucket is the common case; not writing avoids contention between threads.
        if self.tokens() < CAPACITY {
            let add = |tokens: u32| Some((tokens + SUCCESS_GAIN).min(CAPACITY));
            let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }

    /// The number of tokens left.
    pub fn tokens(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_take_tokens_and_successes_return_them() {
        let quota = RetryQuota::default();
        assert!(quota.try_acquire(Failure::Status(503)));
        assert!(quota.try_acquire(Failure::TimedOut));
        assert_eq!(quota.tokens(), 485);
        quota.refill();
        assert_eq!(quota.tokens(), 486);
        for _ in 0..100 {
            quota.refill();
        }
        assert_eq!(quota.tokens(), CAPACITY);
    }

    #[test]
    fn an_empty_quota_blocks_until_refilled() {
        let quota = RetryQuota::default();
        while quota.try_acquire(Failure::TimedOut) {}
        assert_eq!(quota.tokens(), 0);
        for _ in 0..4 {
            quota.refill();
        }
        assert!(!quota.try_acquire(Failure::ConnectionLost));
        quota.refill();
        assert!(quota.try_acquire(Failure::ConnectionLost));
    }
}
