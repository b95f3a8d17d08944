//! Response headers about retries.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;

/// A server's hints about the next attempt.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::binding::ServerHints;
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("retry-after", "20".parse()?);
/// let hints = ServerHints::read(&headers, 429, "2026-01-15T10:30:00Z".parse()?);
/// assert_eq!(hints.delay, Some(Duration::from_secs(20)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerHints {
    /// `x-should-retry`: overrides the status.
    pub should_retry: Option<bool>,
    /// The requested wait; never zero.
    pub delay: Option<Duration>,
}

impl ServerHints {
    /// Parses the headers of a response received at `now`. The first valid one counts:
    /// `retry-after-ms`, `retry-after` (seconds or date), and, only on 429 and 503, `RateLimit`,
    /// `RateLimit-Reset` (seconds) and `X-RateLimit-Reset` (Unix time). Times are relative to the
    /// response's `Date`, if it has one, as this machine's clock may be wrong.
    pub fn read(headers: &HeaderMap, status: u16, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let now = date(headers).unwrap_or(now);
        let should_retry = match text("x-should-retry") {
            Some(value) if value.eq_ignore_ascii_case("true") => Some(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        let retry_after_delay = text("retry-after-ms")
            .and_then(|value| seconds(value, 1e-3))
            .or_else(|| text("retry-after").and_then(|value| retry_after(value, now)));
        let limited = matches!(status, 429 | 503);
        let delay = retry_after_delay.or_else(|| {
            limited.then_some(())?;
            text("ratelimit")
                .and_then(rate_limit)
                .or_else(|| text("ratelimit-reset").and_then(|value| seconds(value, 1.0)))
                .or_else(|| text("x-ratelimit-reset").and_then(|value| unix_time(value, now)))
        });
        Self { should_retry, delay }
    }
}

/// The server's time when it sent the response.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(http::header::DATE)?.to_str().ok()?.trim())
}

/// A positive number of units; `None` for zero, negative and invalid numbers.
fn seconds(value: &str, unit: f64) -> Option<Duration> {
    let number: f64 = value.parse().ok()?;
    if number.is_nan() || number <= 0.0 {
        return None;
    }
    // A number like 1e400 must not panic; it exceeds any limit.
    Some(Duration::try_from_secs_f64(number * unit).unwrap_or(Duration::MAX))
}

fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    seconds(value, 1.0).or_else(|| until(http_date(value)?, now))
}

/// `limit=100, remaining=0, reset=30` in early drafts, `"default";r=0;t=30` in later ones.
fn rate_limit(value: &str) -> Option<Duration> {
    value.split([',', ';']).filter_map(|part| part.trim().split_once('=')).find_map(
        |(name, number)| match name.trim() {
            "t" | "reset" => seconds(number.trim(), 1.0),
            _ => None,
        },
    )
}

fn unix_time(value: &str, now: Timestamp) -> Option<Duration> {
    let number: f64 = value.parse().ok()?;
    let then = Duration::try_from_secs_f64(number).ok()?;
    let now = Duration::try_from(now.as_duration()).ok()?;
    then.checked_sub(now).filter(|delay| !delay.is_zero())
}

fn until(then: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(then.duration_since(now)).ok().filter(|delay| !delay.is_zero())
}

/// The three formats of an HTTP date (RFC 9110, section 5.6.7).
fn http_date(value: &str) -> Option<Timestamp> {
    use jiff::civil::DateTime;
    use jiff::fmt::strtime;

    if let Ok(time) = jiff::fmt::rfc2822::parse(value) {
        return Some(time.timestamp());
    }
    let civil = |format: &str| -> Option<DateTime> {
        strtime::parse(format, value).ok()?.to_datetime().ok()
    };
    let time = civil("%A, %d-%b-%y %H:%M:%S GMT").or_else(|| civil("%a %b %e %H:%M:%S %Y"))?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
