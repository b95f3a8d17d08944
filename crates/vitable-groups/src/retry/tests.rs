//! Tables of retry decisions.

use http::HeaderMap;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// Mon, 02 Mar 2026 10:00:00 GMT.
fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn hints(status: u16, headers: &[(&'static str, &str)]) -> ServerHints {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    ServerHints::read(&map, status, now())
}

#[expect(clippy::unnecessary_wraps, reason = "hints are optional")]
fn ms(delay: u64) -> Option<Duration> {
    Some(Duration::from_millis(delay))
}

fn decision(failure: Failure, hints: &ServerHints, k: u32) -> Decision {
    let quota = RetryQuota::default();
    decide(&RetryPolicy::default(), k, failure, hints, RetrySafety::Idempotent, None, 0.0, &quota)
}

fn retry(delay: u64) -> Decision {
    Decision::Retry { delay: Duration::from_millis(delay), look_up: false }
}

#[test]
fn backoff_doubles_to_the_maximum_and_jitter_shortens_it() {
    let policy = RetryPolicy::default();
    let delays: Vec<_> = (0..7).map(|k| policy.backoff(k, 0.0).as_millis()).collect();
    assert_eq!(delays, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    assert_eq!(policy.backoff(0, 1.0), Duration::from_millis(375));
    assert_eq!(policy.backoff(u32::MAX, 0.5), Duration::from_secs(7));
}

#[test]
fn retry_after_formats() {
    let cases: &[(&str, Option<Duration>)] = &[
        ("20", ms(20_000)),
        ("1.5", ms(1_500)),
        ("60", ms(60_000)),
        ("61", ms(61_000)),
        ("99999999999999999999", Some(Duration::MAX)),
        ("1e400", Some(Duration::MAX)),
        ("inf", Some(Duration::MAX)),
        ("0", None),
        ("-10", None),
        ("NaN", None),
        ("soon", None),
        ("", None),
        ("Mon, 02 Mar 2026 10:00:20 GMT", ms(20_000)),
        ("Mon, 02 Mar 2026 09:59:00 GMT", None),
        ("Mon, 02 Mar 2026 10:00:00 GMT", None),
        ("Monday, 02-Mar-26 10:00:20 GMT", ms(20_000)),
        ("Mon Mar  2 10:00:20 2026", ms(20_000)),
        ("Mon, 99 Mar 2026 10:00:20 GMT", None),
    ];
    for (value, delay) in cases {
        assert_eq!(hints(503, &[("retry-after", value)]).delay, *delay, "{value:?}");
    }
}

#[test]
fn a_valid_retry_after_ms_takes_precedence() {
    let both = |ms, s| hints(429, &[("retry-after-ms", ms), ("retry-after", s)]).delay;
    assert_eq!(hints(429, &[("retry-after-ms", "150")]).delay, ms(150));
    assert_eq!(both("150", "3"), ms(150));
    assert_eq!(both("0", "3"), ms(3_000));
    assert_eq!(both("abc", "3"), ms(3_000));
}

#[test]
fn rate_limit_headers_count_only_on_429_and_503() {
    let cases = [
        ("ratelimit", "limit=100, remaining=0, reset=30"),
        ("ratelimit", "\"default\";r=0;t=30"),
        ("ratelimit-reset", "30"),
        ("x-ratelimit-reset", "1772445630"),
    ];
    for (name, value) in cases {
        assert_eq!(hints(429, &[(name, value)]).delay, ms(30_000), "{name}: {value}");
        assert_eq!(hints(500, &[(name, value)]).delay, None, "{name}: {value}");
    }
    assert_eq!(hints(429, &[("x-ratelimit-reset", "5")]).delay, None);
}

#[test]
fn retryable_statuses_are_retried() {
    for status in 300..600 {
        let retried = matches!(
            decision(Failure::Status(status), &ServerHints::default(), 0),
            Decision::Retry { .. }
        );
        let expected = matches!(status, 408 | 429 | 500 | 502 | 503 | 504);
        assert_eq!(retried, expected, "{status}");
    }
}

#[test]
fn connection_failures_and_timeouts_are_retried() {
    for failure in [Failure::NotSent, Failure::ConnectionLost, Failure::TimedOut] {
        assert_eq!(decision(failure, &ServerHints::default(), 1), retry(1000));
    }
}

#[test]
fn x_should_retry_overrides_the_status() {
    let yes = hints(400, &[("x-should-retry", "true")]);
    let no = hints(503, &[("x-should-retry", "false")]);
    let invalid = hints(503, &[("x-should-retry", "maybe")]);
    assert_eq!(decision(Failure::Status(400), &yes, 0), retry(500));
    assert_eq!(decision(Failure::Status(409), &yes, 0), retry(500));
    assert_eq!(decision(Failure::Status(503), &no, 0), Decision::Stop(Stop::ServerForbids));
    assert_eq!(decision(Failure::Status(503), &invalid, 0), retry(500));
}

#[test]
fn server_delays_are_honored_up_to_the_maximum() {
    let at = |value| decision(Failure::Status(429), &hints(429, &[("retry-after", value)]), 0);
    assert_eq!(at("60"), retry(60_000));
    assert_eq!(at("61"), Decision::Stop(Stop::ServerDelayTooLong));
    assert_eq!(at("0"), retry(500));
    let policy = RetryPolicy { ignore_long_server_delay: true, ..RetryPolicy::default() };
    let long = hints(429, &[("retry-after", "61")]);
    let quota = RetryQuota::default();
    let fallback =
        decide(&policy, 0, Failure::Status(429), &long, RetrySafety::Idempotent, None, 0.0, &quota);
    assert_eq!(fallback, retry(500));
}

#[test]
fn retries_end_by_count_deadline_and_quota() {
    let none = ServerHints::default();
    assert_eq!(decision(Failure::ConnectionLost, &none, 2), Decision::Stop(Stop::NoRetriesLeft));

    let policy = RetryPolicy::default();
    let quota = RetryQuota::default();
    let decide_within = |remaining| {
        decide(
            &policy,
            0,
            Failure::ConnectionLost,
            &none,
            RetrySafety::Idempotent,
            ms(remaining),
            0.0,
            &quota,
        )
    };
    assert_eq!(decide_within(500), Decision::Stop(Stop::Deadline));
    assert_eq!(decide_within(501), retry(500));

    while quota.try_acquire(Failure::ConnectionLost) {}
    assert_eq!(decide_within(10_000), Decision::Stop(Stop::QuotaEmpty));
}

#[test]
fn creates_need_a_lookup_if_the_outcome_is_unknown() {
    let none = ServerHints::default();
    let quota = RetryQuota::default();
    let needs_lookup = |failure| {
        let policy = RetryPolicy::default();
        let safety = RetrySafety::LookupFirst;
        match decide(&policy, 0, failure, &none, safety, None, 0.0, &quota) {
            Decision::Retry { look_up, .. } => look_up,
            Decision::Stop(stop) => panic!("{stop:?}"),
        }
    };
    for failure in
        [Failure::NotSent, Failure::Status(408), Failure::Status(429), Failure::Status(503)]
    {
        assert!(!needs_lookup(failure), "{failure:?}");
    }
    for failure in [
        Failure::ConnectionLost,
        Failure::TimedOut,
        Failure::Status(500),
        Failure::Status(502),
        Failure::Status(504),
    ] {
        assert!(needs_lookup(failure), "{failure:?}");
    }
}

proptest! {
    #[test]
    fn any_header_value_is_accepted_and_no_delay_is_zero(value in "[ -~]{0,40}", status in 100_u16..600) {
        for name in ["retry-after", "retry-after-ms", "ratelimit", "ratelimit-reset", "x-ratelimit-reset", "x-should-retry"] {
            prop_assert_ne!(hints(status, &[(name, &value)]).delay, Some(Duration::ZERO));
        }
    }

    #[test]
    fn backoff_stays_in_bounds(k in 0_u32..100, jitter in 0.0_f64..1.0) {
        let delay = RetryPolicy::default().backoff(k, jitter);
        prop_assert!(delay >= Duration::from_millis(375) && delay <= Duration::from_secs(8));
    }
}
