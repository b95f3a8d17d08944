//! Whether a group that a lookup found is the one that a lost `create` made: a pure decision.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::model::Group;

/// Both times of a comparison are in whole seconds, of clocks that are set by one time server.
const TOLERANCE: Duration = Duration::from_secs(2);

/// When a call began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Began {
    /// On the client's clock.
    pub(crate) at: Duration,
    /// On the server's, if a response has named its time.
    pub(crate) by_server: Option<Timestamp>,
}

impl Began {
    /// Takes the server's time out of the `Date` of a response that is there now.
    pub(crate) fn note(&mut self, clock: &dyn Clock, date: Option<Timestamp>) {
        let elapsed = clock.now().saturating_sub(self.at);
        self.by_server = date.and_then(|date| date.checked_sub(elapsed).ok()).or(self.by_server);
    }

    /// On the server's clock, else on this machine's.
    pub(crate) fn time(&self, clock: &dyn Clock) -> Timestamp {
        let elapsed = clock.now().saturating_sub(self.at);
        let by_us = || clock.wall().checked_sub(elapsed).unwrap_or(Timestamp::MAX);
        self.by_server.unwrap_or_else(by_us)
    }
}

/// What a lookup found.
#[derive(Debug)]
pub(crate) enum LookedUp {
    /// No group has the reference ID.
    Nothing,
    /// The group that the call made, as the body of the lost response.
    Ours(Bytes),
    /// A group that was there before the call.
    Older,
    /// A group of which nothing shows that the call made it.
    Unclear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    ThisCall,
    Older,
    Unclear,
}

/// Whose a group is, by the name that was sent and the time at which the call began.
pub(crate) fn origin(group: &Group, name: Option<&str>, began: Timestamp) -> Origin {
    let created = group.created_at.value().and_then(crate::model::Timestamp::instant);
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
    use crate::testing::VirtualClock;

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

    #[test]
    fn a_call_began_by_the_servers_clock_where_it_is_known() {
        let clock = VirtualClock::new();
        clock.run(clock.sleep(Duration::from_secs(10)));
        let mut began = Began { at: Duration::from_secs(4), by_server: None };
        assert_eq!(began.time(&clock), "2026-01-15T10:30:04Z".parse().unwrap());
        began.note(&clock, "2030-01-01T00:00:06Z".parse().ok());
        began.note(&clock, None);
        assert_eq!(began.time(&clock), "2030-01-01T00:00:00Z".parse().unwrap());
    }
}
