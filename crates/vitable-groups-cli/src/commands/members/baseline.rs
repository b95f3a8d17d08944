//! What a group looks like after a sync: what the next plan compares with.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use vitable_groups::model::{Address, Field, Member, SyncOperation};
use vitable_groups::roster::{Outcome, Roster, RowFailure};

/// The roster that the group has now: what was sent, without the rows that could not be added,
/// with the members who could not be removed, and with the plans that did not change.
///
/// `before` are the rosters that the group may have had, the likeliest first. Where it is not
/// certain whether somebody is in the group, this roster has them: the next plan then counts their
/// removal.
pub(super) fn after(submitted: &Roster, outcome: &Outcome, before: &[Arc<Roster>]) -> Roster {
    let mut known: HashMap<&str, &Member> = HashMap::new();
    for member in before.iter().flat_map(|roster| roster.members()) {
        known.entry(&*member.reference_id).or_insert(member);
    }
    let known = |reference: &str| known.get(reference).copied();
    let failures: HashMap<&str, &RowFailure> =
        outcome.failures.iter().map(|failure| (&*failure.reference_id, failure)).collect();
    let sent = submitted.members().filter_map(|member| {
        let before = known(&member.reference_id);
        match failures.get(&*member.reference_id) {
            None => Some(merged(member, before)),
            Some(failure) if failure.operation == SyncOperation::Add => before.cloned(),
            Some(_) => Some(before.unwrap_or(member).clone()),
        }
    });
    let mut seen = HashSet::new();
    let left = outcome.other_failures.iter().map(|failure| &*failure.reference_id);
    let left = left.filter(|reference| seen.insert(*reference));
    let left = left.map(|reference| known(reference).cloned().unwrap_or_else(|| stub(reference)));
    sent.chain(left).collect()
}

/// A member of whom nothing but the reference is known.
fn stub(reference: &str) -> Member {
    Member::new(reference, "", "", "", "", Address::new("", "", "", ""))
}

/// A member after an update: fields that were left out, and the plan, stay.
fn merged(member: &Member, before: Option<&Member>) -> Member {
    let mut member = member.clone();
    let Some(before) = before else { return member };
    member.plan_id.clone_from(&before.plan_id);
    keep(&mut member.phone, &before.phone);
    keep(&mut member.email, &before.email);
    keep(&mut member.address.address_line_2, &before.address.address_line_2);
    member
}

fn keep<T: Clone>(field: &mut Field<T>, before: &Field<T>) {
    if field.is_absent() {
        field.clone_from(before);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vitable_groups::model::Address;
    use vitable_groups::roster::{Baseline, diff};

    use super::*;

    fn member(id: &str, plan: &str, email: Field<&str>) -> Member {
        let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
        let mut member = Member::new(id, "A", "B", "1990-01-01", plan, address);
        member.email = email.map(|text| text.to_owned().into());
        member
    }

    #[test]
    fn the_group_as_the_server_has_it() {
        let previous: Roster = [
            member("stays", "p1", Field::Value("a@example.com")),
            member("moves", "p1", Field::Absent),
            member("sticks", "p1", Field::Absent),
            member("leaves", "p1", Field::Absent),
        ]
        .into_iter()
        .collect();
        let sent: Roster = [
            member("stays", "p1", Field::Absent),
            member("moves", "p2", Field::Null),
            member("new", "p2", Field::Absent),
            member("fails", "p9", Field::Absent),
        ]
        .into_iter()
        .collect();
        let results = serde_json::from_value(json!({
            "added_group_member_ids": ["grpmbr_1"],
            "removed_group_member_ids": ["grpmbr_2"],
            "failures": [
                {"reference_id": "fails", "operation": "add", "reason": "no"},
                {"reference_id": "sticks", "operation": "remove", "reason": "no"},
                {"reference_id": "stranger", "operation": "remove", "reason": "no"},
            ],
        }))
        .unwrap();
        let previous = Arc::new(previous);
        let before = Baseline::Previous(Arc::clone(&previous));
        let outcome = Outcome::join(&sent, Some(&results), &before, false);
        let now = after(&sent, &outcome, &[previous]);
        let names: Vec<_> = now.members().map(|m| (&*m.reference_id, &*m.plan_id)).collect();
        let expected =
            [("stays", "p1"), ("moves", "p1"), ("new", "p2"), ("sticks", "p1"), ("stranger", "")];
        assert_eq!(names, expected);
        let email = now.get("stays").unwrap().member().email.value().unwrap().as_str();
        assert_eq!(email, "a@example.com");
        // Sending the same again adds, removes and changes what is still missing, no more.
        let again = diff(&now, &sent);
        assert_eq!((again.adds.len(), again.removals.len(), again.updates.len()), (1, 2, 0));
        assert_eq!(again.plan_changes.len(), 1);
    }
}
