//! Whether a group that a lookup found is the one that a lost `create` made: a pure decision.

use std::time::Duration;

use jiff::Timestamp;

use vitable_groups_model::{Group, Timestamp as Written};

/// Both times of a comparison are in whole seconds, of clocks that are set by one time server.
const TOLERANCE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    ThisCall,
    Older,
    Unclear,
}

/// Whose a group is, by the name that was sent and the time at which the call began.
pub(super) fn origin(group: &Group, name: Option<&str>, began: Timestamp) -> Origin {
    let created = group.created_at.value().and_then(Written::instant);
    let earliest = began.checked_sub(TOLERANCE).unwrap_or(Timestamp::MIN);
    match created {
        Some(created) if created < earliest => Origin::Older,
        Some(_) if name == Some(group.name.as_str()) => Origin::ThisCall,
        _ => Origin::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(created_at: &str) -> Group {
        let text = format!(r#"{{"id": "g", "name": "Tier 1", "created_at": {created_at}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn name_and_time_say_whose_a_group_is() {
        let began = "2026-01-15T10:30:00.9Z".parse().unwrap();
        let cases = [
            (r#""2026-01-15T10:30:05Z""#, Some("Tier 1"), Origin::ThisCall),
            (r#""2026-01-15T10:29:59Z""#, Some("Tier 1"), Origin::ThisCall),
            (r#""2026-01-15T10:29:58Z""#, Some("Tier 1"), Origin::Older),
            (r#""2025-01-15T10:30:05Z""#, Some("Gold"), Origin::Older),
            (r#""2026-01-15T10:30:05Z""#, Some("Gold"), Origin::Unclear),
            (r#""2026-01-15T10:30:05Z""#, None, Origin::Unclear),
            ("null", Some("Tier 1"), Origin::Unclear),
            (r#""yesterday""#, Some("Tier 1"), Origin::Unclear),
        ];
        for (created_at, name, expected) in cases {
            assert_eq!(origin(&group(created_at), name, began), expected, "{created_at} {name:?}");
        }
    }
}
