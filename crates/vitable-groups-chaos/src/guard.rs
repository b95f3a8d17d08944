//! Which `apply` calls must be blocked, decided by their parameters alone. A separate
//! implementation, so that the client's guard is not verified against itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::apply::Apply;

/// What a roster should change, compared with the baseline that the caller gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) adds: usize,
    pub(crate) removals: usize,
    pub(crate) rekeyed: usize,
    pub(crate) before: usize,
}

pub(crate) fn references(members: &[Value]) -> BTreeSet<String> {
    members
        .iter()
        .map(|member| member["reference_id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The planned changes of a call, whether or not it may be sent.
pub(crate) fn planned(apply: &Apply) -> Planned {
    let empty = Vec::new();
    let previous = apply.previous.as_ref().unwrap_or(&empty);
    let (before, now) = (references(previous), references(&apply.members));
    let mut people: BTreeMap<[&str; 3], usize> = BTreeMap::new();
    for row in previous.iter().filter(|row| !now.contains(text(row, "reference_id"))) {
        *people.entry(person(row)).or_default() += 1;
    }
    let mut rekeyed = 0;
    for row in apply.members.iter().filter(|row| !before.contains(text(row, "reference_id"))) {
        if let Some(left) = people.get_mut(&person(row)).filter(|left| **left > 0) {
            *left -= 1;
            rekeyed += 1;
        }
    }
    Planned {
        adds: now.difference(&before).count(),
        removals: before.difference(&now).count(),
        rekeyed,
        before: before.len(),
    }
}

/// Why the call must be blocked, if so.
pub fn blocked_kind(apply: &Apply) -> Option<&'static str> {
    let Apply { members, previous, first_sync, guard, .. } = apply;
    let planned = planned(apply);
    let lost = planned.removals - planned.rekeyed;
    // Plans use no other limits.
    let unlimited = guard.max_removals.as_deref() == Some("100%");
    let empty = previous.as_ref().is_some_and(Vec::is_empty);
    if *first_sync && previous.is_some() && !empty {
        Some("contradicting_baseline")
    } else if members.is_empty() && !guard.allow_empty {
        Some("empty_roster")
    } else if !*first_sync && previous.is_none() {
        Some("no_baseline")
    } else if empty && !*first_sync {
        Some("empty_previous_roster")
    } else if planned.rekeyed > 0 && !guard.allow_new_reference_ids {
        Some("new_reference_ids")
    } else if !unlimited && lost > 3 && lost * 10 > planned.before {
        Some("too_many_removals")
    } else {
        None
    }
}

fn person(row: &Value) -> [&str; 3] {
    ["first_name", "last_name", "date_of_birth"].map(|field| text(row, field))
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}
