//! Times that hosts give: any number they can write, checked here.

use std::fmt;
use std::time::Duration;

use crate::error::NativeError;

/// From here on a time is as good as no limit: a thousand years.
const FOREVER: f64 = 3.2e10;

/// A span of time as its host writes it: `Duration` in Kotlin and Java, `TimeInterval` in Swift.
/// `ChronoUnit.FOREVER.duration` and `.infinity` stand for no limit.
#[derive(Clone, Copy, PartialEq)]
pub struct TimeLimit(f64);

// Seconds cross, not uniffi's own duration: Swift's side of that ends the process at a negative one.
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
    /// The limit that an option sets; none where the host asked for none.
    pub(crate) fn limit(self, name: &str) -> Result<Option<Duration>, NativeError> {
        match self.0 {
            seconds if seconds >= FOREVER => Ok(None),
            seconds => Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
                NativeError::invalid(format!("`{name}` is no span of time; use 0 or more"))
            }),
        }
    }

    /// The span itself, where there is always one.
    pub(crate) fn span(self, name: &str) -> Result<Duration, NativeError> {
        Ok(self.limit(name)?.unwrap_or(Duration::from_secs(u32::MAX.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_a_limit_or_none_or_an_error() {
        let limit = |seconds| TimeLimit(seconds).limit("timeout");
        assert_eq!(limit(0.25).unwrap(), Some(Duration::from_millis(250)));
        assert_eq!(limit(0.0).unwrap(), Some(Duration::ZERO));
        assert_eq!(limit(f64::INFINITY).unwrap(), None);
        assert_eq!(limit(1e300).unwrap(), None);
        for wrong in [-1.0, f64::NEG_INFINITY, f64::NAN] {
            let error = limit(wrong).unwrap_err();
            assert!(error.to_string().contains("`timeout`"), "{error}");
        }
    }
}
