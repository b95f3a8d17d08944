//! Timestamps in the API's format.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time, kept as the text the API sent and parsed on demand.
///
/// The API writes both `...Z` and `...+00:00`, with and without fractional seconds.
///
/// ```
/// use vitable_groups::model::Timestamp;
///
/// let time = Timestamp::new("2026-01-15T10:30:00.250+00:00");
/// assert_eq!(time.instant(), Some("2026-01-15T10:30:00.25Z".parse()?));
/// assert_eq!(time.as_str(), "2026-01-15T10:30:00.250+00:00");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// A timestamp with this text, which is not validated.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant; text without an offset is in UTC. `None` if the text is not a valid time.
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        self.0.parse().ok().or_else(|| {
            let civil: jiff::civil::DateTime = self.0.parse().ok()?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(time: jiff::Timestamp) -> Self {
        Self(time.to_string())
    }
}

impl super::macros::Present for Timestamp {}
