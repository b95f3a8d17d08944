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
/// use vitable_groups::retry::{Failure, RetryBudget};
///
/// let budget = RetryBudget::default();
/// assert_eq!((0..200).filter(|_| budget.withdraw(Failure::Broken)).count(), 100);
/// ```
#[derive(Debug)]
pub struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl RetryBudget {
    /// Pays for a retry; `false` if there is not enough.
    pub fn withdraw(&self, failure: Failure) -> bool {
        let cost = if failure == Failure::TimedOut { TIMEOUT_COST } else { RETRY_COST };
        let paid = |tokens: u32| tokens.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, paid).is_ok()
    }

    /// Brings back what a success earns.
    pub fn deposit(&self) {
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
        let budget = RetryBudget::default();
        assert!(budget.withdraw(Failure::Status(503)));
        assert!(budget.withdraw(Failure::TimedOut));
        assert_eq!(budget.tokens(), 485);
        budget.deposit();
        assert_eq!(budget.tokens(), 486);
        for _ in 0..100 {
            budget.deposit();
        }
        assert_eq!(budget.tokens(), CAPACITY);
    }

    #[test]
    fn an_empty_budget_refuses_until_earned_again() {
        let budget = RetryBudget::default();
        while budget.withdraw(Failure::TimedOut) {}
        assert_eq!(budget.tokens(), 0);
        for _ in 0..4 {
            budget.deposit();
        }
        assert!(!budget.withdraw(Failure::Broken));
        budget.deposit();
        assert!(budget.withdraw(Failure::Broken));
    }
}
