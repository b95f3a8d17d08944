//! Decides whether a group found by a lookup was created by the lost `create`.

use std::time::Duration;

use jiff::Timestamp;

use vitable_groups_model::{Group, Timestamp as ApiTimestamp};

/// Both times are in whole seconds, from clocks synchronized by the same time server.
const TOLERANCE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    ThisCall,
    EarlierCall,
    Unclear,
}

/// Which call created a group, by the name sent and the start of the call.
pub(super) fn origin(group: &Group, name: Option<&str>, started: Timestamp) -> Origin {
    let created = group.created_at.value().and_then(ApiTimestamp::instant);
    let earliest = started.checked_sub(TOLERANCE).unwrap_or(Timestamp::MIN);
    match created {
        Some(created) if created < earliest => Origin::EarlierCall,
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
    fn name_and_time_determine_the_origin() {
        let started = "2026-01-15T10:30:00.9Z".parse().unwrap();
        let cases = [
            (r#""2026-01-15T10:30:05Z""#, Some("Tier 1"), Origin::ThisCall),
            (r#""2026-01-15T10:29:59Z""#, Some("Tier 1"), Origin::ThisCall),
            (r#""2026-01-15T10:29:58Z""#, Some("Tier 1"), Origin::EarlierCall),
            (r#""2025-01-15T10:30:05Z""#, Some("Gold"), Origin::EarlierCall),
            (r#""2026-01-15T10:30:05Z""#, Some("Gold"), Origin::Unclear),
            (r#""2026-01-15T10:30:05Z""#, None, Origin::Unclear),
            ("null", Some("Tier 1"), Origin::Unclear),
            (r#""yesterday""#, Some("Tier 1"), Origin::Unclear),
        ];
        for (created_at, name, expected) in cases {
            assert_eq!(
                origin(&group(created_at), name, started),
                expected,
                "{created_at} {name:?}"
            );
        }
    }
}
