//! What a group looks like after a sync: what the next plan compares with.

use std::collections::{HashMap, HashSet};

use vitable_groups::model::{Field, Member};
use vitable_groups::roster::{Outcome, Roster};

/// The roster that the group has now: what was sent, without the rows that could not be added,
/// with the members who could not be removed, and with the plans that did not change.
pub(super) fn after(submitted: &Roster, outcome: &Outcome, previous: Option<&Roster>) -> Roster {
    let before: HashMap<&str, &Member> = previous
        .into_iter()
        .flat_map(Roster::members)
        .map(|member| (&*member.reference_id, member))
        .collect();
    let failed: HashSet<&str> =
        outcome.failures.iter().map(|failure| &*failure.reference_id).collect();
    let sent = submitted.members().filter_map(|member| {
        let before = before.get(&*member.reference_id).copied();
        if failed.contains(&*member.reference_id) {
            before.cloned()
        } else {
            Some(merged(member, before))
        }
    });
    let left = outcome
        .other_failures
        .iter()
        .filter_map(|failure| before.get(&*failure.reference_id).copied().cloned());
    sent.chain(left).collect()
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
    use vitable_groups::roster::diff;

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
            ],
        }))
        .unwrap();
        let outcome = Outcome::join(&sent, &results, Some(&previous));
        let now = after(&sent, &outcome, Some(&previous));
        let names: Vec<_> = now.members().map(|m| (&*m.reference_id, &*m.plan_id)).collect();
        assert_eq!(names, [("stays", "p1"), ("moves", "p1"), ("new", "p2"), ("sticks", "p1")]);
        let email = now.get("stays").unwrap().member().email.value().unwrap().as_str();
        assert_eq!(email, "a@example.com");
        // Sending the same again adds, removes and changes what is still missing, no more.
        let again = diff(&now, &sent);
        assert_eq!((again.adds.len(), again.removals.len(), again.updates.len()), (1, 1, 0));
        assert_eq!(again.plan_changes.len(), 1);
    }
}
