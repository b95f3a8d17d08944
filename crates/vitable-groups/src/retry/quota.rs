//! A purse that all calls of a client share, so that retries do not multiply an outage.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Failure;

const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 5;
const TIMEOUT_COST: u32 = 10;
const SUCCESS_GAIN: u32 = 1;

/// A token bucket: a retry costs 5 tokens, one after a timeout 10, a success brings 1 back;
/// it starts full with 500.
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
    /// Pays for a retry; `false` if there is not enough.
    pub fn try_acquire(&self, failure: Failure) -> bool {
        let cost = if failure == Failure::TimedOut { TIMEOUT_COST } else { RETRY_COST };
        let paid = |tokens: u32| tokens.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, paid).is_ok()
    }

    /// Brings back what a success earns.
    pub fn refill(&self) {
        // The common case, a full bucket, writes nothing that other threads would wait for.
        if self.tokens() < CAPACITY {
            let earned = |tokens: u32| Some((tokens + SUCCESS_GAIN).min(CAPACITY));
            let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earned);
        }
    }

    /// The tokens left.
    pub fn tokens(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_cost_and_successes_earn() {
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
    fn an_empty_quota_refuses_until_earned_again() {
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
