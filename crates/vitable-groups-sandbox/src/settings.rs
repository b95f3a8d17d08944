//! Settings: behaviors on which the real service may differ.

use serde::{Deserialize, Serialize};

/// How the sandbox behaves. Every setting can be changed while it runs.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub(crate) struct Settings {
    pub(crate) sync_delay_ms: SyncDelay,
    /// Whether every non-empty token is accepted for the default organization. Null: only while no
    /// keys exist.
    pub(crate) accept_any_key: Option<bool>,
    pub(crate) unauthorized_body: UnauthorizedBody,
    pub(crate) timestamp_offset: Offset,
    pub(crate) timestamp_fraction: bool,
    /// The timestamps of groups are null.
    pub(crate) null_timestamps: bool,
    /// Keys whose value is null are omitted.
    pub(crate) omit_null_keys: bool,
    /// Lists have no `pagination`.
    pub(crate) omit_pagination: bool,
    pub(crate) concurrent_sync: ConcurrentSync,
    pub(crate) cross_group_add: CrossGroupAdd,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) forced_failures: Vec<ForcedFailure>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sync_delay_ms: SyncDelay::After(0),
            accept_any_key: None,
            unauthorized_body: UnauthorizedBody::Flat,
            timestamp_offset: Offset::Z,
            timestamp_fraction: false,
            null_timestamps: false,
            omit_null_keys: false,
            omit_pagination: false,
            concurrent_sync: ConcurrentSync::Queue,
            cross_group_add: CrossGroupAdd::Fail,
            rate_limit: None,
            forced_failures: Vec::new(),
        }
    }
}

impl Settings {
    /// The reason for a forced failure of an operation on a reference ID, if one is set.
    pub(crate) fn forced_failure(&self, reference: &str, operation: &str) -> Option<&str> {
        self.forced_failures
            .iter()
            .find(|forced| forced.reference_id == reference && forced.operation.name() == operation)
            .map(|forced| forced.reason.as_deref().unwrap_or(forced.operation.default_reason()))
    }
}

/// How long processing a sync takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum SyncDelay {
    After(u64),
    Never,
}

impl SyncDelay {
    /// Parses `500ms`, `2s`, plain milliseconds, or `never`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "never" {
            return Some(Self::Never);
        }
        if let Some(millis) = text.strip_suffix("ms") {
            return millis.trim().parse().ok().map(Self::After);
        }
        match text.strip_suffix('s') {
            Some(seconds) => {
                let seconds: f64 = seconds.trim().parse().ok()?;
                let delay = std::time::Duration::try_from_secs_f64(seconds).ok()?;
                u64::try_from(delay.as_millis()).ok().map(Self::After)
            }
            None => text.parse().ok().map(Self::After),
        }
    }
}

impl Serialize for SyncDelay {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::After(millis) => output.serialize_u64(*millis),
            Self::Never => output.serialize_str("never"),
        }
    }
}

impl<'de> Deserialize<'de> for SyncDelay {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Millis(u64),
            Text(String),
        }
        match Raw::deserialize(input) {
            Ok(Raw::Millis(millis)) => Some(Self::After(millis)),
            Ok(Raw::Text(text)) => Self::parse(&text),
            Err(_) => None,
        }
        .ok_or_else(|| {
            serde::de::Error::custom("expected milliseconds, \"500ms\", \"2s\" or \"never\"")
        })
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UnauthorizedBody {
    Flat,
    Nested,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
pub(crate) enum Offset {
    Z,
    #[serde(rename = "+00:00")]
    Zero,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ConcurrentSync {
    Queue,
    Conflict,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CrossGroupAdd {
    Fail,
    Move,
}

/// A number of requests per token and window, measured by the sandbox's clock.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) requests: u64,
    #[serde(default = "one_minute")]
    pub(crate) per_seconds: u32,
}

fn one_minute() -> u32 {
    60
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForcedFailure {
    pub(crate) reference_id: String,
    pub(crate) operation: ForcedOperation,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ForcedOperation {
    Add,
    Remove,
}

impl ForcedOperation {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }

    fn default_reason(self) -> &'static str {
        match self {
            Self::Add => "Could not start the subscription",
            Self::Remove => "Could not end the subscription",
        }
    }
}

/// Parses how long a sync takes: `500ms`, `2s`, or `never`, which is the inner `None`. The outer
/// `None` means that the text is not a delay.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups_sandbox::parse_delay;
///
/// assert_eq!(parse_delay("2s"), Some(Some(Duration::from_secs(2))));
/// assert_eq!(parse_delay("never"), Some(None));
/// assert_eq!(parse_delay("soon"), None);
/// ```
pub fn parse_delay(text: &str) -> Option<Option<std::time::Duration>> {
    SyncDelay::parse(text).map(|delay| match delay {
        SyncDelay::After(millis) => Some(std::time::Duration::from_millis(millis)),
        SyncDelay::Never => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delay_format_is_parsed() {
        for (text, want) in [
            ("0", Some(SyncDelay::After(0))),
            ("250", Some(SyncDelay::After(250))),
            ("500ms", Some(SyncDelay::After(500))),
            ("1.5s", Some(SyncDelay::After(1_500))),
            ("never", Some(SyncDelay::Never)),
            ("-1", None),
            ("1e30s", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(SyncDelay::parse(text), want, "{text}");
        }
    }

    #[test]
    fn settings_round_trip_through_json() {
        let settings: Settings = serde_json::from_str(
            r#"{"sync_delay_ms": "never", "timestamp_offset": "+00:00", "rate_limit": {"requests": 3},
                "forced_failures": [{"reference_id": "E1", "operation": "remove"}]}"#,
        )
        .unwrap();
        assert_eq!(settings.forced_failure("E1", "remove"), Some("Could not end the subscription"));
        assert_eq!(settings.forced_failure("E1", "add"), None);
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
        assert!(serde_json::from_str::<Settings>(r#"{"sync_delay": 1}"#).is_err());
    }
}
