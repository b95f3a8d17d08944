//! Time limits passed by hosts: any number, validated here.

use std::fmt;
use std::time::Duration;

use crate::error::NativeError;

/// Values from here on, about a thousand years, mean no limit.
const FOREVER: f64 = 3.2e10;

/// A duration: `Duration` in Kotlin and Java, `TimeInterval` in Swift. `ChronoUnit.FOREVER.duration`
/// and `.infinity` mean no limit.
#[derive(Clone, Copy, PartialEq)]
pub struct TimeLimit(f64);

// Passed as seconds: uniffi's own duration type crashes the process in Swift if negative.
uniffi::custom_type!(TimeLimit, f64, {
    lower: |limit| limit.0,
    try_lift: |seconds| Ok(TimeLimit(seconds)),
});

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

impl TimeLimit {
    /// The limit set by option `name`; none if unlimited.
    pub(crate) fn limit(self, name: &str) -> Result<Option<Duration>, NativeError> {
        match self.0 {
            seconds if seconds >= FOREVER => Ok(None),
            seconds => Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
                NativeError::invalid(format!("`{name}` is not a valid duration; use 0 or more"))
            }),
        }
    }

    /// The duration set by option `name`; no limit becomes over a century.
    pub(crate) fn duration(self, name: &str) -> Result<Duration, NativeError> {
        Ok(self.limit(name)?.unwrap_or(Duration::from_secs(u32::MAX.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_a_limit_unlimited_or_an_error() {
        let limit = |seconds| TimeLimit(seconds).limit("timeout");
        assert_eq!(limit(0.25).unwrap(), Some(Duration::from_millis(250)));
        assert_eq!(limit(0.0).unwrap(), Some(Duration::ZERO));
        assert_eq!(limit(f64::INFINITY).unwrap(), None);
        assert_eq!(limit(1e300).unwrap(), None);
        for invalid in [-1.0, f64::NEG_INFINITY, f64::NAN] {
            let error = limit(invalid).unwrap_err();
            assert!(error.to_string().contains("`timeout`"), "{error}");
        }
    }
}
