//! Decides whether and when to retry a failed attempt.

mod hints;
mod quota;

use std::time::Duration;

pub use hints::ServerHints;
pub(crate) use hints::date;
pub use quota::RetryQuota;

use crate::operation::RetrySafety;

/// A client's retry policy.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::RetryPolicy;
///
/// let policy = RetryPolicy::default();
/// assert_eq!(policy.max_retries, 2);
/// assert_eq!(policy.backoff(0, 0.0), Duration::from_millis(500));
/// assert_eq!(policy.backoff(9, 0.0), Duration::from_secs(8));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts after the first; `u32::MAX` means no limit.
    pub max_retries: u32,
    /// The backoff before the first retry; it doubles for each further one.
    pub base_delay: Duration,
    /// The maximum backoff.
    pub max_delay: Duration,
    /// The maximum wait that a server may request; beyond it, the call fails immediately.
    pub max_server_delay: Duration,
    /// Beyond `max_server_delay`, use the backoff instead of failing.
    pub ignore_long_server_delay: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_server_delay: Duration::from_secs(60),
            ignore_long_server_delay: false,
        }
    }
}

impl RetryPolicy {
    /// The default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of attempts after the first; `u32::MAX` means no limit.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the first delay; each delay after it doubles.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest backoff.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest delay that a server may request; beyond it the call fails at once.
    #[must_use]
    pub fn max_server_delay(mut self, delay: Duration) -> Self {
        self.max_server_delay = delay;
        self
    }

    /// Backs off as if the server had requested nothing, instead of failing, where it requests a
    /// delay beyond `max_server_delay`.
    #[must_use]
    pub fn ignore_long_server_delay(mut self, ignore: bool) -> Self {
        self.ignore_long_server_delay = ignore;
        self
    }

    /// The backoff before retry `k` (from 0): doubled each time, up to 25 % less by `jitter`,
    /// a number in `[0, 1)`.
    pub fn backoff(&self, k: u32, jitter: f64) -> Duration {
        let doubled = 2_u32.checked_pow(k).and_then(|factor| self.base_delay.checked_mul(factor));
        let delay = doubled.map_or(self.max_delay, |delay| delay.min(self.max_delay));
        delay.mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
    }
}

/// How an attempt failed.
///
/// ```
/// use vitable_groups::Failure;
///
/// assert!(Failure::TimedOut.may_have_been_applied() && Failure::Status(500).may_have_been_applied());
/// assert!(!Failure::NotSent.may_have_been_applied() && !Failure::Status(503).may_have_been_applied());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The server responded with this status.
    Status(u16),
    /// The connection failed; nothing was sent.
    NotSent,
    /// The connection was lost after something was sent.
    ConnectionLost,
    /// The attempt timed out after something was sent.
    TimedOut,
}

impl Failure {
    /// Whether the server may have applied the request.
    ///
    /// It has not if it responds with 4xx or 503, or redirects the same request to another URL (307,
    /// 308). A success status is a failure only because of its body.
    pub const fn may_have_been_applied(self) -> bool {
        match self {
            Self::NotSent => false,
            Self::ConnectionLost | Self::TimedOut => true,
            Self::Status(status) => !matches!(status, 307 | 308 | 400..=499 | 503),
        }
    }
}

/// The statuses of transient failures. 409 is not one: in this API, it means a duplicate.
///
/// ```
/// assert!(!vitable_groups::binding::RETRYABLE_STATUSES.contains(&409));
/// ```
pub const RETRYABLE_STATUSES: &[u16] = &[408, 429, 500, 502, 503, 504];

pub(crate) fn is_retryable_status(status: u16) -> bool {
    RETRYABLE_STATUSES.contains(&status)
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Wait, then retry.
    Retry {
        /// The time to wait.
        delay: Duration,
        /// Whether to look up the result of the write before retrying it.
        look_up: bool,
    },
    /// Fail the call.
    Stop(Stop),
}

/// Why a call is not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Another attempt would fail the same way.
    NotRetryable,
    /// The server forbids retries.
    ServerForbids,
    /// All retries are used.
    NoRetriesLeft,
    /// The server requested a wait beyond `max_server_delay`.
    ServerDelayTooLong,
    /// The wait would exceed the deadline.
    Deadline,
    /// The retry quota is empty: too many recent calls failed, and retries would worsen an outage.
    QuotaEmpty,
    /// The write may have been applied so long ago that a retry could overwrite a later one.
    TooOld,
}

impl Decision {
    /// Replaces a retry by [`Stop::TooOld`] if an attempt may have been applied (`maybe_applied`) and
    /// the retry would start later than `window` after the first attempt, which was `elapsed` ago.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vitable_groups::operation::SYNC_SUBMIT;
    /// use vitable_groups::binding::{Decision, Stop};
    ///
    /// let retry = Decision::Retry { delay: Duration::from_secs(8), look_up: false };
    /// let after = |seconds| retry.within(SYNC_SUBMIT.retry_window(), Duration::from_secs(seconds), true);
    /// assert_eq!(after(22), retry);
    /// assert_eq!(after(23), Decision::Stop(Stop::TooOld));
    /// ```
    #[must_use]
    pub fn within(self, window: Option<Duration>, elapsed: Duration, maybe_applied: bool) -> Self {
        match (self, window) {
            (Self::Retry { delay, .. }, Some(window))
                if maybe_applied && elapsed.saturating_add(delay) > window =>
            {
                Self::Stop(Stop::TooOld)
            }
            (same, _) => same,
        }
    }
}

/// Decides what to do after failed attempt `k` (from 0). `remaining` is the time until the deadline.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::operation::RetrySafety;
/// use vitable_groups::binding::{Decision, RetryQuota, ServerHints, decide};
/// use vitable_groups::{Failure, RetryPolicy};
///
/// let policy = RetryPolicy::default();
/// let hints = ServerHints { delay: Some(Duration::from_secs(20)), ..ServerHints::default() };
/// let decision = decide(
///     &policy, 0, Failure::Status(429), &hints, RetrySafety::Idempotent, None, 0.0, &RetryQuota::default(),
/// );
/// assert_eq!(decision, Decision::Retry { delay: Duration::from_secs(20), look_up: false });
/// ```
#[expect(clippy::too_many_arguments, reason = "all inputs of the decision are explicit")]
pub fn decide(
    policy: &RetryPolicy,
    k: u32,
    failure: Failure,
    hints: &ServerHints,
    retry_safety: RetrySafety,
    remaining: Option<Duration>,
    jitter: f64,
    quota: &RetryQuota,
) -> Decision {
    let retryable = match failure {
        Failure::Status(status) => is_retryable_status(status),
        Failure::NotSent | Failure::ConnectionLost | Failure::TimedOut => true,
    };
    if !hints.should_retry.unwrap_or(retryable) {
        let stop = if retryable { Stop::ServerForbids } else { Stop::NotRetryable };
        return Decision::Stop(stop);
    }
    if k >= policy.max_retries {
        return Decision::Stop(Stop::NoRetriesLeft);
    }
    let delay = match hints.delay {
        Some(delay) if delay <= policy.max_server_delay => delay,
        Some(_) if !policy.ignore_long_server_delay => {
            return Decision::Stop(Stop::ServerDelayTooLong);
        }
        _ => policy.backoff(k, jitter),
    };
    if remaining.is_some_and(|remaining| delay >= remaining) {
        return Decision::Stop(Stop::Deadline);
    }
    if !quota.try_acquire(failure) {
        return Decision::Stop(Stop::QuotaEmpty);
    }
    let look_up = retry_safety == RetrySafety::LookupFirst && failure.may_have_been_applied();
    Decision::Retry { delay, look_up }
}

#[cfg(test)]
mod tests;
