//! The sandbox's clock: the system clock, or one that is stopped and advanced by hand.

use std::sync::Mutex;

use jiff::Timestamp;

use crate::lock::lock;

/// Microseconds since the Unix epoch; the resolution of every stored time.
pub(crate) type Micros = i64;

#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Mode>);

#[derive(Clone, Copy, Debug, Default)]
enum Mode {
    /// The system time plus this offset.
    Running(Micros),
    Stopped(Micros),
    #[default]
    Machine,
}

impl Clock {
    pub(crate) fn now(&self) -> Micros {
        match *lock(&self.0) {
            Mode::Machine => machine(),
            Mode::Running(offset) => machine().saturating_add(offset),
            Mode::Stopped(at) => at,
        }
    }

    pub(crate) fn is_manual(&self) -> bool {
        matches!(*lock(&self.0), Mode::Stopped(_))
    }

    /// Stops the clock at a given time, or now.
    pub(crate) fn stop(&self, at: Option<Micros>) {
        let at = at.unwrap_or_else(|| self.now());
        *lock(&self.0) = Mode::Stopped(at);
    }

    /// Advances the clock; a running clock keeps running.
    pub(crate) fn advance(&self, by: Micros) {
        let mut mode = lock(&self.0);
        *mode = match *mode {
            Mode::Machine => Mode::Running(by),
            Mode::Running(offset) => Mode::Running(offset.saturating_add(by)),
            Mode::Stopped(at) => Mode::Stopped(at.saturating_add(by)),
        };
    }

    /// Returns to the system time.
    pub(crate) fn resume(&self) {
        *lock(&self.0) = Mode::Machine;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn machine() -> Micros {
    Timestamp::now().as_microsecond()
}

/// Converts to a timestamp.
pub(crate) fn timestamp(at: Micros) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX)
}

/// A time in RFC 3339 format, for the controls.
pub(crate) fn iso(at: Micros) -> String {
    timestamp(at).to_string()
}

/// A time in the format of HTTP headers.
pub(crate) fn http_date(at: Micros) -> String {
    timestamp(at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Parses a time from a control's body.
pub(crate) fn read_time(text: &str) -> Option<Micros> {
    let at: Timestamp = text.parse().ok()?;
    at.round(jiff::Unit::Microsecond).ok().map(Timestamp::as_microsecond)
}

/// The date in UTC.
pub(crate) fn today(now: Micros) -> jiff::civil::Date {
    timestamp(now).to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_http_date_format() {
        let at = read_time("2026-01-05T09:30:00.9Z").unwrap();
        assert_eq!(http_date(at), "Mon, 05 Jan 2026 09:30:00 GMT");
    }

    #[test]
    fn a_stopped_clock_moves_only_when_advanced() {
        let clock = Clock::default();
        clock.stop(Some(1_000));
        clock.advance(500);
        assert!(clock.is_manual());
        assert_eq!(clock.now(), 1_500);
        clock.resume();
        clock.advance(3_600_000_000);
        assert!(clock.now() >= machine() + 3_599_000_000);
    }
}
